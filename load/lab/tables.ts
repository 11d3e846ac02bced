/** The lab's own tables, what is put into them before a crowd comes, and what is found in them afterwards. */
import type pg from "pg";

/**
 * The shop's tables with what the comparison needs. Left out are the rules that would catch an oversale (a number once
 * in a run, no quantity below nothing): with them the control would fail instead of being seen.
 */
export async function createTables(admin: pg.Client): Promise<void> {
  await admin.query(`
    CREATE TABLE items (
      id text PRIMARY KEY,
      quantity integer NOT NULL,
      last_number integer NOT NULL DEFAULT 0
    );
    CREATE TABLE units (
      item_id text NOT NULL REFERENCES items,
      number integer NOT NULL,
      is_sold boolean NOT NULL DEFAULT false,
      PRIMARY KEY (item_id, number)
    );
    CREATE INDEX ON units (item_id, number) WHERE NOT is_sold;
    CREATE TABLE orders (
      id uuid PRIMARY KEY,
      item_id text NOT NULL REFERENCES items,
      number integer NOT NULL,
      buyer_id uuid NOT NULL,
      key uuid NOT NULL,
      UNIQUE (buyer_id, key)
    );
    CREATE INDEX ON orders (item_id, number);
    CREATE TABLE movements (
      order_id uuid PRIMARY KEY REFERENCES orders,
      item_id text NOT NULL REFERENCES items,
      delta integer NOT NULL
    )`);
}

/** Every strategy finds empty tables, and nothing left to write of what the one before it did. */
export async function clearTables(admin: pg.Client): Promise<void> {
  await admin.query("TRUNCATE items, units, orders, movements");
  await admin.query("CHECKPOINT");
}

export async function putUp(admin: pg.Client, itemId: string, stock: number, asUnitRows: boolean): Promise<void> {
  await admin.query("INSERT INTO items (id, quantity) VALUES ($1, $2)", [itemId, asUnitRows ? 0 : stock]);
  if (!asUnitRows) return;
  await admin.query(
    "INSERT INTO units (item_id, number) SELECT $1, number FROM generate_series(1, $2::int) AS number",
    [itemId, stock],
  );
  await admin.query("ANALYZE units");
}

export interface Books {
  orders: number;
  /** How many different numbers the orders have. */
  numbers: number;
  movements: number;
  unitsLeft: number;
}

export async function readBooks(admin: pg.Client, itemId: string): Promise<Books> {
  const { rows } = await admin.query<Books>(
    `SELECT (SELECT count(*)::int FROM orders WHERE item_id = $1) AS orders,
            (SELECT count(DISTINCT number)::int FROM orders WHERE item_id = $1) AS numbers,
            (SELECT count(*)::int FROM movements WHERE item_id = $1) AS movements,
            quantity + (SELECT count(*)::int FROM units WHERE item_id = $1 AND NOT is_sold) AS "unitsLeft"
     FROM items WHERE id = $1`,
    [itemId],
  );
  if (!rows[0]) throw new Error(`There is no item ${itemId}.`);
  return rows[0];
}

export async function countConnections(admin: pg.Client, applicationName: string): Promise<number> {
  const { rowCount } = await admin.query("SELECT FROM pg_stat_activity WHERE application_name = $1", [applicationName]);
  return rowCount ?? 0;
}
