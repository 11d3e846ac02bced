/** What operators have done: one row an act, written with the change itself and never changed. */
import { Prisma } from "#prisma/client/client.ts";
import { type Database, db, type Transaction } from "#app/db.server.ts";

/** The verbs by which the shop is run. */
export type Verb =
  | "item_added"
  | "item_changed"
  | "draft_added"
  | "draft_changed"
  | "draft_deleted"
  | "item_published"
  | "restocked"
  | "corrected"
  | "run_started"
  | "hold_ended"
  | "order_cancelled"
  | "order_refunded"
  | "order_noted"
  | "order_sent"
  | "task_retried"
  | "settings_changed"
  | "password_changed"
  | "session_ended";

export interface Act {
  /** As they called themselves when they signed in; or as below. */
  who: string;
  what: Verb;
  itemId?: string | undefined;
  orderId?: string | undefined;
  /** Only what has changed. */
  before?: Record<string, unknown> | undefined;
  after?: Record<string, unknown> | undefined;
}

export interface WrittenAct extends Omit<Act, "before" | "after" | "itemId" | "orderId"> {
  /** Grows. As text: it may be larger than JavaScript's numbers. */
  id: string;
  at: Date;
  itemId: string | null;
  orderId: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

/** Who does what no operator's page has asked for. */
export const BY_COMMAND = "command";
/** In a demo anyone may start a new run. */
export const BY_VISITOR = "demo visitor";

export async function insertAct(tx: Transaction, act: Act): Promise<void> {
  await tx.$executeRaw(insertActs([act]));
}

/** A statement that writes acts, also as part of another: `WITH …, done AS (${insertActs(acts)}) UPDATE …`. */
export function insertActs(acts: Act[]): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO acts (at, who, what, item_id, order_id, before, after)
    SELECT clock_timestamp(), who, what, item_id, order_id, before, after
    FROM unnest(
      ${acts.map(({ who }) => who)}::text[], ${acts.map(({ what }) => what)}::text[], ${acts.map(({ itemId = null }) => itemId)}::text[],
      ${acts.map(({ orderId = null }) => orderId)}::uuid[], ${acts.map(({ before }) => textOf(before))}::jsonb[],
      ${acts.map(({ after }) => textOf(after))}::jsonb[]
    ) WITH ORDINALITY AS act (who, what, item_id, order_id, before, after, nth)
    ORDER BY nth`;
}

function textOf(fields: Record<string, unknown> | undefined): string | null {
  return fields ? JSON.stringify(fields) : null;
}

/** The newest first, of an item, of an order, or of all; `before` is the id of the last one that was seen. */
export function listActs(
  {
    itemId = null,
    orderId = null,
    before = null,
    most,
  }: { itemId?: string | null; orderId?: string | null; before?: string | null; most: number },
  client: Database = db,
): Promise<WrittenAct[]> {
  // `id` alone would be the text, of which 9 is more than 10.
  return client.$queryRaw`
    SELECT id::text, at, who, what, item_id AS "itemId", order_id AS "orderId", before, after FROM acts
    WHERE (${itemId}::text IS NULL OR item_id = ${itemId}) AND (${orderId}::uuid IS NULL OR order_id = ${orderId}::uuid)
      AND (${before}::bigint IS NULL OR id < ${before}::bigint)
    ORDER BY acts.id DESC LIMIT ${most}`;
}
