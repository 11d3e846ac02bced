/** The tills of one instance, one for each item of which something is wanted now. */
import { type Database, purchaseDb } from "#app/db.server.ts";
import { env } from "#app/env.server.ts";
import { type Command, goesFirst } from "./commands.ts";
import { busy, type Outcome, type OutcomeOf } from "./outcome.ts";
import { Rounds } from "./rounds.server.ts";
import { settleTogether } from "./settle.server.ts";
import { Till, type TillLimits } from "./till.server.ts";

/** Most tills at once. Beyond it somebody makes up names while the memory cannot tell which items there are. */
const MOST_TILLS = 2_000;

export class Tills {
  readonly #open = new Map<string, Till<Command, Outcome>>();
  readonly #undecided = new Set<Promise<Outcome>>();
  readonly #rounds: Rounds;
  readonly #limits: TillLimits;

  constructor(
    client: Database,
    limits: TillLimits = { batch: env.TILL_BATCH, wait: env.TILL_WAIT, queue: env.TILL_QUEUE },
  ) {
    this.#rounds = new Rounds((batches) => settleTogether(batches, client), limits.batch);
    this.#limits = limits;
  }

  join<C extends Command>(itemId: string, command: C): Promise<OutcomeOf<C>> {
    const till = this.#tillOf(itemId);
    if (!till) return Promise.resolve(busy(true));
    // A till answers each command in its own kind.
    const outcome = till.join(command) as Promise<OutcomeOf<C>>;
    this.#undecided.add(outcome);
    const decided = () => void this.#undecided.delete(outcome);
    outcome.then(decided, decided);
    return outcome;
  }

  /** How many have joined and have no outcome yet. */
  get undecided(): number {
    return this.#undecided.size;
  }

  /** How many tills are open. */
  get open(): number {
    return this.#open.size;
  }

  /** Resolves when everyone who has joined so far has an outcome. */
  async closed(): Promise<void> {
    await Promise.allSettled(this.#undecided);
  }

  #tillOf(itemId: string): Till<Command, Outcome> | undefined {
    const known = this.#open.get(itemId);
    if (known || this.#open.size >= MOST_TILLS) return known;
    const till = new Till<Command, Outcome>({
      decide: (take) => this.#rounds.join(itemId, take),
      goesFirst,
      turnAway: () => busy(true),
      // At the moment in which nobody is there: a till that somebody joins later would be a second one that decides.
      onIdle: () => void this.#open.delete(itemId),
      limits: this.#limits,
    });
    this.#open.set(itemId, till);
    return till;
  }
}

/** Loaded again, the development server has new tills: they decide with the code as it is now. */
export const shopTills = new Tills(purchaseDb);
