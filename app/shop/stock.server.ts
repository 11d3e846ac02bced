/**
 * The only file that writes quantities. Every change is one movement of the ledger, in the same transaction as the
 * item's row, which the caller has locked with `lockItem`.
 */
import type { Transaction } from "#app/db.server.ts";
import { type Order, stateOf, type Stock } from "./item.ts";

export interface LockedItem {
  id: string;
  quantity: number;
  version: number;
  run: number;
  lastNumber: number;
  startingQuantity: number;
  maxPerOrder: number;
  limitPerBuyer: number | null;
  opensAt: Date | null;
  notOpen: boolean;
  priceAmount: number;
  currency: string;
}

/**
 * Locks the item's row until the transaction ends. Undefined when there is no such item.
 *
 * Without FOR UPDATE two buyers read the same quantity, both find the last unit there, and both get it. Call it first:
 * in READ COMMITTED only the locked row is read again after the wait, so whatever else a decision needs must be read
 * by a later statement.
 */
export async function lockItem(tx: Transaction, itemId: string): Promise<LockedItem | undefined> {
  const [item] = await tx.$queryRaw<LockedItem[]>`
    SELECT id, quantity, version, run, last_number AS "lastNumber", starting_quantity AS "startingQuantity",
           max_per_order AS "maxPerOrder", limit_per_buyer AS "limitPerBuyer", opens_at AS "opensAt",
           coalesce(opens_at > clock_timestamp(), false) AS "notOpen", price_amount AS "priceAmount", currency
    FROM items
    WHERE id = ${itemId}
    FOR UPDATE`;
  return item;
}

export function stockOf(item: Pick<LockedItem, "id" | "quantity" | "version" | "run" | "notOpen">): Stock {
  return { id: item.id, quantity: item.quantity, version: item.version, run: item.run, state: stateOf(item.quantity, item.notOpen) };
}

export interface Sale {
  orderId: string;
  buyerId: string;
  key: string;
  quantity: number;
}

/** Sells units of a locked item: the order with the run's next number, its movement, and the item's new quantity. */
export async function recordSale(tx: Transaction, item: LockedItem, sale: Sale): Promise<{ order: Order; stock: Stock }> {
  const after = { ...item, quantity: item.quantity - sale.quantity, version: item.version + 1, lastNumber: item.lastNumber + 1 };
  const [placed] = await tx.$queryRaw<{ placedAt: Date }[]>`
    INSERT INTO orders (id, item_id, run, number, buyer_id, key, quantity, price_amount, currency, placed_at)
    VALUES (${sale.orderId}::uuid, ${item.id}, ${item.run}, ${after.lastNumber}, ${sale.buyerId}::uuid, ${sale.key}::uuid,
            ${sale.quantity}, ${item.priceAmount}, ${item.currency}, clock_timestamp())
    RETURNING placed_at AS "placedAt"`;
  if (!placed) throw new Error(`order ${sale.orderId} was inserted without a row`);
  await recordMovement(tx, after, { reason: "sale", delta: -sale.quantity, orderId: sale.orderId });
  await writeItem(tx, after);
  const order: Order = {
    id: sale.orderId,
    itemId: item.id,
    run: item.run,
    number: after.lastNumber,
    quantity: sale.quantity,
    price: { amount: item.priceAmount, currency: item.currency },
    placedAt: placed.placedAt,
  };
  return { order, stock: stockOf(after) };
}

/** Starts the item's next run with `quantity` units. Orders of earlier runs stay as they are. */
export async function startRun(tx: Transaction, item: LockedItem, quantity: number): Promise<Stock> {
  const after = { ...item, quantity, version: item.version + 1, run: item.run + 1, lastNumber: 0 };
  await recordMovement(tx, after, { reason: "reset", delta: quantity - item.quantity, orderId: null });
  await writeItem(tx, after);
  return stockOf(after);
}

export interface NewItem {
  id: string;
  name: string;
  tagline: string;
  story: string;
  picture: string;
  pictureAlt: string;
  price: { amount: number; currency: string };
  startingQuantity: number;
  maxPerOrder: number;
  limitPerBuyer: number | null;
  opensAt: Date | null;
  position: number;
}

/** Puts a new item up for sale with its starting quantity, as version 1 of run 1. */
export async function addItem(tx: Transaction, item: NewItem): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO items (id, name, tagline, story, picture, picture_alt, price_amount, currency, starting_quantity, quantity,
                       max_per_order, limit_per_buyer, opens_at, position)
    VALUES (${item.id}, ${item.name}, ${item.tagline}, ${item.story}, ${item.picture}, ${item.pictureAlt}, ${item.price.amount},
            ${item.price.currency}, ${item.startingQuantity}, ${item.startingQuantity}, ${item.maxPerOrder}, ${item.limitPerBuyer},
            ${item.opensAt}, ${item.position})`;
  const opened = { id: item.id, quantity: item.startingQuantity, version: 1, run: 1 };
  await recordMovement(tx, opened, { reason: "opening", delta: item.startingQuantity, orderId: null });
}

async function recordMovement(
  tx: Transaction,
  after: Pick<LockedItem, "id" | "version" | "run" | "quantity">,
  movement: { reason: "opening" | "sale" | "reset"; delta: number; orderId: string | null },
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO movements (item_id, version, run, reason, delta, balance, order_id, created_at)
    VALUES (${after.id}, ${after.version}, ${after.run}, ${movement.reason}, ${movement.delta}, ${after.quantity},
            ${movement.orderId}::uuid, clock_timestamp())`;
}

async function writeItem(tx: Transaction, after: Pick<LockedItem, "id" | "quantity" | "version" | "run" | "lastNumber">): Promise<void> {
  await tx.$executeRaw`
    UPDATE items
    SET quantity = ${after.quantity}, version = ${after.version}, run = ${after.run}, last_number = ${after.lastNumber}
    WHERE id = ${after.id}`;
}
