/**
 * How fast one address brings what is counted, such as new buyers, by the generic cell rate algorithm (ITU-T I.371): one time for
 * each address, so many at once and so many in each span after that.
 */

export const MINUTE = 60_000;
/** Milliseconds too early at most: one who floods must not lock out for hours whoever else comes from that address. */
const LONGEST_WAIT = 10 * MINUTE;
/** Addresses that are remembered, the one seen last being last. */
const MOST_ADDRESSES = 100_000;

export class Arrivals {
  readonly #each: number;
  readonly #span: number;
  /** Time (performance.now) at which what an address has brought so far would be due, had it come evenly. */
  readonly #due = new Map<string, number>();

  /** As many as `most` an address may bring in each `span` of milliseconds, also all at once. */
  constructor(most: number, span = MINUTE) {
    this.#each = span / most;
    this.#span = span;
  }

  /** Counts one more, and says how many milliseconds too early it comes. */
  arrive(address: string, now = performance.now()): number {
    const due = Math.min(Math.max(this.#due.get(address) ?? 0, now) + this.#each, now + this.#span + LONGEST_WAIT);
    this.#due.delete(address);
    this.#due.set(address, due);
    if (this.#due.size > MOST_ADDRESSES) this.#forgetOldest();
    return Math.max(0, Math.round(due - now - this.#span));
  }

  #forgetOldest(): void {
    const [oldest] = this.#due.keys();
    if (oldest !== undefined) this.#due.delete(oldest);
  }
}
