/** What an operator does to an item's stock. */
import { type Database, db, type Transaction } from "#app/db.server.ts";
import type { Stock } from "./item.ts";
import { publish } from "./memory.server.ts";
import { adjust, lockItem, type LockedItem, startRun } from "./ledger.server.ts";

/** Starts a new run with `quantity` units, or the item's starting quantity. Undefined when there is no such item. */
export function resetItem(itemId: string, quantity?: number, client: Database = db): Promise<Stock | undefined> {
  return change(itemId, client, (tx, item) => startRun(tx, item, quantity ?? item.startingQuantity));
}

/** Adds `units`, at least one, to the run that is on. Undefined when there is no such item. */
export async function restockItem(itemId: string, units: number, client: Database = db): Promise<Stock | undefined> {
  if (!Number.isInteger(units) || units < 1)
    throw new RangeError("a restock adds at least one unit; to take some away, correct the item");
  return change(itemId, client, (tx, item) => adjust(tx, item, "restock", units));
}

/** Sets the quantity to what was counted. Undefined when there is no such item. */
export function correctItem(itemId: string, quantity: number, client: Database = db): Promise<Stock | undefined> {
  return change(itemId, client, (tx, item) => adjust(tx, item, "correction", quantity - item.quantity));
}

async function change(
  itemId: string,
  client: Database,
  make: (tx: Transaction, item: LockedItem) => Promise<Stock>,
): Promise<Stock | undefined> {
  const stock = await client.$transaction(async (tx) => {
    const item = await lockItem(tx, itemId);
    return item && make(tx, item);
  });
  if (stock) publish(stock);
  return stock;
}
