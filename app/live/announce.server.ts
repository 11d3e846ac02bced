/** Tells the other instances what this one has committed, by NOTIFY. */
import { db } from "#app/db.server.ts";
import { describeError, report } from "#app/report.server.ts";
import { stateOf } from "#app/shop/item.ts";
import { type Change, memory, onPublished } from "#app/shop/memory.server.ts";
import { Pace } from "#app/shop/pace.ts";
import { singleton } from "#app/singleton.server.ts";

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
    // Unless the memory has seen that the database went back.
    if (known && known.version >= change.version && (memory.item(change.id)?.version ?? Infinity) >= known.version)
      return;
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
        if (!this.#failing) report("announcing_failed", { ...describeError(error), stack: undefined });
        this.#failing = true;
      }
    }
    this.#sending = undefined;
  }

  /** Takes as many waiting changes as fit. */
  #payload(): string {
    let fits = this.#waiting.length;
    while (fits > 1 && Buffer.byteLength(JSON.stringify(this.#waiting.slice(0, fits))) > LONGEST_PAYLOAD)
      fits = Math.floor(fits / 2);
    return JSON.stringify(this.#waiting.splice(0, fits));
  }
}

const announcer = singleton("announcer", () => {
  const announcer = new Announcer();
  onPublished((change) => announcer.announce(change));
  return announcer;
});

/** Resolves when the other instances have been told, for a process that ends: not what a change every few milliseconds holds back. */
export function announced(): Promise<void> {
  return announcer.sent();
}
