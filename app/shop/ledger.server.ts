/**
 * The only file that writes stock. Every change of it is one movement of the ledger, in the same transaction as the
 * stock's row, which the caller has locked with `lockItem`.
 */
import { Prisma } from "#prisma/client/client.ts";
import type { Transaction } from "#app/db.server.ts";
import { type Decided, type LockedItem, stockOf } from "./decide.ts";
import type { Stock } from "./item.ts";

/**
 * Locks the items' stock until the transaction ends, in the order of their ids: two transactions that want some of the same
 * items never wait for each other in a circle. An item that does not exist is left out, and with `skipLocked` one that
 * another transaction has locked, too.
 *
 * Without FOR UPDATE two buyers read the same quantity, both find the last unit there, and both get it. Call it first:
 * in READ COMMITTED only the locked row is read again after the wait, so whatever else a decision needs must be read
 * by a later statement. The item's terms are read by `item_now`, which looks for itself once the lock is given; joined here as a
 * table, they would be those from before the wait, and a buyer would pay the old price. The clock is read outside the locking
 * part, which may look at it before it waits.
 */
export function lockItems(
  tx: Transaction,
  itemIds: string[],
  { skipLocked = false }: { skipLocked?: boolean } = {},
): Promise<LockedItem[]> {
  return tx.$queryRaw<LockedItem[]>`
    WITH locked AS MATERIALIZED (
      SELECT * FROM stock WHERE item_id = ANY(${itemIds}) ORDER BY item_id FOR UPDATE ${skipLocked ? Prisma.sql`SKIP LOCKED` : Prisma.empty}
    )
    SELECT item_id AS id, available AS quantity, version, edition, current_epoch() AS epoch, run,
           last_number AS "lastNumber", clock_timestamp() AS "lockedAt",
           name, starting_quantity AS "startingQuantity", max_per_order AS "maxPerOrder",
           limit_per_buyer AS "limitPerBuyer", opens_at AS "opensAt", paused,
           coalesce(opens_at > clock_timestamp(), false) AS "notOpen", price_amount AS "priceAmount", currency
    FROM locked, LATERAL item_now(item_id)`;
}

/** One item's stock, locked as by `lockItems`. Undefined when there is no such item. */
export async function lockItem(tx: Transaction, itemId: string): Promise<LockedItem | undefined> {
  const [item] = await lockItems(tx, [itemId]);
  return item;
}

/**
 * Writes the sales of locked items, however many, and each one's stock as it is `after` them: one statement, because each one
 * more is a round trip that everyone at the tills waits for. Sent as a query, so that it keeps its place behind what was sent
 * as one before it.
 */
export async function recordSales(tx: Transaction, decided: Pick<Decided, "sales" | "after">[]): Promise<void> {
  const sales = decided.flatMap(({ sales }) => sales);
  const after = decided.map(({ after }) => after);
  await tx.$queryRaw`
    WITH sale AS (
      SELECT * FROM unnest(
        ${sales.map(({ order }) => order.itemId)}::text[],
        ${sales.map(({ order }) => order.id)}::uuid[], ${sales.map(({ order }) => order.number)}::int[],
        ${sales.map(({ buyerId }) => buyerId)}::uuid[], ${sales.map(({ key }) => key)}::uuid[],
        ${sales.map(({ order }) => order.quantity)}::int[], ${sales.map(({ version }) => version)}::int[], ${sales.map(({ balance }) => balance)}::int[]
      ) AS sale (item_id, order_id, number, buyer_id, key, quantity, version, balance)
    ), after AS (
      SELECT * FROM unnest(
        ${after.map(({ id }) => id)}::text[], ${after.map(({ run }) => run)}::int[], ${after.map(({ name }) => name)}::text[],
        ${after.map(({ priceAmount }) => priceAmount)}::int[], ${after.map(({ currency }) => currency)}::text[], ${after.map(({ lockedAt }) => lockedAt)}::timestamptz[],
        ${after.map(({ quantity }) => quantity)}::int[], ${after.map(({ version }) => version)}::int[], ${after.map(({ lastNumber }) => lastNumber)}::int[]
      ) AS after (item_id, run, name, price_amount, currency, locked_at, available, version, last_number)
    ), placed AS (
      INSERT INTO orders (id, item_id, run, number, buyer_id, key, quantity, name, price_amount, currency, placed_at)
      SELECT order_id, item_id, run, number, buyer_id, key, quantity, name, price_amount, currency, locked_at
      FROM sale JOIN after USING (item_id)
      -- Two tills that meet the same keys wait for each other in one order, never in a circle.
      ORDER BY buyer_id, key
    ), moved AS (
      INSERT INTO movements (item_id, version, run, reason, delta, balance, order_id, created_at)
      SELECT item_id, sale.version, run, 'sale', -quantity, balance, order_id, locked_at
      FROM sale JOIN after USING (item_id)
    )
    UPDATE stock
    SET available = after.available, version = after.version, last_number = after.last_number
    FROM after
    WHERE stock.item_id = after.item_id`;
}

