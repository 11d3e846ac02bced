/**
 * Rounds: what the tills of several items have waiting is decided in one transaction, so that ten hot items cost the database
 * and this process hardly more than one.
 */
import { isDoneWithin } from "#app/within.server.ts";
import type { Command } from "./commands.ts";
import type { Batch } from "./decision.server.ts";
import type { Settled } from "./settle.server.ts";

/**
 * Milliseconds after which the next round begins, though the one before has not ended: one that waits for a lock or a
 * connection must not hold up the other items.
 */
const PATIENCE = 50;

interface Joined {
  itemId: string;
  take: () => Command[];
  settle: (settled: Settled[] | PromiseLike<Settled[]>) => void;
}

export class Rounds {
  readonly #decide: (batches: Batch[]) => Promise<Settled[]>[];
  readonly #most: number;
  #joined: Joined[] = [];
  #underWay = false;

  /** `decide` gives a promise for each batch, in their order. A round has `most` commands and those of one more item. */
  constructor(decide: (batches: Batch[]) => Promise<Settled[]>[], most: number) {
    this.#decide = decide;
    this.#most = most;
  }

  /**
   * Calls `take` when the next round begins, for the item's commands that wait by then; gives one result for each, in their
   * order. An item joins again when it has its results.
   */
  join(itemId: string, take: () => Command[]): Promise<Settled[]> {
    return new Promise((settle) => {
      this.#joined.push({ itemId, take, settle });
      void this.#go();
    });
  }

  async #go(): Promise<void> {
    if (this.#underWay) return;
    this.#underWay = true;
    while (this.#joined.length > 0) {
      // Whoever's request was read in the same turn of the event loop belongs to the same round.
      await new Promise((resolve) => setImmediate(resolve));
      await isDoneWithin(PATIENCE, this.#decideOne());
    }
    this.#underWay = false;
  }

  /** Resolves when everyone of the round has results. */
  async #decideOne(): Promise<void> {
    const round: (Batch & Joined)[] = [];
    for (let commands = 0; commands < this.#most;) {
      const joined = this.#joined.shift();
      if (!joined) break;
      const batch = { ...joined, commands: taken(joined) };
      if (batch.commands.length === 0) batch.settle([]);
      else round.push(batch);
      commands += batch.commands.length;
    }
    if (round.length === 0) return;
    const settled = this.#decideAll(round.map(({ itemId, commands }) => ({ itemId, commands })));
    for (const [index, { settle }] of round.entries()) settle(settled[index] ?? []);
    await Promise.allSettled(settled);
  }

  /** Never throws: whatever becomes of one round, the next must be decided. */
  #decideAll(batches: Batch[]): Promise<Settled[]>[] {
    try {
      return this.#decide(batches);
    } catch (error) {
      return batches.map(() => Promise.reject(error as Error));
    }
  }
}

/** Of one that fails to say what it wants, nothing: the others of the round are decided. */
function taken({ take, settle }: Joined): Command[] {
  try {
    return take();
  } catch (error) {
    settle(Promise.reject(error));
    return [];
  }
}
