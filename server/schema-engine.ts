/** Prisma's schema engine, compiled to WebAssembly, and how a migration's script is run: as one transaction that keeps no buyer waiting. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as engine from "@prisma/schema-engine-wasm/schema_engine_bg";
import pg from "pg";
import { beginSession } from "#app/session.server.ts";
import { Refusal } from "./refusal.ts";

/**
 * Milliseconds that a migration waits for a table which another session reads, such as an audit. Whoever buys meanwhile waits behind
 * it, and gives up after 1,500 (app/db.server.ts): so it must be the first to give up, let them pass, and try again.
 */
const LOCK_WAIT = 500;
const LET_PASS = 1_500;
/** SQLSTATE lock_not_available. */
const LOCK_TIMEOUT = "55P03";

/** The entry in the history of the migration that is being applied, if there is one: the engine writes it before and closes it after. */
const CLOSE_ENTRY =
  "UPDATE _prisma_migrations SET finished_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL";

/** Does something with an engine on connections of its own. A migration of it has `patience` milliseconds to get its tables for itself. */
export async function withEngine<T>(
  url: string,
  patience: number,
  work: (schemaEngine: engine.SchemaEngine) => Promise<T>,
): Promise<T> {
  await loadEngine();
  const pool = new pg.Pool({
    connectionString: url,
    max: 2,
    application_name: "lastone migrate",
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- pg-pool waits for it, which its types do not say
    onConnect: (session) => beginSession(session),
  });
  pool.on("error", () => undefined); // the failing query reports it
  const factory = new PrismaPg(pool);
  const connectPlain = factory.connect.bind(factory);
  let refusal: Refusal | undefined;
  factory.connect = async () => {
    const adapter = await connectPlain();
    adapter.executeScript = (script) =>
      runScript(adapter.underlyingDriver(), script, patience).catch((error: unknown) => {
        if (error instanceof Refusal) refusal = error;
        throw error;
      });
    return adapter;
  };
  try {
    const schemaEngine = await engine.SchemaEngine.new(
      { datamodels: undefined },
      () => undefined,
      bindMigrationAwareSqlAdapterFactory(factory),
    );
    return await work(schemaEngine).finally(() => schemaEngine.free());
  } catch (error) {
    throw refusal ?? error; // the engine makes an error of its own of it
  } finally {
    // Also lets go of the engine's own advisory lock, for which the next instance would wait.
    await pool.end();
  }
}

/**
 * The adapter's own way cuts a script at every semicolon and runs the pieces one by one, on any connection of the pool: a migration
 * could stop half-way, and a function body would be cut. As one query it is one transaction, and its entry in the history is part of it.
 */
async function runScript(pool: pg.Pool, script: string, patience: number): Promise<void> {
  const deadline = performance.now() + patience;
  const { rows } = await pool.query("SELECT 1 WHERE to_regclass('_prisma_migrations') IS NOT NULL");
  const closing = rows.length > 0 ? CLOSE_ENTRY : "";
  const transaction = [`SET LOCAL lock_timeout = ${LOCK_WAIT}`, script, closing].join("\n;\n");
  for (let tries = 1; ; tries += 1) {
    try {
      return void (await pool.query(transaction));
    } catch (error) {
      if ((error as { code?: unknown }).code !== LOCK_TIMEOUT) throw error;
      const others = await oldestTransaction(pool);
      if (performance.now() > deadline)
        throw new Refusal(
          `A migration could not lock its tables: ${others}. Nothing was changed. Start again when that has ended.`,
        );
      if (tries === 1)
        process.stderr.write(
          `A migration is waiting for a table, and keeps trying for ${patience / 1_000} s: ${others}.\n`,
        );
      await sleep(LET_PASS);
    }
  }
}

/** Most likely what a migration waits for. */
async function oldestTransaction(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ pid: number; name: string; seconds: number }>(
    `SELECT pid, application_name AS name, extract(epoch FROM clock_timestamp() - xact_start)::int AS seconds
     FROM pg_stat_activity
     WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()
     ORDER BY xact_start LIMIT 1`,
  );
  const [oldest] = rows;
  return oldest
    ? `the oldest transaction is that of pid ${oldest.pid} (${oldest.name || "unnamed"}), ${oldest.seconds} s old`
    : "no other transaction is open now";
}

let loaded: Promise<void> | undefined;

/** The package's entry imports its .wasm file as a module, which Node does not do without a flag: done by hand here. */
function loadEngine(): Promise<void> {
  loaded ??= (async () => {
    const glue = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
    const wasm = await readFile(path.join(path.dirname(glue), "schema_engine_bg.wasm"));
    const { instance } = await WebAssembly.instantiate(wasm, {
      "./schema_engine_bg.js": engine as unknown as WebAssembly.ModuleImports,
    });
    engine.__wbg_set_wasm(instance.exports);
    (instance.exports.__wbindgen_start as () => void)();
  })();
  return loaded;
}
