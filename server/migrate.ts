/**
 * Brings a database up to prisma/migrations with Prisma's own engine, compiled to WebAssembly: the same history
 * (`_prisma_migrations`) as `prisma migrate deploy`, without the engine binary that command downloads.
 */
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as engine from "@prisma/schema-engine-wasm/schema_engine_bg";
import pg from "pg";
import { Refusal } from "./refusal.ts";

const OLDEST_POSTGRES = 15;
/** Held while migrating and seeding. Not Prisma's own lock, which the engine may take on another connection. */
const MIGRATION_LOCK = 4_711_002;
const NO_FILTER = { externalTables: [], externalEnums: [] };
const prismaDir = path.resolve(import.meta.dirname, "../prisma");
const migrationsDir = path.join(prismaDir, "migrations");

/**
 * Applies every migration the database lacks, then runs `afterwards` (the seed), both under one lock: instances that
 * start together do it one after the other. Returns the names applied now.
 * Throws a Refusal when the database cannot be reached, refuses the login, or is older than PostgreSQL 15.
 */
export async function migrate(url: string, afterwards?: (connection: pg.Client) => Promise<void>): Promise<string[]> {
  const connection = await connect(url);
  try {
    await connection.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK]);
    const applied = await withEngine(url, async (schemaEngine) => {
      const { appliedMigrationNames } = await schemaEngine.applyMigrations({
        migrationsList: await listMigrations(),
        filters: NO_FILTER,
      });
      return appliedMigrationNames;
    });
    await afterwards?.(connection);
    return applied;
  } finally {
    await connection.end();
  }
}

/** The SQL that makes prisma/schema.prisma's tables in an empty database: what the migrations must add up to. */
export async function schemaScript(url: string): Promise<string> {
  const schemaPath = path.join(prismaDir, "schema.prisma");
  const files = [{ path: schemaPath, content: await readFile(schemaPath, "utf8") }];
  return withEngine(url, async (schemaEngine) => {
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
    throw new Refusal(`The database at ${where} does not answer: ${reason(error)}. Check DATABASE_URL.`);
  }
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

function reason(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reason).join(", ");
  return error instanceof Error ? error.message : String(error);
}

async function withEngine<T>(url: string, work: (schemaEngine: engine.SchemaEngine) => Promise<T>): Promise<T> {
  await loadEngine();
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on("error", () => undefined); // the failing query reports it
  const factory = new PrismaPg(pool);
  const connectPlain = factory.connect.bind(factory);
  factory.connect = async () => {
    const adapter = await connectPlain();
    // The adapter's own way cuts a script at every semicolon and runs the pieces one by one, on any connection of the
    // pool: a migration could stop half-way, and a function body would be cut. As one query it is one transaction.
    adapter.executeScript = async (script) => void (await adapter.underlyingDriver().query(script));
    return adapter;
  };
  try {
    const schemaEngine = await engine.SchemaEngine.new(
      { datamodels: undefined },
      () => undefined,
      bindMigrationAwareSqlAdapterFactory(factory),
    );
    return await work(schemaEngine).finally(() => schemaEngine.free());
  } finally {
    // Also lets go of the engine's own advisory lock, for which the next instance would wait.
    await pool.end();
  }
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

async function listMigrations(): Promise<engine.MigrationList> {
  const entries = await readdir(migrationsDir, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return {
    baseDir: migrationsDir,
    lockfile: {
      path: "migration_lock.toml",
      content: await readFile(path.join(migrationsDir, "migration_lock.toml"), "utf8"),
    },
    shadowDbInitScript: "",
    migrationDirectories: await Promise.all(
      names.map(async (name) => ({
        path: name,
        migrationFile: {
          path: "migration.sql",
          content: {
            tag: "ok" as const,
            value: await readFile(path.join(migrationsDir, name, "migration.sql"), "utf8"),
          },
        },
      })),
    ),
  };
}
