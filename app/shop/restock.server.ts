/** What an operator does to an item's stock. */
import { type Database, db } from "#app/db.server.ts";
import { feed } from "#app/live/feed.server.ts";
import type { Stock } from "./item.ts";
import { lockItem, startRun } from "./stock.server.ts";

/** Starts a new run with `quantity` units, or the item's starting quantity. Undefined when there is no such item. */
export async function resetItem(itemId: string, quantity?: number, client: Database = db): Promise<Stock | undefined> {
  const stock = await client.$transaction(async (tx) => {
    const item = await lockItem(tx, itemId);
    return item && startRun(tx, item, quantity ?? item.startingQuantity);
  });
  if (stock) feed.publish(stock);
  return stock;
}
