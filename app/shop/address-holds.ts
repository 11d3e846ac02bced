/** Open holds of an item from one address, so that one script does not hold everything for ever. */

/** Holds that lapsed unpaid until whoever let them lapse has to wait. */
export const MOST_LAPSES = 2;
/** Addresses of items that are remembered, those that came last. */
const MOST_REMEMBERED = 50_000;

interface Holder {
  /** Ends of open holds in milliseconds since 1970, by their ids. */
  open: Map<string, number>;
  lapses: number;
  lastLapse: number;
}

export class AddressHolds {
  readonly #most: number;
  readonly #holders = new Map<string, Holder>();
  readonly #ofHold = new Map<string, Holder>();

  /** `most` open holds of an item an address may have. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Why the address may hold no more of the item: it has as many as it may, or must wait until then. Undefined: it may. */
  refusalOf(
    itemId: string,
    address: string,
    holdSeconds: number,
    now: number,
  ): { limit: number; until?: number } | undefined {
    const holder = this.#holders.get(nameOf(itemId, address));
    if (!holder) return undefined;
    this.#lapse(holder, now);
    const until = holder.lastLapse + holdSeconds * 1_000;
    if (holder.lapses >= MOST_LAPSES && now < until) return { limit: MOST_LAPSES, until };
    return holder.open.size >= this.#most ? { limit: this.#most } : undefined;
  }

  /** The address holds it until then. */
  hold(itemId: string, address: string, holdId: string, until: number): void {
    const name = nameOf(itemId, address);
    const holder = this.#holders.get(name) ?? { open: new Map<string, number>(), lapses: 0, lastLapse: 0 };
    this.#holders.delete(name);
    this.#holders.set(name, holder);
    holder.open.set(holdId, until);
    this.#ofHold.set(holdId, holder);
    const [oldest] = this.#holders;
    if (this.#holders.size <= MOST_REMEMBERED || !oldest) return;
    this.#holders.delete(oldest[0]);
    for (const id of oldest[1].open.keys()) this.#ofHold.delete(id);
  }

  /** Its payment has begun: it lasts until then. */
  extend(holdId: string, until: number): void {
    const holder = this.#ofHold.get(holdId);
    if (holder?.open.has(holdId)) holder.open.set(holdId, until);
  }

  /** It was paid for, or given back. */
  end(holdId: string, { sold }: { sold: boolean }): void {
    const holder = this.#ofHold.get(holdId);
    holder?.open.delete(holdId);
    this.#ofHold.delete(holdId);
    if (holder && sold) holder.lapses = 0;
  }

  #lapse(holder: Holder, now: number): void {
    for (const [id, until] of holder.open) {
      if (until > now) continue;
      holder.open.delete(id);
      this.#ofHold.delete(id);
      holder.lapses += 1;
      holder.lastLapse = Math.max(holder.lastLapse, until);
    }
  }
}

function nameOf(itemId: string, address: string): string {
  return `${itemId} ${address}`;
}
