/** The Prisma client and its limits, and what its errors mean. */
import { createHash } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import type pg from "pg";
import { Prisma, PrismaClient } from "#prisma/client/client.ts";
import { env } from "./env.server.ts";
import { report } from "./report.server.ts";
import { beginSession } from "./session.server.ts";
import { singleton } from "./singleton.server.ts";
import { within } from "./within.server.ts";

export type Database = PrismaClient;
export type Transaction = Prisma.TransactionClient;

/**
 * Server-side limits in milliseconds. Prisma's own transaction time-out does not stop the statement that is running:
 * only these free the row and the connection, so each of them is shorter than Prisma's.
 */
const SESSION_LIMITS = {
  /** Longest wait for the item's row: beyond it the shop is busy, and says so. */
  lock_timeout: 1_500,
  /** No statement of the shop takes this long unless something is wrong. */
  statement_timeout: 3_000,
  /** An instance that froze while it held a row must not keep it. */
  idle_in_transaction_session_timeout: 5_000,
  /** Ends a statement whose client is gone, so that it does not go on waiting for a lock. */
  client_connection_check_interval: 1_000,
};

/**
 * Milliseconds beyond the server's own limit after which it is taken for dead: a network that swallows everything says nothing
 * for a quarter of an hour, and the pools would be full of such connections. The socket is ended then, and the connection replaced.
 */
const SILENCE = 2_000;

/** How long a transaction may wait for a connection, and last, in milliseconds. */
export const TRANSACTION_LIMITS = { maxWait: 2_000, timeout: 6_000 };

/** How long a query may wait for a connection: longer than a transaction does, so that Prisma's own limit speaks first. */
const CONNECTION_WAIT = 8_000;

/**
 * Half of an instance's connections sell, half do everything else, so a stampede does not stop the pages and a rush of
 * page views does not stop the sale. Selling takes one connection for each item that is being bought at this moment,
 * whatever the crowd; a page holds one for a query's time. PostgreSQL allows 100 by default and keeps 3 for itself: at
 * the default of 20, four instances fit, with room for one that migrates.
 */
const POOL = { purchases: Math.floor(env.DATABASE_POOL / 2), everythingElse: Math.ceil(env.DATABASE_POOL / 2) };

/** A client of its own for one database. Callers close it with `$disconnect()`. */
export function connect(url: string, poolSize: number, limits: Partial<typeof SESSION_LIMITS> = {}): Database {
  const sessionLimits = { ...SESSION_LIMITS, ...limits };
  const adapter = new PrismaPg(
    {
      connectionString: url,
      max: poolSize,
      connectionTimeoutMillis: CONNECTION_WAIT,
      query_timeout: sessionLimits.statement_timeout + SILENCE,
      application_name: "lastone",
      keepAlive: true,
      // Statements that do not need each other's results go out together, in their order, for one round trip.
      pipeline: true,
      // eslint-disable-next-line @typescript-eslint/no-misused-promises -- pg-pool waits for it, which its types do not say
      onConnect: (session: pg.ClientBase) => beginSession(session, sessionLimits),
    },
    {
      statementNameGenerator: ({ sql }) => nameOf(sql),
      // An idle connection that the server closes is replaced at the next query: worth a line, not the process.
      onPoolError: (error) => report("database_connection_lost", { error: error.message }),
      onConnectionError: (error) => report("database_connection_lost", { error: error.message }),
    },
  );
  return new PrismaClient({ adapter, transactionOptions: TRANSACTION_LIMITS, errorFormat: "minimal" });
}

/** Texts that get a name. The shop's own are some dozens; those beyond, as of SQL that is composed, are parsed each time. */
const MOST_NAMES = 200;
const NAMELESS = "";
const names = new Map<string, string>();

/**
 * PostgreSQL parses a statement that has a name once for a connection, and keeps it for the connection's life. The name is made of the
 * text alone: two processes that meet on one server connection, behind a pooler, never give one name to two statements.
 */
export function nameOf(sql: string): string {
  const known = names.get(sql);
  if (known !== undefined || names.size >= MOST_NAMES) return known ?? NAMELESS;
  const name = `lastone_${createHash("sha256").update(sql).digest("base64url")}`;
  names.set(sql, name);
  return name;
}

/**
 * The results of statements that were sent together. Of those that fail, the first one's reason is thrown: the driver answers
 * what comes after it in the same transaction with no result at all.
 */
export async function inOrder<const Sent extends readonly Promise<unknown>[]>(
  ...sent: Sent
): Promise<{ -readonly [Index in keyof Sent]: Awaited<Sent[Index]> }> {
  for (const answer of sent) answer.catch(() => undefined);
  const answers: unknown[] = [];
  for (const answer of sent) answers.push(await answer);
  return answers as { -readonly [Index in keyof Sent]: Awaited<Sent[Index]> };
}

