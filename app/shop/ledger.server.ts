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
  /** By the database's clock, when the lock was given. */
  notOpen: boolean;
  lockedAt: Date;
  priceAmount: number;
  currency: string;
}

/**
 * Locks the item's row until the transaction ends. Undefined when there is no such item.
 *
 * Without FOR UPDATE two buyers read the same quantity, both find the last unit there, and both get it. Call it first:
 * in READ COMMITTED only the locked row is read again after the wait, so whatever else a decision needs must be read
 * by a later statement. The clock is read outside the locking part, which may look at it before it waits.
 */
export async function lockItem(tx: Transaction, itemId: string): Promise<LockedItem | undefined> {
  const [item] = await tx.$queryRaw<LockedItem[]>`
    WITH locked AS MATERIALIZED (SELECT * FROM items WHERE id = ${itemId} FOR UPDATE)
    SELECT id, quantity, version, run, last_number AS "lastNumber", starting_quantity AS "startingQuantity",
           max_per_order AS "maxPerOrder", limit_per_buyer AS "limitPerBuyer", opens_at AS "opensAt",
           coalesce(opens_at > clock_timestamp(), false) AS "notOpen", clock_timestamp() AS "lockedAt",
           price_amount AS "priceAmount", currency
    FROM locked`;
  return item;
}

export function stockOf(item: Pick<LockedItem, "id" | "quantity" | "version" | "run" | "notOpen">): Stock {
  return {
    id: item.id,
    quantity: item.quantity,
    version: item.version,
    run: item.run,
    state: stateOf(item.quantity, item.notOpen),
  };
}

/** One order to be written, with the item's version and quantity after it. */
export interface Sale {
  order: Order;
  buyerId: string;
  key: string;
  version: number;
  balance: number;
}

/**
 * Writes the sales of a locked item, however many, and the item as it is `after` them: one statement, because each one
 * more is a round trip that everyone at the till waits for.
 */
export async function recordSales(tx: Transaction, sales: Sale[], after: LockedItem): Promise<void> {
  await tx.$executeRaw`
    WITH sale AS (
      SELECT * FROM unnest(
        ${sales.map(({ order }) => order.id)}::uuid[], ${sales.map(({ order }) => order.number)}::int[],
        ${sales.map(({ buyerId }) => buyerId)}::uuid[], ${sales.map(({ key }) => key)}::uuid[],
        ${sales.map(({ order }) => order.quantity)}::int[], ${sales.map(({ version }) => version)}::int[], ${sales.map(({ balance }) => balance)}::int[]
      ) AS sale (order_id, number, buyer_id, key, quantity, version, balance)
    ), placed AS (
      INSERT INTO orders (id, item_id, run, number, buyer_id, key, quantity, price_amount, currency, placed_at)
      SELECT order_id, ${after.id}, ${after.run}, number, buyer_id, key, quantity, ${after.priceAmount}, ${after.currency}, ${after.lockedAt}
      FROM sale
      -- Two tills that meet the same keys wait for each other in one order, never in a circle.
      ORDER BY buyer_id, key
    ), moved AS (
      INSERT INTO movements (item_id, version, run, reason, delta, balance, order_id, created_at)
      SELECT ${after.id}, version, ${after.run}, 'sale', -quantity, balance, order_id, ${after.lockedAt}
      FROM sale
    )
    UPDATE items
    SET quantity = ${after.quantity}, version = ${after.version}, last_number = ${after.lastNumber}
    WHERE id = ${after.id}`;
}

/** Changes a locked item's quantity by `delta`, for a reason that is no sale. Refused by the database when it would go below nothing. */
export async function adjust(
  tx: Transaction,
  item: LockedItem,
  reason: "restock" | "correction",
  delta: number,
): Promise<Stock> {
  const after = { ...item, quantity: item.quantity + delta, version: item.version + 1 };
  await recordMovement(tx, after, { reason, delta });
  await writeItem(tx, after);
  return stockOf(after);
}

/** Starts the item's next run with `quantity` units. Orders of earlier runs stay as they are. */
export async function startRun(tx: Transaction, item: LockedItem, quantity: number): Promise<Stock> {
  const after = { ...item, quantity, version: item.version + 1, run: item.run + 1, lastNumber: 0 };
  await recordMovement(tx, after, { reason: "reset", delta: quantity - item.quantity });
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
  /** In the shop window; null puts it last. */
  position: number | null;
}

/** Puts a new item up for sale with its starting quantity, as version 1 of run 1. */
export async function addItem(tx: Transaction, item: NewItem): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO items (id, name, tagline, story, picture, picture_alt, price_amount, currency, starting_quantity, quantity,
                       max_per_order, limit_per_buyer, opens_at, position)
    VALUES (${item.id}, ${item.name}, ${item.tagline}, ${item.story}, ${item.picture}, ${item.pictureAlt}, ${item.price.amount},
            ${item.price.currency}, ${item.startingQuantity}, ${item.startingQuantity}, ${item.maxPerOrder}, ${item.limitPerBuyer},
            ${item.opensAt}, coalesce(${item.position}::int, (SELECT coalesce(max(position) + 1, 0) FROM items)))`;
  const opened = { id: item.id, quantity: item.startingQuantity, version: 1, run: 1 };
  await recordMovement(tx, opened, { reason: "opening", delta: item.startingQuantity });
}

async function recordMovement(
  tx: Transaction,
  after: Pick<LockedItem, "id" | "version" | "run" | "quantity">,
  movement: { reason: "opening" | "restock" | "reset" | "correction"; delta: number },
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO movements (item_id, version, run, reason, delta, balance, created_at)
    VALUES (${after.id}, ${after.version}, ${after.run}, ${movement.reason}, ${movement.delta}, ${after.quantity}, clock_timestamp())`;
}

async function writeItem(
  tx: Transaction,
  after: Pick<LockedItem, "id" | "quantity" | "version" | "run" | "lastNumber">,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE items
    SET quantity = ${after.quantity}, version = ${after.version}, run = ${after.run}, last_number = ${after.lastNumber}
    WHERE id = ${after.id}`;
}
