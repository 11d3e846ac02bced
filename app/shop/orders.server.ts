/** Orders as they were placed: read here, written by ledger.server.ts alone. */
import { Prisma } from "#prisma/client/client.ts";
import { type Database, db, type Transaction } from "#app/db.server.ts";
import type { KeyedOrder, Order } from "./item.ts";

interface OrderRow extends Omit<Order, "price"> {
  priceAmount: number;
  currency: string;
}

/** What an OrderRow is read from, and a KeyedOrderRow. */
const columns = Prisma.sql`id, item_id AS "itemId", run, number, quantity, name, price_amount AS "priceAmount", currency, placed_at AS "placedAt"`;
const keyedColumns = Prisma.sql`${columns}, buyer_id AS "buyerId", key, authorisation`;

function toOrder({ priceAmount, currency, ...row }: OrderRow): Order {
  return { ...row, price: { amount: priceAmount, currency } };
}

/** The order of one of these buyers; undefined otherwise: somebody else's looks like one that never was. */
export async function getOrder(orderId: string, buyerIds: string[], client: Database = db): Promise<Order | undefined> {
  const [row] = await client.$queryRaw<OrderRow[]>`
    SELECT ${columns}
    FROM orders
    WHERE id = ${orderId}::uuid AND buyer_id = ANY(${buyerIds}::uuid[])`;
  return row && toOrder(row);
}

export type KeyedOrderRow = OrderRow & Omit<KeyedOrder, keyof Order>;

export function toKeyedOrder(row: KeyedOrderRow): KeyedOrder {
  const { id, itemId, run, number, quantity, name, priceAmount, currency, placedAt, buyerId, key, authorisation } = row;
  const order = toOrder({ id, itemId, run, number, quantity, name, priceAmount, currency, placedAt });
  return { ...order, buyerId, key, authorisation };
}

/** Those of these ids that there are, whoever's they are. */
export async function listOrdersById(ids: string[], client: Transaction): Promise<KeyedOrder[]> {
  const rows = await client.$queryRaw<KeyedOrderRow[]>`
    SELECT ${keyedColumns}
    FROM orders
    WHERE id = ANY(${ids}::uuid[])`;
  return rows.map(toKeyedOrder);
}

/** The order with this id, whoever's it is. */
export async function findOrder(id: string, client: Database | Transaction = db): Promise<KeyedOrder | undefined> {
  const [order] = await listOrdersById([id], client);
  return order;
}

/** The latest of all orders, the last one first. */
export async function listLatestOrders(limit: number, client: Database = db): Promise<KeyedOrder[]> {
  const rows = await client.$queryRaw<KeyedOrderRow[]>`
    SELECT ${keyedColumns}
    FROM orders ORDER BY placed_at DESC, id LIMIT ${limit}`;
  return rows.map(toKeyedOrder);
}

/** Of a line of the ledger, whether it takes units of its order back: into stock, or out of the books. */
export const takesBack = Prisma.sql`reason IN ('return', 'scrap')`;

/** Units that are back of an order, by its id in the statement around it. */
export function unitsBackOf(order = Prisma.sql`orders.id`): Prisma.Sql {
  return Prisma.sql`(SELECT coalesce(sum(units), 0)::int FROM movements WHERE movements.order_id = ${order} AND ${takesBack})`;
}

/** What was taken back of an order by one change, by the key that names it. */
export interface TakenBack {
  orderId: string;
  key: string;
  units: number;
}

export function listTakenBack(orderIds: string[], client: Database | Transaction = db): Promise<TakenBack[]> {
  return client.$queryRaw`
    SELECT order_id AS "orderId", key, units FROM movements
    WHERE order_id = ANY(${orderIds}::uuid[]) AND ${takesBack}`;
}

/** Units of one order that are back. */
export async function countTakenBack(orderId: string, client: Database | Transaction = db): Promise<number> {
  return (await listTakenBack([orderId], client)).reduce((sum, { units }) => sum + units, 0);
}

/** Units sold and not taken back of these runs of an item, as their last lines say. */
export function soldOfRuns(
  itemId: string,
  runs: number[],
  client: Transaction,
): Promise<{ run: number; sold: number }[]> {
  return client.$queryRaw`
    SELECT DISTINCT ON (run) run, sold FROM ledger WHERE item_id = ${itemId} AND run = ANY(${runs}::int[])
    ORDER BY run, version DESC, step DESC`;
}

/** A buyer in a run of an item. */
export interface BuyerOfRun {
  itemId: string;
  run: number;
  buyerId: string;
}

/** Units that these buyers own, each of its run, without what was taken back; whoever has never bought is left out. */
export function unitsOwned(buyers: BuyerOfRun[], client: Transaction): Promise<(BuyerOfRun & { units: number })[]> {
  return client.$queryRaw`
    SELECT item_id AS "itemId", run, buyer_id AS "buyerId", sum(quantity - ${unitsBackOf()})::int AS units
    FROM orders
    JOIN (
      SELECT DISTINCT * FROM unnest(
        ${buyers.map(({ itemId }) => itemId)}::text[], ${buyers.map(({ run }) => run)}::int[], ${buyers.map(({ buyerId }) => buyerId)}::uuid[]
      ) AS buyer (item_id, run, buyer_id)
    ) AS buyer USING (item_id, run, buyer_id)
    GROUP BY item_id, run, buyer_id`;
}

/** An order, and how many of its units were taken back. */
export type OwnedOrder = Order & { back: number };

/** What the buyer has bought of an item's run, in the order it was bought. */
export async function listOrdersOfRun(
  itemId: string,
  run: number,
  buyerId: string,
  client: Database = db,
): Promise<OwnedOrder[]> {
  const rows = await client.$queryRaw<(OrderRow & { back: number })[]>`
    SELECT ${columns}, ${unitsBackOf()} AS back
    FROM orders
    WHERE item_id = ${itemId} AND run = ${run} AND buyer_id = ${buyerId}::uuid
    ORDER BY number`;
  return rows.map(({ back, ...row }) => ({ ...toOrder(row), back }));
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
      SELECT ${columns}
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
