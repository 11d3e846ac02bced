/** Orders as they were placed: read here, written by stock.server.ts alone. */
import { type Database, db, type Transaction } from "#app/db.server.ts";
import type { Order } from "./item.ts";

interface OrderRow extends Omit<Order, "price"> {
  priceAmount: number;
  currency: string;
}

function toOrder({ priceAmount, currency, ...row }: OrderRow): Order {
  return { ...row, price: { amount: priceAmount, currency } };
}

/** The buyer's order, or undefined: somebody else's looks like one that never was. */
export async function getOrder(orderId: string, buyerId: string, client: Database = db): Promise<Order | undefined> {
  const [row] = await client.$queryRaw<OrderRow[]>`
    SELECT id, item_id AS "itemId", run, number, quantity, price_amount AS "priceAmount", currency, placed_at AS "placedAt"
    FROM orders
    WHERE id = ${orderId}::uuid AND buyer_id = ${buyerId}::uuid`;
  return row && toOrder(row);
}

/** The order this buyer's key has made, of whichever item and run. */
export async function getOrderByKey(buyerId: string, key: string, client: Transaction): Promise<Order | undefined> {
  const [row] = await client.$queryRaw<OrderRow[]>`
    SELECT id, item_id AS "itemId", run, number, quantity, price_amount AS "priceAmount", currency, placed_at AS "placedAt"
    FROM orders
    WHERE buyer_id = ${buyerId}::uuid AND key = ${key}::uuid`;
  return row && toOrder(row);
}

/** What the buyer holds of an item's run, in the order it was bought. */
export async function listOrdersOfRun(itemId: string, run: number, buyerId: string, client: Transaction = db): Promise<Order[]> {
  const rows = await client.$queryRaw<OrderRow[]>`
    SELECT id, item_id AS "itemId", run, number, quantity, price_amount AS "priceAmount", currency, placed_at AS "placedAt"
    FROM orders
    WHERE item_id = ${itemId} AND run = ${run} AND buyer_id = ${buyerId}::uuid
    ORDER BY number`;
  return rows.map(toOrder);
}
