/** All acts as a table. */
import { Prisma } from "#prisma/client/client.ts";
import { iso, type Table } from "./export.server.ts";

interface Row {
  id: string;
  at: string;
  who: string;
  what: string;
  itemId: string | null;
  orderId: string | null;
  before: string | null;
  after: string | null;
}

/** The newest first, as the page has them. What was so before and after is JSON: each act has its own fields. */
export function actsTable(): Table<Row> {
  return {
    columns: ["act", "at", "who", "what", "item", "order", "before", "after"],
    // In order of its number: `id` alone would be the text, of which 9 is more than 10.
    query: Prisma.sql`
      SELECT id::text, ${iso(Prisma.sql`at`)} AS at, who, what, item_id AS "itemId", order_id AS "orderId", before::text, after::text
      FROM acts ORDER BY acts.id DESC`,
    cellsOf: ({ id, at, who, what, itemId, orderId, before, after }) => [
      ...[id, at, who, what, itemId, orderId],
      ...[before, after],
    ],
  };
}
