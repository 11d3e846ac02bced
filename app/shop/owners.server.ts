/**
 * Who has bought of an item's run, remembered, so that the page of one who has not costs no query: in a drop's first minutes
 * that is nearly everybody. What was bought since is read once for each version of the item, not for each visitor.
 */
import { env } from "#app/env.server.ts";
import { singleton } from "#app/singleton.server.ts";
import { within } from "#app/within.server.ts";
import type { Item, Order } from "./item.ts";
import { listOrdersOfRun, listSalesFrom } from "./orders.server.ts";

/** Orders of one run that are remembered, about 1 MB of them. In a run that has more, each visitor is looked up. */
const MOST_ORDERS = 10_000;
/** Milliseconds that visitors wait for what one of them reads. Beyond it each is looked up: a dead connection must not hold all of them. */
const PATIENCE = 500;

class Run {
  readonly #itemId: string;
  readonly run: number;
  #buyers = new Set<string>();
  /** The order with the highest number so far. Numbers have no gaps, so only orders after it can be missing. */
  #latest: { id: string; number: number } | undefined;
  /** Of the item, when nothing was missing. */
  #version: number | undefined;
  #reading: Promise<void> | undefined;

  constructor(itemId: string, run: number) {
    this.#itemId = itemId;
    this.run = run;
  }

  /** Whether the buyer had bought when the item was at `version`, or cannot be told. */
  async mayHaveBought(buyerId: string, version: number): Promise<boolean> {
    while (this.#version !== version && !this.#isLong()) {
      this.#reading ??= this.#read(version).finally(() => (this.#reading = undefined));
      if (!(await isDoneWithin(PATIENCE, this.#reading))) return true;
    }
    return this.#isLong() || this.#buyers.has(buyerId);
  }

  #isLong(): boolean {
    return (this.#latest?.number ?? 0) > MOST_ORDERS;
  }

  async #read(version: number): Promise<void> {
    const known = this.#latest;
    const sales = await listSalesFrom(this.#itemId, this.run, known?.number ?? 1, MOST_ORDERS + 1);
    // The order that was the latest comes first again, unless the database went back, as in a failover that lost its last commits. Not
    // noticed is one that has come to the very same version again meanwhile: until the next, a buyer may be shown a form that leads to the receipt.
    if (known && sales[0]?.id !== known.id) {
      this.#buyers.clear();
      this.#latest = undefined;
      this.#version = undefined;
      return;
    }
    for (const { buyerId } of sales) this.#buyers.add(buyerId);
    this.#latest = sales.at(-1);
    this.#version = version;
    if (this.#isLong()) this.#buyers.clear();
  }
}

function isDoneWithin(milliseconds: number, work: Promise<void>): Promise<boolean> {
  return within(milliseconds, work, () => new Error(`not done within ${milliseconds} ms`)).then(
    () => true,
    () => false,
  );
}

/** The run that is on, of each item. */
const runs = singleton("owners", () => new Map<string, Run>());

/**
 * What the buyer owns of the item's run, in the order it was bought, at the version of the item that is given or later. An instance
 * that is behind may be given an older one than the buyer has seen: `orderId`, an order the buyer says is there, is looked for at once.
 */
export async function listOwned(
  { id, run, version }: Pick<Item, "id" | "run" | "version">,
  buyerId: string,
  orderId: string | null = null,
): Promise<Order[]> {
  let known = runs.get(id);
  if (known?.run !== run) runs.set(id, (known = new Run(id, run)));
  return env.PAGES_KEPT === 0 || orderId !== null || (await known.mayHaveBought(buyerId, version))
    ? listOrdersOfRun(id, run, buyerId)
    : [];
}
