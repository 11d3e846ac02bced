/** Both books as they are in the end, and what the run has shown of each case. */
import type pg from "pg";
import type { BankRow, HoldRow, LineRow, MoneyRecording, OrderRow } from "./check.ts";

const ms = (column: string) => `(extract(epoch FROM ${column})::float8 * 1000)`;

export async function readBooks(
  observer: pg.Client,
): Promise<Pick<MoneyRecording, "holds" | "orders" | "ledger" | "bank" | "seen">> {
  const rows = async <Row extends pg.QueryResultRow>(sql: string) => (await observer.query<Row>(sql)).rows;
  const holds = await rows<HoldRow>(
    `SELECT id, item_id AS item, buyer_id AS buyer, key, quantity, ${ms("held_at")} AS "heldAt", ${ms("expires_at")} AS "expiresAt", ${ms("ended_at")} AS "endedAt", why FROM holds`,
  );
  const orders = await rows<OrderRow>(
    `SELECT id, key, buyer_id AS buyer, authorisation, quantity, price_amount * quantity AS amount, currency,
            (SELECT coalesce(sum(units), 0)::int FROM movements WHERE order_id = orders.id AND reason IN ('return', 'scrap')) AS "takenBack"
     FROM orders WHERE authorisation IS NOT NULL`,
  );
  const ledger = await rows<LineRow>(
    `SELECT item_id AS item, version, run, available, held, ${ms("created_at")} AS at FROM movements WHERE held IS NOT NULL ORDER BY item_id, version`,
  );
  const bank = await rows<BankRow>(
    `SELECT session AS id, intent, order_id AS "orderId", session_status AS session, amount::int, received::int AS captured, upper(currency) AS currency,
            (SELECT coalesce(sum(amount), 0)::int FROM test_bank.refunds WHERE refunds.intent = payments.intent AND status <> 'failed') AS refunded,
            CASE intent_status WHEN 'requires_capture' THEN 'authorised' WHEN 'succeeded' THEN 'captured' WHEN 'canceled' THEN 'cancelled' WHEN 'processing' THEN 'processing' ELSE session_status END AS status,
            EXISTS (SELECT 1 FROM payment_attempts WHERE reference = session) AS known
     FROM test_bank.payments`,
  );
  const [cases] = await rows<Record<string, number>>(`
    SELECT count(*)::int AS holds,
      count(*) FILTER (WHERE why = 'sold')::int AS "sold in time",
      count(*) FILTER (WHERE why = 'time')::int AS "ended by time",
      count(*) FILTER (WHERE why = 'given_up')::int AS "given back",
      count(*) FILTER (WHERE why = 'reset')::int AS "ended by a reset",
      count(*) FILTER (WHERE why = 'time' AND EXISTS (SELECT 1 FROM orders WHERE orders.id = holds.id))::int AS "paid late, taken anew",
      count(*) FILTER (WHERE why = 'time' AND EXISTS (SELECT 1 FROM test_bank.payments WHERE order_id = holds.id::text AND intent_status = 'canceled')
        AND NOT EXISTS (SELECT 1 FROM orders WHERE orders.id = holds.id))::int AS "paid late, let go",
      count(*) FILTER (WHERE why = 'given_up' AND EXISTS (SELECT 1 FROM test_bank.payments WHERE order_id = holds.id::text AND intent_status = 'canceled'))::int AS "paid and given back, let go",
      count(*) FILTER (WHERE (SELECT count(*) FROM test_bank.payments WHERE order_id = holds.id::text) > 1)::int AS "two pages",
      (SELECT count(*)::int FROM movements WHERE reason IN ('return', 'scrap')) AS "capture refused, goods back",
      (SELECT count(*)::int FROM test_bank.events WHERE state = 'lost') AS "events lost",
      (SELECT count(*)::int FROM test_bank.events WHERE copies > 1) AS "events doubled",
      (SELECT count(*)::int FROM test_bank.events WHERE tries > 1) AS "events sent again"
    FROM holds`);
  return { holds, orders, ledger, bank, seen: cases ?? {} };
}
