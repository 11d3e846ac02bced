/** Tells a committed change to this instance's feed at once, and to the other instances by NOTIFY. */
import { db } from "#app/db.server.ts";
import { describeError, log } from "#app/log.server.ts";
import { stateOf } from "#app/shop/item.ts";
import { singleton } from "#app/singleton.server.ts";
import { type Change, feed, Pace } from "./feed.server.ts";

export const CHANNEL = "lastone_stock";
/** Bytes: PostgreSQL refuses a payload of 8,000. */
const LONGEST_PAYLOAD = 7_500;

/** Sends what is waiting in one statement, as soon as the one before is done. */
class Announcer {
  readonly #paces = new Map<string, Pace>();
  readonly #latest = new Map<string, Change>();
  #waiting: Change[] = [];
  #sending: Promise<void> | undefined;
  #failing = false;

  announce(change: Change): void {
    const known = this.#latest.get(change.id);
    // Unless the feed has seen that the database went back.
    if (known && known.version >= change.version && (feed.item(change.id)?.version ?? Infinity) >= known.version) return;
    this.#latest.set(change.id, change);
    const pace = this.#paces.get(change.id) ?? new Pace(() => this.#send(change.id));
    this.#paces.set(change.id, pace);
    // Opening is not announced: each instance sees the time by itself.
    pace.changed({ state: stateOf(change.quantity, false), run: change.run });
  }

  #send(itemId: string): void {
    const change = this.#latest.get(itemId);
    if (!change) return;
    this.#waiting.push(change);
    this.#sending ??= this.#work();
  }

  async sent(): Promise<void> {
    await this.#sending;
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      try {
        // Outside any purchase: NOTIFY in a transaction holds a lock of the whole cluster through its commit.
        await db.$executeRaw`SELECT pg_notify(${CHANNEL}, ${this.#payload()})`;
        this.#failing = false;
      } catch (error) {
        // Only a hint is lost: every instance looks at the rows once a second.
        if (!this.#failing) log("announcing_failed", { ...describeError(error), stack: undefined });
        this.#failing = true;
      }
    }
    this.#sending = undefined;
  }

  /** Takes as many waiting changes as fit. */
  #payload(): string {
    let fits = this.#waiting.length;
    while (fits > 1 && Buffer.byteLength(JSON.stringify(this.#waiting.slice(0, fits))) > LONGEST_PAYLOAD) fits = Math.floor(fits / 2);
    return JSON.stringify(this.#waiting.splice(0, fits));
  }
}

const announcer = singleton("announcer", () => new Announcer());

/** Call it after COMMIT only: what is rolled back must not be seen. */
export function announce({ id, quantity, version, run }: Change): void {
  const change = { id, quantity, version, run };
  feed.learn(change);
  announcer.announce(change);
}

/** Resolves when the other instances have been told, for a process that ends: not what a change every few milliseconds holds back. */
export function announced(): Promise<void> {
  return announcer.sent();
}
