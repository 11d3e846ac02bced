/**
 * All orders as a table, for a spreadsheet: written to a file at one snapshot, on a connection of its own, which is closed before the
 * first byte is sent. A reader who takes an hour keeps no transaction open, and no connection of the shop's.
 */
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { stringify } from "csv-stringify/sync";
import pg from "pg";
import { Prisma } from "#prisma/client/client.ts";
import { env } from "#app/env.server.ts";
import { beginSession } from "#app/session.server.ts";
import { singleton } from "#app/singleton.server.ts";
import { writeAmount } from "#app/shop/money.ts";
import { fromWhat, type Wanted } from "./orders.server.ts";

/** Rows read at once: few enough that no purchase waits long for the turn of the event loop in which they become text. */
const TOGETHER = 200;

/** Milliseconds in which an export must be done. */
const PATIENCE = 15 * 60_000;

export const COLUMNS = [
  ...["number", "order id", "item", "name", "run", "quantity", "price", "currency", "total"],
  ...["payment status", "captured", "refunded", "units back", "placed at"],
  ...["buyer's name", "e-mail", "address", "sent at", "tracking", "note"],
] as const;

interface Row {
  number: number | null;
  id: string;
  itemId: string;
  name: string;
  run: number;
  quantity: number;
  priceAmount: number;
  currency: string;
  status: string;
  captured: number;
  refunded: number;
  back: number;
  at: string;
  buyer: string | null;
  email: string | null;
  address: string | null;
  sentAt: string | null;
  tracking: string | null;
  note: string | null;
}

/** An export is under way in this instance already. */
export class ExportIsBusy extends Error {}

const exporting = singleton("exporting", () => ({ now: false }));

/** The file, which has no name any more: it is gone once it is closed. Throws ExportIsBusy; `signal` ends it, whatever the database does. */
export async function exportOrders(wanted: Omit<Wanted, "after">, signal: AbortSignal): Promise<FileHandle> {
  if (exporting.now) throw new ExportIsBusy();
  exporting.now = true;
  let file: FileHandle | undefined;
  try {
    file = await openNameless();
    await write(file, wanted, signal);
    return file;
  } catch (error) {
    await file?.close();
    throw error;
  } finally {
    exporting.now = false;
  }
}

/** In a directory of its own, which nobody else can look into. */
async function openNameless(): Promise<FileHandle> {
  const directory = await mkdtemp(path.join(tmpdir(), "lastone-export-"));
  try {
    return await open(path.join(directory, "orders.csv"), "wx+", 0o600);
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function write(file: FileHandle, wanted: Omit<Wanted, "after">, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const client = new pg.Client({
    connectionString: env.DATABASE_URL,
    application_name: "lastone export",
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  // Whoever waits for an answer hears of it there.
  client.on("error", () => undefined);
  const leave = () => void client.end();
  signal.addEventListener("abort", leave);
  try {
    await client.connect();
    await beginSession(client, { statement_timeout: PATIENCE, client_connection_check_interval: 1_000 });
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    // All rows will be read: the plan that gives the first ones soonest would take minutes for the last.
    await client.query("SET LOCAL cursor_tuple_fraction = 1; SET LOCAL work_mem = '64MB'; SET LOCAL jit = off");
    const { text, values } = query(wanted);
    await client.query({ text: `DECLARE export NO SCROLL CURSOR FOR ${text}`, values });
    // Each to its last byte: `write` may leave some out where a disk is nearly full, and say so in a number alone.
    await file.writeFile(stringify([[...COLUMNS]], AS));
    for (;;) {
      const { rows } = await client.query<Row>(`FETCH ${TOGETHER} FROM export`);
      if (rows.length === 0) break;
      await file.writeFile(stringify(rows.map(cellsOf), AS));
      // Whoever buys goes first.
      await setImmediate();
      signal.throwIfAborted();
    }
    await client.query("COMMIT");
  } finally {
    signal.removeEventListener("abort", leave);
    await client.end();
  }
}

/** RFC 4180. What a spreadsheet would take for a formula is marked as text: a buyer chooses their name. */
const AS = { record_delimiter: "windows", escape_formulas: true } as const;

function cellsOf(row: Row): (string | number | null)[] {
  const { currency, quantity } = row;
  const money = (amount: number) => writeAmount({ amount, currency });
  return [
    ...[row.number, row.id, row.itemId, row.name, row.run, quantity],
    ...[money(row.priceAmount), currency, money(row.priceAmount * quantity)],
    ...[row.status, money(row.captured), money(row.refunded), row.back, row.at],
    ...[row.buyer, row.email, row.address, row.sentAt, row.tracking, row.note],
  ];
}

/** In ISO 8601, in UTC. Written by the database, which has a processor of its own. */
function iso(column: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** What belongs to an order is added up for all orders at once: looked up order by order, a million take minutes. */
function query(wanted: Omit<Wanted, "after">): Prisma.Sql {
  return Prisma.sql`
    WITH taken AS MATERIALIZED (
      SELECT order_id, sum(units)::int AS units FROM movements WHERE reason IN ('return', 'scrap') GROUP BY order_id
    ), given AS MATERIALIZED (
      SELECT order_id, sum(amount)::int AS amount FROM refunds WHERE status IN ('pending', 'done') GROUP BY order_id
    ), chosen AS (
      SELECT sold.*, items.name AS item_name, payments.status, captured, contacts.name AS buyer, email, address, sent_at, tracking, note
      ${fromWhat(wanted)}
    )
    SELECT number, id, item_id AS "itemId", coalesce(name, item_name) AS name, run, quantity, price_amount AS "priceAmount", currency,
           coalesce(status, CASE WHEN number IS NULL THEN 'held' ELSE 'none' END) AS status, coalesce(captured, 0) AS captured,
           coalesce(given.amount, 0) AS refunded, coalesce(taken.units, 0) AS back, ${iso(Prisma.sql`at`)} AS at, buyer, email,
           nullif(concat_ws(', ', address->>'line1', address->>'line2', nullif(concat_ws(' ', address->>'postcode', address->>'city'), ''),
                            address->>'region', address->>'country'), '') AS address,
           ${iso(Prisma.sql`sent_at`)} AS "sentAt", tracking, note
    FROM chosen LEFT JOIN taken ON taken.order_id = id LEFT JOIN given ON given.order_id = id
    ORDER BY chosen.at DESC, id DESC`;
}