/** The first line of an item: `quantity` units for sale, as version 1 of run 1. Its words must be there already. */
export async function openStock(tx: Transaction, id: string, quantity: number): Promise<void> {
  await tx.$executeRaw`INSERT INTO stock (item_id, available) VALUES (${id}, ${quantity})`;
  await recordMovement(tx, { id, quantity, version: 1, run: 1 }, { reason: "opening", delta: quantity, key: null });
}

/**
 * Changes a locked item's quantity by `delta`, for a reason that is no sale. Refused by the database when it would go
 * below nothing. `key` names the change: no two of an item have the same.
 */
export async function adjust(
  tx: Transaction,
  item: LockedItem,
  movement: { reason: "restock" | "correction"; delta: number; key: string | null },
): Promise<Stock> {
  const after = { ...item, quantity: item.quantity + movement.delta, version: item.version + 1 };
  await recordMovement(tx, after, movement);
  await writeStock(tx, after);
  return stockOf(after);
}

/** Starts the item's next run with `quantity` units. Orders of earlier runs stay as they are. */
export async function startRun(tx: Transaction, item: LockedItem, quantity: number): Promise<Stock> {
  const after = { ...item, quantity, version: item.version + 1, run: item.run + 1, lastNumber: 0 };
  await recordMovement(tx, after, { reason: "reset", delta: quantity - item.quantity, key: null });
  await writeStock(tx, after);
  return stockOf(after);
}

/** One line of the ledger: what it changed, what was available after it, and the version that it made. */
export interface Movement {
  reason: string;
  delta: number;
  balance: number;
  version: number;
}

/** The line that an operator's key has added to an item's ledger. */
export async function findMovement(tx: Transaction, itemId: string, key: string): Promise<Movement | undefined> {
  const [line] = await tx.$queryRaw<Movement[]>`
    SELECT reason, delta, balance, version FROM movements WHERE item_id = ${itemId} AND key = ${key}::uuid`;
  return line;
}

/**
 * The last restock with a key in the item's run, and how long ago it was by the database's clock. An item has few lines
 * with a key, and up to millions of sales: those with a key are looked for first, by their index.
 */
export async function findLastRestock(
  tx: Transaction,
  { id, run }: Pick<LockedItem, "id" | "run">,
): Promise<{ delta: number; version: number; key: string; secondsAgo: number } | undefined> {
  const [line] = await tx.$queryRaw<{ delta: number; version: number; key: string; secondsAgo: number }[]>`
    WITH keyed AS MATERIALIZED (SELECT * FROM movements WHERE item_id = ${id} AND key IS NOT NULL)
    SELECT delta, version, key, extract(epoch FROM clock_timestamp() - created_at)::float8 AS "secondsAgo"
    FROM keyed
    WHERE run = ${run} AND reason = 'restock'
    ORDER BY version DESC
    LIMIT 1`;
  return line;
}

async function recordMovement(
  tx: Transaction,
  after: Pick<LockedItem, "id" | "version" | "run" | "quantity">,
  movement: { reason: "opening" | "restock" | "reset" | "correction"; delta: number; key: string | null },
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO movements (item_id, version, run, reason, delta, balance, key, created_at)
    VALUES (${after.id}, ${after.version}, ${after.run}, ${movement.reason}, ${movement.delta}, ${after.quantity},
            ${movement.key}::uuid, clock_timestamp())`;
}

async function writeStock(
  tx: Transaction,
  after: Pick<LockedItem, "id" | "quantity" | "version" | "run" | "lastNumber">,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE stock
    SET available = ${after.quantity}, version = ${after.version}, run = ${after.run}, last_number = ${after.lastNumber}
    WHERE item_id = ${after.id}`;
}
