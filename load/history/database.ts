/** What the harness itself asks the database. */
import type pg from "pg";
import type { Clock, DatabaseState, Price, Stock } from "./history.ts";

/** How far the database's clock is ahead, by the quickest of some answers: it was read between question and answer. */
export async function compareClocks(observer: pg.Client): Promise<Clock> {
  let best: Clock = { low: -Infinity, high: Infinity };
  for (let tries = 0; tries < 20; tries += 1) {
    const asked = performance.now();
    const { rows } = await observer.query<{ now: number }>(
      "SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now",
    );
    const answered = performance.now();
    const now = rows[0]?.now ?? NaN;
    if (answered - asked < best.high - best.low) best = { low: now - answered, high: now - asked };
  }
  return best;
}

/** What holds for both: clocks may drift apart during a run. */
export function both(one: Clock, other: Clock): Clock {
  return { low: Math.min(one.low, other.low), high: Math.max(one.high, other.high) };
}

const PRICE = "json_build_object('amount', price_amount, 'currency', currency)";

export async function readPrices(observer: pg.Client): Promise<Record<string, Price>> {
  const { rows } = await observer.query<{ id: string; price: Price }>(`SELECT id, ${PRICE} AS price FROM items`);
  return Object.fromEntries(rows.map(({ id, price }) => [id, price]));
}

export async function readMoments(observer: pg.Client): Promise<Pick<Stock, "id" | "version" | "edition">[]> {
  return (
    await observer.query<Pick<Stock, "id" | "version" | "edition">>("SELECT item_id AS id, version, edition FROM stock")
  ).rows;
}

export async function readState(observer: pg.Client): Promise<Omit<DatabaseState, "findings">> {
  const ms = (column: string) => `extract(epoch FROM ${column})::float8 * 1000`;
  const items = await observer.query<DatabaseState["items"][number]>(
    `SELECT id, available AS quantity, max_per_order AS "maxPerOrder", limit_per_buyer AS "limitPerBuyer", ${ms("opens_at")} AS "opensAt" FROM items JOIN stock ON item_id = id`,
  );
  const orders = await observer.query<DatabaseState["orders"][number]>(
    `SELECT id, item_id AS "itemId", run, number, buyer_id AS buyer, key, quantity, ${PRICE} AS price, ${ms("placed_at")} AS "placedAt" FROM orders`,
  );
  const movements = await observer.query<DatabaseState["movements"][number]>(
    `SELECT item_id AS "itemId", version, run, CASE WHEN reason = 'opening' AND run > 1 THEN 'reset' ELSE reason END AS reason,
            coalesce(delta, CASE 'available' WHEN to_account THEN units ELSE -units END) AS delta, available AS balance, order_id AS "orderId", ${ms("created_at")} AS "createdAt" FROM movements`,
  );
  return { items: items.rows, orders: orders.rows, movements: movements.rows };
}

/** Whether any session of these names is left. */
export async function sessionsOf(names: string[], observer: pg.Client): Promise<number> {
  const { rows } = await observer.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND application_name = ANY($1)",
    [names],
  );
  return rows[0]?.count ?? 0;
}
