/**
 * How fast one address brings new buyers, by the generic cell rate algorithm (ITU-T I.371): one time for each address,
 * so many at once and so many a minute after that.
 */

/** Milliseconds in which an address may bring its buyers at once. */
const MINUTE = 60_000;
/** Milliseconds too early at most: one who floods must not lock out for hours whoever else comes from that address. */
const LONGEST_WAIT = 10 * MINUTE;
/** Addresses that are remembered, the one seen last being last. */
const MOST_ADDRESSES = 100_000;

export class NewBuyers {
  readonly #each: number;
  /** Time (performance.now) at which the buyers of an address so far would be due, had they come evenly. */
  readonly #due = new Map<string, number>();

  /** `aMinute` buyers an address may bring each minute. */
  constructor(aMinute: number) {
    this.#each = MINUTE / aMinute;
  }

  /** Counts one more, and says how many milliseconds too early it comes. */
  arrive(address: string, now = performance.now()): number {
    const due = Math.min(Math.max(this.#due.get(address) ?? 0, now) + this.#each, now + MINUTE + LONGEST_WAIT);
    this.#due.delete(address);
    this.#due.set(address, due);
    if (this.#due.size > MOST_ADDRESSES) this.#forgetOldest();
    return Math.max(0, Math.round(due - now - MINUTE));
  }

  #forgetOldest(): void {
    const [oldest] = this.#due.keys();
    if (oldest !== undefined) this.#due.delete(oldest);
  }
}
