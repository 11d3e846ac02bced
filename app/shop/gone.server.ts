/** When what is sold out went, and how fast. */
import { db } from "#app/db.server.ts";
import type { Item, Stock } from "./item.ts";

export interface Gone {
  /** When the last unit went. */
  at: Date;
  /** Seconds from the opening to then; null where nothing tells when the run began. */
  seconds: number | null;
}

/**
 * By item id. The ledger's last line of an item is the one that took its last unit: it is found by the version that the item shows.
 * `opens_at` is that of the first run: later ones begin when an operator says so.
 */
export async function listGone(items: readonly Pick<Stock, "id" | "version">[]): Promise<Map<string, Gone>> {
  if (items.length === 0) return new Map();
  const rows = await db.$queryRaw<(Gone & Pick<Item, "id">)[]>`
    SELECT shown.id, movements.created_at AS at,
           CASE WHEN movements.run = 1 AND reason IN ('sale', 'confirm') AND opens_at < movements.created_at
                THEN extract(epoch FROM movements.created_at - opens_at)::float8 END AS seconds
    FROM unnest(${items.map(({ id }) => id)}::text[], ${items.map(({ version }) => version)}::int[]) AS shown (id, version)
    JOIN movements ON movements.item_id = shown.id AND movements.version = shown.version
    JOIN items ON items.id = shown.id`;
  return new Map(rows.map(({ id, at, seconds }) => [id, { at, seconds }]));
}
