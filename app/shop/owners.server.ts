/**
 * Who has bought of an item's run, remembered, so that the page of one who has not costs no query: in a drop's first minutes
 * that is nearly everybody. What was bought since is read once for each version of the item, not for each visitor.
 */
import { env } from "#app/env.server.ts";
import { singleton } from "#app/singleton.server.ts";
import { isDoneWithin } from "#app/within.server.ts";
import { isPaid } from "./decide.ts";
import type { Hold } from "./holds.ts";
import { listHoldersAfter, listHoldsOfRun } from "./holds.server.ts";
import type { Item } from "./item.ts";
import { listOrdersOfRun, listSalesFrom, type OwnedOrder } from "./orders.server.ts";

/** Orders of one run that are remembered. In a run that has more, each visitor is looked up. */
const MOST_ORDERS = 10_000;
/** Orders that are remembered in all, some 25 MB of them. Beyond it the runs that nobody has looked at for longest are forgotten. */
const MOST_IN_ALL = 200_000;
/** Milliseconds that visitors wait for what one of them reads. Beyond it each is looked up: a dead connection must not hold all of them. */
const PATIENCE = 500;

type Of = Pick<Item, "id" | "run" | "version" | "epoch" | "payment" | "price">;

/** One run of one item, in one epoch: another history has other orders under the same numbers. */
class Run {
  readonly #item: Of;
  readonly name: string;
  #buyers = new Set<string>();
  /** The highest number so far. Numbers have no gaps, so only orders after it can be missing. */
  #latest = 0;
  /** Of the item, when nothing was missing. */
  #version: number | undefined;
  #reading: Promise<void> | undefined;
  /** The version of the last hold so far. */
  #heldAt = 0;
  #isFull = false;

  constructor(item: Of) {
    this.#item = item;
    this.name = nameOf(item);
  }

  /** How many orders are remembered. */
  get size(): number {
    return this.#buyers.size;
  }

  /** Whether the buyer had bought or held when the item was at `version`, or cannot be told in time. */
  async mayHaveBought(buyerId: string, version: number): Promise<boolean> {
    const until = performance.now() + PATIENCE;
    while (this.#version !== version && !this.#isLong()) {
      this.#reading ??= this.#read(version).finally(() => (this.#reading = undefined));
      if (!(await isDoneWithin(until - performance.now(), this.#reading))) return true;
    }
    return this.#isLong() || this.#buyers.has(buyerId);
  }

  #isLong(): boolean {
    return this.#latest > MOST_ORDERS || this.#isFull;
  }

  async #read(version: number): Promise<void> {
    const { id, run } = this.#item;
    const holders = isHeld(this.#item)
      ? await listHoldersAfter(id, run, this.#heldAt, MOST_ORDERS + 1)
      : { buyerIds: [], version: this.#heldAt };
    const sales = await listSalesFrom(id, run, this.#latest + 1, MOST_ORDERS + 1);
    for (const { buyerId } of sales) this.#buyers.add(buyerId);
    for (const buyerId of holders.buyerIds) this.#buyers.add(buyerId);
    this.#latest = sales.at(-1)?.number ?? this.#latest;
    this.#heldAt = holders.version;
    this.#isFull ||= holders.buyerIds.length > MOST_ORDERS || this.#buyers.size > MOST_ORDERS;
    this.#version = version;
    if (this.#isLong()) this.#buyers.clear();
  }
}

function nameOf({ id, run, epoch }: Of): string {
  return `${id} ${run} ${epoch}`;
}

/** The runs that are on, remembered within one budget. */
export class Owners {
  readonly #most: number;
  /** By item, the one that was asked about last being last. */
  readonly #runs = new Map<string, Run>();

  /** `most` orders are remembered, of all items. */
  constructor(most = MOST_IN_ALL) {
    this.#most = most;
  }

  /** How many orders are remembered. */
  get size(): number {
    return [...this.#runs.values()].reduce((sum, run) => sum + run.size, 0);
  }

  /** Whether the buyer had bought of the item's run when it was at this version, or cannot be told in time. */
  async mayHaveBought(item: Of, buyerId: string): Promise<boolean> {
    const run = this.#runOf(item);
    const before = run.size;
    const answer = await run.mayHaveBought(buyerId, item.version);
    if (run.size > before) this.#forget();
    return answer;
  }

  #runOf(item: Of): Run {
    const known = this.#runs.get(item.id);
    const run = known?.name === nameOf(item) ? known : new Run(item);
    this.#runs.delete(item.id);
    this.#runs.set(item.id, run);
    return run;
  }

  #forget(): void {
    let { size } = this;
    for (const [itemId, run] of this.#runs) {
      if (size <= this.#most) return;
      this.#runs.delete(itemId);
      size -= run.size;
    }
  }
}

const owners = singleton("owners", () => new Owners());

/** What a buyer has of an item's run. */
export interface Owned {
  /** In the order in which they were bought. */
  orders: OwnedOrder[];
  /** In the order in which they were made, those that have ended or were sold too. */
  holds: Hold[];
}

const NOTHING: Owned = { orders: [], holds: [] };

/**
 * What the buyer owns and holds of the item's run, at the version of the item that is given or later. An instance that is behind may
 * be given an older one than the buyer has seen: `orderId`, an order the buyer says is there, is looked for at once.
 */
export async function listOwned(item: Of, buyerId: string, orderId: string | null = null): Promise<Owned> {
  const isRemembered = env.PAGES_KEPT > 0 && orderId === null;
  if (isRemembered && !(await owners.mayHaveBought(item, buyerId))) return NOTHING;
  const { id, run } = item;
  const [orders, holds] = await Promise.all([
    listOrdersOfRun(id, run, buyerId),
    isHeld(item) ? listHoldsOfRun(id, run, buyerId) : [],
  ]);
  return { orders, holds };
}

function isHeld({ payment, price }: Of): boolean {
  return isPaid({ payment, priceAmount: price.amount });
}
