/**
 * When each state of an item was true, as far as anyone can tell from outside.
 *
 * A movement's `created_at` is read under the row's lock, before its COMMIT. The state it makes becomes true somewhere
 * between that moment and the first of these, by which its COMMIT was certainly done:
 * - the next movement's `created_at`, since the lock is given only after the COMMIT before it;
 * - the end of any request whose answer names this state or a later one;
 * - the end of all instances.
 * It stays true until the next state is. So it *may* have been true from its own `created_at` until the latest moment at
 * which the next one's COMMIT was done, and only what lies outside of that is called false: the checker accuses nobody
 * for what cannot be known. Movements of one batch share one `created_at` and one COMMIT; each of their states is what
 * one buyer of the batch was decided on.
 *
 * The two clocks are compared while the run goes on. A request's interval is widened by what that leaves open, and by
 * the millisecond to which the database's times are cut.
 */
import type { Clock, DatabaseState, History, Interval, Moment, Movement, Stock } from "./history.ts";

/** Milliseconds. */
const ROUNDING = 1;

export interface Entry {
  movement: Movement;
  /** Database time by which it was certainly committed. */
  committed: number;
  next?: Entry;
}

export class Timeline {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  readonly #sales = new Map<string, Entry>();

  constructor(history: History, { movements }: DatabaseState) {
    this.#clock = history.clock;
    for (const entries of Map.groupBy(movements, ({ itemId }) => itemId).values()) this.#enter(entries);
    this.#hear(history);
  }

  at(itemId: string, version: number): Entry | undefined {
    return this.#entries.get(`${itemId} ${version}`);
  }

  /** The state that an order made of its item. */
  saleOf(orderId: string): Entry | undefined {
    return this.#sales.get(orderId);
  }

  wasCurrent(entry: Entry | undefined, { start, end }: Interval): boolean {
    if (!entry) return false;
    const until = entry.next?.committed ?? Infinity;
    return !this.certainlyAfter(entry.movement.createdAt, end) && !this.certainlyBefore(until, start);
  }

  committedBefore(entry: Entry | undefined, moment: Moment): boolean {
    return entry !== undefined && this.certainlyBefore(entry.committed, moment);
  }

  certainlyBefore(databaseTime: number, moment: Moment): boolean {
    return databaseTime + ROUNDING < moment + this.#clock.low;
  }

  certainlyAfter(databaseTime: number, moment: Moment): boolean {
    return databaseTime - ROUNDING > moment + this.#clock.high;
  }

  #enter(movements: Movement[]): void {
    let before: Entry | undefined;
    for (const movement of movements.toSorted((one, other) => one.version - other.version)) {
      const entry: Entry = { movement, committed: Infinity };
      if (before) {
        before.next = entry;
        if (before.movement.createdAt < movement.createdAt) before.committed = movement.createdAt;
      }
      before = entry;
      this.#entries.set(`${movement.itemId} ${movement.version}`, entry);
      if (movement.orderId) this.#sales.set(movement.orderId, entry);
    }
  }

  /** What was heard of a state proves it and all before it. */
  #hear({ purchases, changes, told, quiet }: History): void {
    const hear = (entry: Entry | undefined, end: Moment) => {
      if (entry) entry.committed = Math.min(entry.committed, end + this.#clock.high);
    };
    for (const { outcome, item, end } of purchases) {
      if (outcome.kind === "ok") hear(this.saleOf(outcome.order.id), end);
      if (outcome.kind === "refused") hear(this.at(item, outcome.stock.version), end);
    }
    for (const { outcome, item, end } of changes)
      if (outcome.kind === "ok") hear(this.at(item, outcome.stock.version), end);
    for (const { stock, at } of told) hear(this.at(stock.id, stock.version), at);

    for (const entry of [...this.#entries.values()].reverse()) {
      if (this.certainlyBefore(entry.movement.createdAt, quiet)) hear(entry, quiet);
      if (entry.next) entry.committed = Math.min(entry.committed, entry.next.committed);
    }
  }
}

/** Whether this is the state that the movement made. */
export function isState(movement: Movement | undefined, stock: Stock): boolean {
  return movement?.balance === stock.quantity && movement.run === stock.run;
}
