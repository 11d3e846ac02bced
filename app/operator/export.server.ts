/**
 * Rows as a table, for a spreadsheet: written to a file at one snapshot, on a connection of its own, which is closed before the
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

/** Rows read at once: few enough that no purchase waits long for the turn of the event loop in which they become text. */
const TOGETHER = 200;

/** Milliseconds in which an export must be done. */
const PATIENCE = 15 * 60_000;

/** What is exported. `cellsOf`: of a row of the query, in the order of the columns. */
export interface Table<Row extends pg.QueryResultRow> {
  columns: string[];
  query: Prisma.Sql;
  cellsOf: (row: Row) => (string | number | null)[];
}

/** An export is under way in this instance already, of whichever table. */
export class ExportIsBusy extends Error {}

const exporting = singleton("exporting", () => ({ now: false }));

/** The file, which has no name any more: it is gone once it is closed. Throws ExportIsBusy; `signal` ends it, whatever the database does. */
export async function exportTable<Row extends pg.QueryResultRow>(
  table: Table<Row>,
  signal: AbortSignal,
): Promise<FileHandle> {
  if (exporting.now) throw new ExportIsBusy();
  exporting.now = true;
  let file: FileHandle | undefined;
  try {
    file = await openNameless();
    await write(file, table, signal);
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
    return await open(path.join(directory, "table.csv"), "wx+", 0o600);
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function write<Row extends pg.QueryResultRow>(
  file: FileHandle,
  table: Table<Row>,
  signal: AbortSignal,
): Promise<void> {
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
    const { text, values } = table.query;
    await client.query({ text: `DECLARE export NO SCROLL CURSOR FOR ${text}`, values });
    // Each to its last byte: `write` may leave some out where a disk is nearly full, and say so in a number alone.
    await file.writeFile(stringify([table.columns], AS));
    for (;;) {
      const { rows } = await client.query<Row>(`FETCH ${TOGETHER} FROM export`);
      if (rows.length === 0) break;
      await file.writeFile(
        stringify(
          rows.map((row) => table.cellsOf(row)),
          AS,
        ),
      );
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

/** RFC 4180. What a spreadsheet would take for a formula is marked as text: buyers choose their names, and operators theirs. */
const AS = { record_delimiter: "windows", escape_formulas: true } as const;

/** In ISO 8601, in UTC. Written by the database, which has a processor of its own. */
export function iso(column: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
