/** What waits to be told to the other instances, paced and bounded, whatever carries it. */
import { outside } from "#app/outside.server.ts";
import { describeError, report } from "#app/report.server.ts";
import { compareMoments, stateOf } from "#app/shop/item.ts";
import type { Change } from "#app/shop/memory.server.ts";
import { Pace } from "#app/shop/pace.ts";

/** Bytes: PostgreSQL refuses a payload of 8,000. */
const LONGEST_PAYLOAD = 7_500;

/**
 * Changes of one item that may wait at once: of those that nobody may miss, such as sold out and back, the latest few.
 * A database that does not answer must not let them pile up.
 */
const MOST_WAITING = 4;

/** Sends what is waiting in one statement, as soon as the one before is done. */
export class Announcer {
  readonly #notify: (payload: string) => Promise<unknown>;
  readonly #paces = new Map<string, Pace>();
  readonly #latest = new Map<string, Change>();
  /** By item, in their order. */
  readonly #waiting = new Map<string, { change: Change; urgent: boolean }[]>();
  #sending: Promise<void> | undefined;
  #failing = false;

  constructor(notify: (payload: string) => Promise<unknown>) {
    this.#notify = notify;
  }

  announce(change: Change): void {
    const known = this.#latest.get(change.id);
    if (known && compareMoments(change, known) <= 0) return;
    this.#latest.set(change.id, change);
    const pace = this.#paces.get(change.id) ?? new Pace((urgent) => this.#send(change.id, urgent));
    this.#paces.set(change.id, pace);
    // What follows from words and time is not announced: each instance sees that by itself.
    const state = stateOf({ ...change, notOpen: false, closed: false, paused: false });
    outside(() => pace.changed({ state, run: change.run, edition: change.edition }));
  }

  /** How many changes are waiting. */
  get waiting(): number {
    return [...this.#waiting.values()].reduce((sum, changes) => sum + changes.length, 0);
  }

  #send(itemId: string, urgent: boolean): void {
    const change = this.#latest.get(itemId);
    if (!change) return;
    // What is not urgent gives way to what comes after it.
    const before = (this.#waiting.get(itemId) ?? []).filter((waiting) => waiting.urgent);
    this.#waiting.set(itemId, [...before.slice(1 - MOST_WAITING), { change, urgent }]);
    this.#sending ??= this.#work();
  }

  async sent(): Promise<void> {
    await this.#sending;
  }

  async #work(): Promise<void> {
    while (this.#waiting.size > 0) {
      try {
        await this.#notify(this.#payload());
        this.#failing = false;
      } catch (error) {
        // Only a hint is lost: every instance looks at the rows once a second.
        if (!this.#failing) report("announcing_failed", { ...describeError(error), stack: undefined });
        this.#failing = true;
      }
    }
    this.#sending = undefined;
  }

  /** Takes as many waiting changes as fit, at least one item's. */
  #payload(): string {
    const texts: string[] = [];
    let bytes = 2;
    for (const [itemId, changes] of this.#waiting) {
      const text = changes.map((toTell) => JSON.stringify(toTell.change)).join(",");
      bytes += Buffer.byteLength(text) + 1;
      if (bytes > LONGEST_PAYLOAD && texts.length > 0) break;
      texts.push(text);
      this.#waiting.delete(itemId);
    }
    return `[${texts.join(",")}]`;
  }
}
