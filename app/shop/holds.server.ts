/** Holds as they are: read here, written by ledger.server.ts alone. */
import { Prisma } from "#prisma/client/client.ts";
import { type Database, db, type Transaction } from "#app/db.server.ts";
import type { EndReason, Hold, Person } from "./holds.ts";
import { unitsBackOf } from "./orders.server.ts";

export interface HoldRow extends Omit<Hold, "price" | "state" | "why"> {
  priceAmount: number;
  currency: string;
  why: EndReason | "sold" | null;
}

/** What a HoldRow is read from. */
const columns = Prisma.sql`
    id, item_id AS "itemId", run, buyer_id AS "buyerId", key, quantity, name, price_amount AS "priceAmount", currency,
           held_at AS "heldAt", expires_at AS "expiresAt", paying_since IS NOT NULL AS paying, why`;

export function toHold(row: HoldRow): Hold {
  const { id, itemId, run, buyerId, key, quantity, name, heldAt, expiresAt, paying, priceAmount, currency, why } = row;
  const state = why === null ? "open" : why === "sold" ? "sold" : "ended";
  return {
    ...{ id, itemId, run, buyerId, key, quantity, name, heldAt, expiresAt, paying, state },
    price: { amount: priceAmount, currency },
    why: why === "sold" ? null : why,
  };
}

/** The hold with this id, whoever's it is. One that has had its time is open until the next decision ends it. */
export async function getHold(id: string, client: Database = db): Promise<Hold | undefined> {
  const [row] = await client.$queryRaw<HoldRow[]>`
    SELECT ${columns}
    FROM holds WHERE id = ${id}::uuid`;
  return row && toHold(row);
}

/** The hold of one of these buyers; undefined otherwise: somebody else's looks like one that never was. */
export async function findHold(id: string, buyerIds: string[], client: Database = db): Promise<Hold | undefined> {
  const hold = await getHold(id, client);
  return hold && buyerIds.includes(hold.buyerId) ? hold : undefined;
}

/** Of a locked item, what a decision may touch. */
export interface HoldsWanted {
  itemId: string;
  lockedAt: Date;
  buyerIds: string[];
  /** Those that commands name. */
  holdIds: string[];
  run: number;
}

/**
 * The holds that decisions about these items may touch: the buyers' open ones, and those of the run that lapsed; those that are named; all that have had their time; and
 * of the others as many as it takes to know which will be the first to end.
 * OFFSET keeps the planner from reading all holds for the buyers of one batch, which it does where it has counted nothing yet.
 */
export async function listHoldsFor(wanted: HoldsWanted[], client: Transaction): Promise<Hold[]> {
  const buyers = wanted.flatMap(({ itemId, buyerIds }) => buyerIds.map((buyerId) => ({ itemId, buyerId })));
  const rows = await client.$queryRaw<HoldRow[]>`
    WITH item AS (
      SELECT * FROM unnest(
        ${wanted.map(({ itemId }) => itemId)}::text[], ${wanted.map(({ lockedAt }) => lockedAt)}::timestamptz[],
        ${wanted.map(({ holdIds }) => holdIds.length + 1)}::int[], ${wanted.map(({ run }) => run)}::int[]
      ) AS item (item_id, locked_at, others, run)
    ), buyer AS (
      SELECT * FROM unnest(
        ${buyers.map(({ itemId }) => itemId)}::text[], ${buyers.map(({ buyerId }) => buyerId)}::uuid[]
      ) AS buyer (item_id, buyer_id)
    ), wanted AS (
      SELECT holds.* FROM item JOIN holds USING (item_id) WHERE ended_at IS NULL AND expires_at <= locked_at
      UNION
      SELECT next.* FROM item, LATERAL (
        SELECT * FROM holds
        WHERE holds.item_id = item.item_id AND ended_at IS NULL AND expires_at > locked_at ORDER BY expires_at LIMIT others
      ) AS next
      UNION
      SELECT own.* FROM buyer JOIN item USING (item_id), LATERAL (
        SELECT * FROM holds
        WHERE holds.item_id = item.item_id AND holds.run = item.run AND holds.buyer_id = buyer.buyer_id AND (ended_at IS NULL OR why = 'time')
        OFFSET 0
      ) AS own
      UNION
      SELECT * FROM holds WHERE id = ANY(${wanted.flatMap(({ holdIds }) => holdIds)}::uuid[])
    )
    SELECT ${columns}
    FROM wanted`;
  return rows.map(toHold);
}

/** What the buyer has held of an item's run, in the order in which it was made. */
export async function listHoldsOfRun(
  itemId: string,
  run: number,
  buyerId: string,
  client: Database = db,
): Promise<Hold[]> {
  const rows = await client.$queryRaw<HoldRow[]>`
    SELECT ${columns}
    FROM holds WHERE item_id = ${itemId} AND run = ${run} AND buyer_id = ${buyerId}::uuid
    ORDER BY held_at, id`;
  return rows.map(toHold);
}

/** Who has held of an item's run after that version of it, at most `limit` of them, and the version of the last hold of these. */
export async function listHoldersAfter(
  itemId: string,
  run: number,
  version: number,
  limit: number,
  client: Database = db,
): Promise<{ buyerIds: string[]; version: number }> {
  const rows = await client.$queryRaw<{ buyerId: string; version: number }[]>`
    SELECT buyer_id AS "buyerId", version FROM movements JOIN holds ON holds.id = hold_id
    WHERE movements.item_id = ${itemId} AND movements.run = ${run} AND version > ${version} AND reason = 'hold'
    ORDER BY version
    LIMIT ${limit}`;
  return { buyerIds: rows.map(({ buyerId }) => buyerId), version: rows.at(-1)?.version ?? version };
}

/** The open holds of an item, the first to end first. */
export async function listOpenHolds(itemId: string, client: Database | Transaction = db): Promise<Hold[]> {
  const rows = await client.$queryRaw<HoldRow[]>`
    SELECT ${columns}
    FROM holds WHERE item_id = ${itemId} AND ended_at IS NULL
    ORDER BY expires_at, id`;
  return rows.map(toHold);
}

/**
 * By hold, its person, and the units that person owns, without what was taken back, or holds by others in the hold's run. `party` null: the person is
 * the one whose payment has begun.
 */
export async function unitsOfParties(
  asked: { holdId: string; party: Uint8Array | null }[],
  client: Transaction,
): Promise<Map<string, Person>> {
  const rows = await client.$queryRaw<(Person & { holdId: string })[]>`
    SELECT asked.id AS "holdId", encode(coalesce(asked.party, known.party), 'base64') AS party, coalesce(sum(coalesce(orders.quantity - ${unitsBackOf()}, holds.quantity)), 0)::int AS units
    FROM (
      SELECT DISTINCT id, party
      FROM unnest(${asked.map(({ holdId }) => holdId)}::uuid[], ${asked.map(({ party }) => party && Buffer.from(party))}::bytea[]) AS pair (id, party)
    ) AS asked
    JOIN holds AS own ON own.id = asked.id
    LEFT JOIN contacts AS known ON known.order_id = asked.id
    LEFT JOIN contacts ON contacts.item_id = own.item_id AND contacts.run = own.run AND contacts.party = coalesce(asked.party, known.party)
                 AND contacts.order_id <> asked.id
    LEFT JOIN orders ON orders.id = contacts.order_id
    LEFT JOIN holds ON holds.id = contacts.order_id AND holds.ended_at IS NULL
    WHERE coalesce(asked.party, known.party) IS NOT NULL
    GROUP BY asked.id, 2`;
  return new Map(rows.map(({ holdId, party, units }) => [holdId, { party, units }]));
}