export const db = singleton("db", () => connect(env.DATABASE_URL, POOL.everythingElse));
export const purchaseDb = singleton("purchaseDb", () => connect(env.DATABASE_URL, POOL.purchases));

/** Milliseconds: readiness is asked for every second or so, and a pool that has much to do is no reason to say no. */
const WRITABLE_WITHIN = 1_000;
const writing = { allowed: true };

/** Whether the database takes what is written, as it said last: a standby does not, nor one that was made read-only. */
export async function takesWrites(): Promise<boolean> {
  const asked = db.$queryRaw<
    { allowed: boolean }[]
  >`SELECT current_setting('transaction_read_only') = 'off' AS allowed`;
  await within(WRITABLE_WITHIN, asked, () => new Error("the pool has much to do"))
    .then(([answer]) => (writing.allowed = answer?.allowed ?? true))
    .catch(() => undefined);
  return writing.allowed;
}

export async function disconnect(): Promise<void> {
  await Promise.all([db.$disconnect(), purchaseDb.$disconnect()]);
}

/**
 * What a database error means to a caller:
 * `conflict` a unique rule refused a row, `refused` another rule did, or a value · `busy` PostgreSQL gave up waiting and undid everything ·
 * `away` there is no connection, so whether a COMMIT under way was done is unknown · undefined: a bug.
 */
export type DatabaseFault = "conflict" | "refused" | "busy" | "away";

const FAULT_BY_SQLSTATE: Record<string, DatabaseFault> = {
  "23505": "conflict", // unique_violation
  "55P03": "busy", // lock_not_available: lock_timeout
  "57014": "busy", // query_canceled: statement_timeout
  "40P01": "busy", // deadlock_detected
  "40001": "busy", // serialization_failure
  "25006": "away", // read_only_sql_transaction: a standby, for the time of a failover
  "53100": "away", // disk_full
  "53200": "away", // out_of_memory
  "25P03": "away", // idle_in_transaction_session_timeout
  "53300": "away", // too_many_connections
  "57P01": "away", // admin_shutdown
  "57P02": "away", // crash_shutdown
  "57P03": "away", // cannot_connect_now: starting up
  "57P04": "away", // database_dropped
  "57P05": "away", // idle_session_timeout
};

const FAULT_BY_PRISMA_CODE: Record<string, DatabaseFault> = {
  P1001: "away", // can't reach the server
  P1002: "away", // server reached, but timed out
  P1008: "away", // operation timed out
  P1017: "away", // server closed the connection
  P2024: "busy", // no connection in time
  P2028: "busy", // no transaction in time
  P2034: "busy", // write conflict or deadlock
};

/** What Prisma's adapter makes of a socket's error: its own kind, and nothing of the socket's. */
const FAULT_BY_KIND: Record<string, DatabaseFault> = {
  ConnectionClosed: "away",
  DatabaseNotReachable: "away",
  SocketTimeout: "away",
  TooManyConnections: "away",
};

const SOCKET_FAULT =
  /ECONNREFUSED|ECONNRESET|ECONNABORTED|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|EPIPE|ETIMEDOUT|ENOTFOUND|Connection terminated|timeout exceeded when trying to connect|not queryable|Query read timeout|Server has closed the connection|Can't reach database/i;

export function databaseFault(error: unknown): DatabaseFault | undefined {
  for (const cause of causesOf(error)) {
    const { code, originalCode, kind, message } = cause as {
      code?: unknown;
      originalCode?: unknown;
      kind?: unknown;
      message?: unknown;
    };
    const state =
      FAULT_BY_SQLSTATE[String(originalCode)] ??
      FAULT_BY_SQLSTATE[String(code)] ??
      FAULT_BY_PRISMA_CODE[String(code)] ??
      FAULT_BY_KIND[String(kind)];
    if (state) return state;
    if (String(originalCode).startsWith("08")) return "away"; // connection_exception
    if (/^(22|23)...$/.test(String(originalCode))) return "refused"; // data exception, integrity constraint
    if (SOCKET_FAULT.test(`${String(code)} ${String(message)}`)) return "away";
  }
  return undefined;
}

/** The error and what it wraps: Prisma hides PostgreSQL's own code in `meta.driverAdapterError.cause`. */
function* causesOf(error: unknown): Generator<object> {
  let current: unknown = error;
  for (let depth = 0; depth < 5 && typeof current === "object" && current !== null; depth += 1) {
    const { meta, cause } = current as { meta?: { driverAdapterError?: { cause?: unknown } }; cause?: unknown };
    if (meta?.driverAdapterError?.cause && typeof meta.driverAdapterError.cause === "object")
      yield meta.driverAdapterError.cause;
    yield current;
    current = cause;
  }
}
