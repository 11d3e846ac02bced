/** Orders as they were placed: read here, written by ledger.server.ts alone. */
import { type Database, db, type Transaction } from "#app/db.server.ts";
import type { KeyedOrder, Order } from "./item.ts";

interface OrderRow extends Omit<Order, "price"> {
  priceAmount: number;
  currency: string;
}

function toOrder({ priceAmount, currency, ...row }: OrderRow): Order {
  return { ...row, price: { amount: priceAmount, currency } };
}

/** The order of one of these buyers; undefined otherwise: somebody else's looks like one that never was. */
export async function getOrder(orderId: string, buyerIds: string[], client: Database = db): Promise<Order | undefined> {
  const [row] = await client.$queryRaw<OrderRow[]>`
    SELECT id, item_id AS "itemId", run, number, quantity, name, price_amount AS "priceAmount", currency, placed_at AS "placedAt"
    FROM orders
    WHERE id = ${orderId}::uuid AND buyer_id = ANY(${buyerIds}::uuid[])`;
  return row && toOrder(row);
}

/** The orders that these keys have made before, of whichever buyer, item and run. */
export async function listOrdersByKey(keys: string[], client: Transaction): Promise<KeyedOrder[]> {
  const rows = await client.$queryRaw<(OrderRow & { buyerId: string; key: string })[]>`
    SELECT id, item_id AS "itemId", run, number, quantity, name, price_amount AS "priceAmount", currency, placed_at AS "placedAt", buyer_id AS "buyerId", key
    FROM orders
    WHERE key = ANY(${keys}::uuid[])
    ORDER BY placed_at, id`;
  return rows.map(({ buyerId, key, ...row }) => ({ ...toOrder(row), buyerId, key }));
}

/** A buyer in a run of an item. */
export interface BuyerOfRun {
  itemId: string;
  run: number;
  buyerId: string;
}

/** Units that these buyers own, each of its run; whoever owns none is left out. */
export function unitsOwned(buyers: BuyerOfRun[], client: Transaction): Promise<(BuyerOfRun & { units: number })[]> {
  return client.$queryRaw`
    SELECT item_id AS "itemId", run, buyer_id AS "buyerId", sum(quantity)::int AS units
    FROM orders
    JOIN (
      SELECT DISTINCT * FROM unnest(
        ${buyers.map(({ itemId }) => itemId)}::text[], ${buyers.map(({ run }) => run)}::int[], ${buyers.map(({ buyerId }) => buyerId)}::uuid[]
      ) AS buyer (item_id, run, buyer_id)
    ) AS buyer USING (item_id, run, buyer_id)
    GROUP BY item_id, run, buyer_id`;
}

/** What the buyer owns of an item's run, in the order it was bought. */
export async function listOrdersOfRun(
  itemId: string,
  run: number,
  buyerId: string,
  client: Database = db,
): Promise<Order[]> {
  const rows = await client.$queryRaw<OrderRow[]>`
    SELECT id, item_id AS "itemId", run, number, quantity, name, price_amount AS "priceAmount", currency, placed_at AS "placedAt"
    FROM orders
    WHERE item_id = ${itemId} AND run = ${run} AND buyer_id = ${buyerId}::uuid
    ORDER BY number`;
  return rows.map(toOrder);
}

/** The run's orders from this number on, at most `limit`, ordered by number; only id, number and buyer. */
export function listSalesFrom(
  itemId: string,
  run: number,
  number: number,
  limit: number,
  client: Database = db,
): Promise<{ id: string; number: number; buyerId: string }[]> {
  return client.$queryRaw`
    SELECT id, number, buyer_id AS "buyerId"
    FROM orders
    WHERE item_id = ${itemId} AND run = ${run} AND number >= ${number}
    ORDER BY number
    LIMIT ${limit}`;
}

/** Orders read at once: an item may have a million. */
const TOGETHER = 1_000;

/** Every order of an item, run by run, in the order of their numbers. */
export async function* ordersOf(itemId: string, client: Database = db): AsyncGenerator<Order> {
  let [run, number] = [0, 0];
  for (;;) {
    const rows = await client.$queryRaw<OrderRow[]>`
      SELECT id, item_id AS "itemId", run, number, quantity, name, price_amount AS "priceAmount", currency, placed_at AS "placedAt"
      FROM orders
      WHERE item_id = ${itemId} AND (run, number) > (${run}, ${number})
      ORDER BY run, number
      LIMIT ${TOGETHER}`;
    yield* rows.map(toOrder);
    const last = rows.at(-1);
    if (!last || rows.length < TOGETHER) return;
    [run, number] = [last.run, last.number];
  }
}
