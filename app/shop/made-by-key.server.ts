/** What keys have made: orders and holds, of whichever buyer, item and run. */
import type { Transaction } from "#app/db.server.ts";
import type { Hold } from "./holds.ts";
import { type HoldRow, toHold } from "./holds.server.ts";
import type { KeyedOrder } from "./item.ts";
import { type KeyedOrderRow, toKeyedOrder } from "./orders.server.ts";

export interface MadeByKey {
  orders: KeyedOrder[];
  holds: Hold[];
}

type Row = ({ isHold: false } & KeyedOrderRow) | ({ isHold: true } & HoldRow);

/** One statement for both: it is asked with every decision. OFFSET as in `listHoldsFor`. */
export async function listMadeByKey(keys: string[], client: Transaction): Promise<MadeByKey> {
  const rows = await client.$queryRaw<Row[]>`
    SELECT false AS "isHold", id, item_id AS "itemId", run, number, quantity, name, price_amount AS "priceAmount", currency, placed_at AS "placedAt",
           buyer_id AS "buyerId", key, authorisation, NULL::timestamptz AS "heldAt", NULL::timestamptz AS "expiresAt", NULL::boolean AS paying, NULL AS why
    FROM orders
    WHERE key = ANY(${keys}::uuid[])
    UNION ALL
    SELECT true, id, item_id, run, NULL, quantity, name, price_amount, currency, NULL, buyer_id, made.key, NULL, held_at, expires_at, paying_since IS NOT NULL, why
    FROM unnest(${[...new Set(keys)]}::uuid[]) AS sent (key), LATERAL (SELECT * FROM holds WHERE holds.key = sent.key OFFSET 0) AS made`;
  const made: MadeByKey = { orders: [], holds: [] };
  for (const row of rows) {
    if (row.isHold) made.holds.push(toHold(row));
    else made.orders.push(toKeyedOrder(row));
  }
  made.orders.sort((one, other) => one.placedAt.getTime() - other.placedAt.getTime() || (one.id < other.id ? -1 : 1));
  return made;
}
