/**
 * Brings a database up to prisma/migrations with Prisma's own engine, compiled to WebAssembly: the same history
 * (`_prisma_migrations`) as `prisma migrate deploy`, without the engine binary that command downloads.
 */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type * as engine from "@prisma/schema-engine-wasm/schema_engine_bg";
import pg from "pg";
import { beginSession } from "#app/session.server.ts";
import { refuseTransactionPooling } from "./pooler.ts";
import { reasonOf, Refusal } from "./refusal.ts";

const OLDEST_POSTGRES = 15;
/** Held while migrating and seeding. Not Prisma's own lock, which the engine may take on another connection. */
const MIGRATION_LOCK = 4_711_002;
const NO_FILTER = { externalTables: [], externalEnums: [] };
const prismaDir = path.resolve(import.meta.dirname, "../prisma");

/** Milliseconds after which a start that cannot migrate gives up, and says so. */
const PATIENCE = 120_000;

export interface MigrateOptions {
  /** A folder with migrations, instead of the shop's own. */
  folder?: string;
  patience?: number;
}

/**
 * Applies every migration the database lacks, then runs `afterwards` (the seed), both under one lock: instances that
 * start together do it one after the other. Returns the names applied now.
 * Throws a Refusal when the database cannot be reached, refuses the login, is older than PostgreSQL 15 or behind a pooler in
 * transaction mode, or when others keep its tables for themselves.
 */
export async function migrate(
  url: string,
  afterwards?: (connection: pg.Client) => Promise<void>,
  { folder = path.join(prismaDir, "migrations"), patience = PATIENCE }: MigrateOptions = {},
): Promise<string[]> {
  const connection = await connect(url);
  try {
    await refuseTransactionPooling(url);
    await connection.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK]);
    const [names, done] = await Promise.all([listNames(folder), history(connection)]);
    const applied = names.every((name) => done.has(name)) ? [] : await apply(url, folder, names, patience);
    await afterwards?.(connection);
    return applied;
  } finally {
    await connection.end();
  }
}

/** The engine is loaded only for what there is to apply: to load it and find nothing takes 0.16 s of processor. */
async function apply(url: string, folder: string, names: string[], patience: number): Promise<string[]> {
  const { withEngine } = await import("./schema-engine.ts");
  return withEngine(url, patience, async (schemaEngine) => {
    const migrationsList = await readMigrations(folder, names);
    const { appliedMigrationNames } = await schemaEngine.applyMigrations({ migrationsList, filters: NO_FILTER });
    return appliedMigrationNames;
  });
}

/**
 * The migrations that the database has. A migration is one transaction with its own entry in the history, so one that is not finished
 * has left nothing: whether it failed, or was cut off with its process, it is tried again. The engine would refuse every later start
 * until somebody tidies up by hand.
 */
async function history(connection: pg.Client): Promise<Set<string>> {
  const { rows } = await connection.query<{ exists: boolean }>(
    "SELECT to_regclass('_prisma_migrations') IS NOT NULL AS exists",
  );
  if (!rows[0]?.exists) return new Set();
  await connection.query(
    "UPDATE _prisma_migrations SET rolled_back_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL",
  );
  const finished = await connection.query<{ name: string }>(
    "SELECT migration_name AS name FROM _prisma_migrations WHERE rolled_back_at IS NULL",
  );
  return new Set(finished.rows.map(({ name }) => name));
}

/** The SQL that makes prisma/schema.prisma's tables in an empty database: what the migrations must add up to. */
export async function schemaScript(url: string): Promise<string> {
  const schemaPath = path.join(prismaDir, "schema.prisma");
  const files = [{ path: schemaPath, content: await readFile(schemaPath, "utf8") }];
  const { withEngine } = await import("./schema-engine.ts");
  return withEngine(url, PATIENCE, async (schemaEngine) => {
    const { stdout } = await schemaEngine.diff({
      from: { tag: "empty" },
      to: { tag: "schemaDatamodel", files },
      script: true,
      exitCode: null,
      shadowDatabaseUrl: null,
      filters: NO_FILTER,
    } as engine.DiffParams);
    return stdout ?? "";
  });
}

async function connect(url: string): Promise<pg.Client> {
  const where = describe(url);
  const connection = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    application_name: "lastone migrate",
  });
  connection.on("error", () => undefined); // the failing query reports it
  try {
    await connection.connect();
  } catch (error) {
    await connection.end().catch(() => undefined);
    throw new Refusal(`The database at ${where} does not answer: ${reasonOf(error)}. Check DATABASE_URL.`);
  }
  await beginSession(connection);
  const { rows } = await connection.query<{ version: string; number: number }>(
    "SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int / 10000 AS number",
  );
  if ((rows[0]?.number ?? 0) < OLDEST_POSTGRES) {
    await connection.end();
    throw new Refusal(
      `The database at ${where} is PostgreSQL ${rows[0]?.version}; Lastone needs ${OLDEST_POSTGRES} or newer.`,
    );
  }
  return connection;
}

function describe(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return `${host}${pathname}`;
  } catch {
    throw new Refusal("DATABASE_URL is not a URL. It looks like postgresql://user:password@host:5432/database.");
  }
}

async function listNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function readMigrations(folder: string, names: string[]): Promise<engine.MigrationList> {
  return {
    baseDir: folder,
    lockfile: {
      path: "migration_lock.toml",
      content: await readFile(path.join(folder, "migration_lock.toml"), "utf8"),
    },
    shadowDbInitScript: "",
    migrationDirectories: await Promise.all(
      names.map(async (name) => ({
        path: name,
        migrationFile: {
          path: "migration.sql",
          content: {
            tag: "ok" as const,
            value: await readFile(path.join(folder, name, "migration.sql"), "utf8"),
          },
        },
      })),
    ),
  };
}
