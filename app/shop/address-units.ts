/** Units of one run that went to one address: a ceiling for whoever is a new buyer with each request. */

/** Runs that are counted, the one bought from last being last: an address's units of a run that nobody buys from any more are over. */
const MOST_RUNS = 1_000;

export class AddressUnits {
  readonly #most: number;
  /** Bounded by what is sold, as only who is being decided or has bought is counted. */
  readonly #runs = new Map<string, Map<string, number>>();

  /** `most` units an address may have of a run. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Counts units that an address is about to buy. Undefined when that would be too many; else what takes them back, for one who got none. */
  take(run: string, address: string, units: number): (() => void) | undefined {
    const counts = this.#countsOf(run);
    const before = counts.get(address) ?? 0;
    if (before + units > this.#most) return undefined;
    counts.set(address, before + units);
    return () => {
      const left = (counts.get(address) ?? units) - units;
      if (left > 0) counts.set(address, left);
      else counts.delete(address);
    };
  }

  #countsOf(run: string): Map<string, number> {
    const counts = this.#runs.get(run) ?? new Map<string, number>();
    this.#runs.delete(run);
    this.#runs.set(run, counts);
    const [oldest] = this.#runs.keys();
    if (this.#runs.size > MOST_RUNS && oldest !== undefined) this.#runs.delete(oldest);
    return counts;
  }
}
