/**
 * The only file that writes stock. Every change of it is one movement of the ledger, in the same transaction as the
 * stock's row, which the caller has locked with `lockItem`.
 */
import { Prisma } from "#prisma/client/client.ts";
import type { Transaction } from "#app/db.server.ts";
import { insertTasks } from "#app/tasks.server.ts";
import { insertActs } from "./acts.server.ts";
import { unlessUnpayable } from "./payable.server.ts";
import type { LockedItem, Sale, Sheet } from "./sheet.ts";

/** A stock's `next_expiry` in ISO 8601, as JavaScript writes it. */
export const nextReleaseAt = Prisma.sql`to_char(next_expiry AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

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
export async function lockItems(
  tx: Transaction,
  itemIds: string[],
  { skipLocked = false }: { skipLocked?: boolean } = {},
): Promise<LockedItem[]> {
  const locked = await tx.$queryRaw<LockedItem[]>`
    WITH locked AS MATERIALIZED (
      SELECT * FROM stock WHERE item_id = ANY(${itemIds}) ORDER BY item_id FOR UPDATE ${skipLocked ? Prisma.sql`SKIP LOCKED` : Prisma.empty}
    )
    SELECT item_id AS id, available AS quantity, held, sold, ${nextReleaseAt} AS "nextReleaseAt", version, edition, current_epoch() AS epoch, run,
           last_number AS "lastNumber", clock_timestamp() AS "lockedAt",
           name, starting_quantity AS "startingQuantity", max_per_order AS "maxPerOrder",
           limit_per_buyer AS "limitPerBuyer", opens_at AS "opensAt", closes_at AS "closesAt", paused,
           coalesce(opens_at > clock_timestamp(), false) AS "notOpen", coalesce(closes_at <= clock_timestamp(), false) AS closed, price_amount AS "priceAmount", currency,
           payment, hold_seconds AS "holdSeconds", status
    FROM locked, LATERAL item_now(item_id)`;
  return locked.map(unlessUnpayable);
}

/** One item's stock, locked as by `lockItems`. Undefined when there is no such item. */
export async function lockItem(tx: Transaction, itemId: string): Promise<LockedItem | undefined> {
  const [item] = await lockItems(tx, [itemId]);
  return item;
}

/**
 * Writes what was decided of locked items, however many: one statement, because each one more is a round trip that everyone at the
 * tills waits for. Its parts are those that there is something for: a sale alone does not pay for the planning of the others. Sent as a
 * query, so that it keeps its place behind what was sent as one before it.
 */
export async function record(tx: Transaction, sheets: Sheet[]): Promise<void> {
  const lines = sheets.flatMap(({ before: { id }, lines }) => lines.map((line) => ({ ...line, itemId: id })));
  const sales = sheets.flatMap(({ sales }) => sales);
  const after = sheets.map(({ after }) => after);
  const parts = [
    Prisma.sql`
    line AS (
      SELECT * FROM unnest(
        ${lines.map(({ itemId }) => itemId)}::text[], ${lines.map(({ version }) => version)}::int[], ${lines.map(({ run }) => run)}::int[],
        ${lines.map(({ reason }) => reason)}::text[], ${lines.map(({ units }) => units)}::int[],
        ${lines.map(({ from }) => from)}::text[], ${lines.map(({ to }) => to)}::text[],
        ${lines.map(({ available }) => available)}::int[], ${lines.map(({ held }) => held)}::int[], ${lines.map(({ sold }) => sold)}::int[],
        ${lines.map(({ orderId }) => orderId)}::uuid[], ${lines.map(({ holdId }) => holdId)}::uuid[], ${lines.map(({ key }) => key)}::uuid[]
      ) AS line (item_id, version, run, reason, units, from_account, to_account, available, held, sold, order_id, hold_id, key)
    ), after AS (
      SELECT * FROM unnest(
        ${after.map(({ id }) => id)}::text[], ${after.map(({ run }) => run)}::int[], ${after.map(({ lockedAt }) => lockedAt)}::timestamptz[],
        ${after.map(({ quantity }) => quantity)}::int[], ${after.map(({ held }) => held)}::int[], ${after.map(({ sold }) => sold)}::int[],
        ${after.map(({ version }) => version)}::int[], ${after.map(({ edition }) => edition)}::int[], ${after.map(({ lastNumber }) => lastNumber)}::int[],
        ${after.map(({ nextReleaseAt }) => nextReleaseAt)}::timestamptz[]
      ) AS after (item_id, run, locked_at, available, held, sold, version, edition, last_number, next_expiry)
    ), moved AS (
      INSERT INTO movements (item_id, version, run, reason, units, from_account, to_account, available, held, sold, order_id, hold_id, key, created_at)
      SELECT item_id, line.version, line.run, reason, units, from_account, to_account, line.available, line.held, line.sold, order_id, hold_id, key, locked_at
      FROM line JOIN after USING (item_id)
    )`,
    ...(sales.length > 0 ? [placeOrders(sales)] : []),
    ...holdParts(sheets),
  ];
  await tx.$queryRaw`
    WITH ${Prisma.join(parts, ", ")}
    UPDATE stock
    SET available = after.available, held = after.held, sold = after.sold, version = after.version, edition = after.edition, run = after.run,
        last_number = after.last_number, next_expiry = after.next_expiry
    FROM after
    WHERE stock.item_id = after.item_id`;
}

function placeOrders(sales: Sale[]): Prisma.Sql {
  return Prisma.sql`
    placed AS (
      INSERT INTO orders (id, item_id, run, number, buyer_id, key, quantity, name, price_amount, currency, authorisation, placed_at)
      SELECT * FROM unnest(
        ${sales.map(({ order }) => order.id)}::uuid[], ${sales.map(({ order }) => order.itemId)}::text[], ${sales.map(({ order }) => order.run)}::int[],
        ${sales.map(({ order }) => order.number)}::int[], ${sales.map(({ buyerId }) => buyerId)}::uuid[], ${sales.map(({ key }) => key)}::uuid[],
        ${sales.map(({ order }) => order.quantity)}::int[], ${sales.map(({ order }) => order.name)}::text[],
        ${sales.map((sale) => sale.order.price.amount)}::int[], ${sales.map(({ order }) => order.price.currency)}::text[],
        ${sales.map(({ authorisation }) => authorisation)}::text[], ${sales.map(({ order }) => order.placedAt)}::timestamptz[]
      ) AS sale (id, item_id, run, number, buyer_id, key, quantity, name, price_amount, currency, authorisation, placed_at)
      -- Two tills that meet the same keys wait for each other in one order, never in a circle.
      ORDER BY buyer_id, key
    )`;
}

/** What follows for holds, persons, tasks and acts. */
function holdParts(sheets: Sheet[]): Prisma.Sql[] {
  const made = sheets.flatMap(({ made }) => made);
  // One that ends in the batch in which it was made could not be changed by the same statement.
  const ended = sheets.flatMap(({ ended, before: { lockedAt } }) => ended.map((end) => ({ ...end, at: lockedAt })));
  const begun = sheets.flatMap(({ begun }) => begun);
  const parties = sheets.flatMap(({ parties }) => parties);
  const tasks = sheets.flatMap(({ tasks }) => tasks);
  const acts = sheets.flatMap(({ acts }) => acts);
  const parts: Prisma.Sql[] = [];
  if (made.length > 0)
    parts.push(Prisma.sql`
    held AS (
      INSERT INTO holds (id, item_id, run, buyer_id, key, quantity, name, price_amount, currency, held_at, expires_at)
      SELECT * FROM unnest(
        ${made.map(({ id }) => id)}::uuid[], ${made.map(({ itemId }) => itemId)}::text[], ${made.map(({ run }) => run)}::int[],
        ${made.map(({ buyerId }) => buyerId)}::uuid[], ${made.map(({ key }) => key)}::uuid[], ${made.map(({ quantity }) => quantity)}::int[],
        ${made.map(({ name }) => name)}::text[], ${made.map(({ price }) => price.amount)}::int[], ${made.map(({ price }) => price.currency)}::text[],
        ${made.map(({ heldAt }) => heldAt)}::timestamptz[], ${made.map(({ expiresAt }) => expiresAt)}::timestamptz[]
      ) AS hold (id, item_id, run, buyer_id, key, quantity, name, price_amount, currency, held_at, expires_at)
      ORDER BY buyer_id, key
    )`);
  if (ended.length + begun.length > 0)
    parts.push(Prisma.sql`
    hold_changed AS (
      UPDATE holds SET ended_at = change.ended_at, why = change.why, expires_at = coalesce(change.expires_at, holds.expires_at),
                       paying_since = CASE WHEN change.expires_at IS NULL THEN holds.paying_since ELSE statement_timestamp() END
      FROM unnest(
        ${[...ended, ...begun].map(({ id }) => id)}::uuid[], ${[...ended.map(({ at }) => at), ...begun.map(() => null)]}::timestamptz[],
        ${[...ended.map(({ why }) => why), ...begun.map(() => null)]}::text[], ${[...ended.map(() => null), ...begun.map(({ expiresAt }) => expiresAt)]}::timestamptz[]
      ) AS change (id, ended_at, why, expires_at)
      WHERE holds.id = change.id
    )`);
  if (parties.length > 0)
    parts.push(Prisma.sql`
    party AS (
      UPDATE contacts SET party = who.party
      FROM unnest(${parties.map(({ holdId }) => holdId)}::uuid[], ${parties.map(({ party }) => Buffer.from(party))}::bytea[]) AS who (id, party)
      WHERE order_id = who.id
    )`);
  if (tasks.length > 0) parts.push(Prisma.sql`follow AS (${insertTasks(tasks)})`);
  if (acts.length > 0) parts.push(Prisma.sql`done AS (${insertActs(acts)})`);
  return parts;
}

/** The first line of an item: `quantity` units for sale, as version 1 of run 1. Its words must be there already. */
export async function openStock(tx: Transaction, id: string, quantity: number, edition = 1): Promise<void> {
  await tx.$executeRaw`
    WITH line AS (
      INSERT INTO movements (item_id, version, run, reason, units, from_account, to_account, available, held, sold, created_at)
      VALUES (${id}, 1, 1, 'opening', ${quantity}, 'outside', 'available', ${quantity}, 0, 0, clock_timestamp())
    )
    INSERT INTO stock (item_id, available, edition) VALUES (${id}, ${quantity}, ${edition})`;
}

/** One line of the ledger: how it changed what is available, what was available after it, and the version that it made. */
export interface Movement {
  reason: string;
  delta: number;
  available: number;
  held: number;
  version: number;
}

/** The line that an operator's key has added to an item's ledger. */
export async function findMovement(tx: Transaction, itemId: string, key: string): Promise<Movement | undefined> {
  const [line] = await tx.$queryRaw<Movement[]>`
    SELECT reason, coalesce(delta, CASE 'available' WHEN to_account THEN units ELSE -units END) AS delta, available, coalesce(held, 0) AS held, version
    FROM movements WHERE item_id = ${itemId} AND key = ${key}::uuid`;
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
    SELECT coalesce(units, delta) AS delta, version, key, extract(epoch FROM clock_timestamp() - created_at)::float8 AS "secondsAgo"
    FROM keyed
    WHERE run = ${run} AND reason = 'restock'
    ORDER BY version DESC
    LIMIT 1`;
  return line;
}
