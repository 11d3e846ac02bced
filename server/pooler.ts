/** Tells a pooler that gives each transaction another connection to the server. The shop cannot work behind one. */
import pg from "pg";
import { Refusal } from "./refusal.ts";

/** How often two sessions are compared: a pooler may give the same connection back by chance. */
const ROUNDS = 5;

/**
 * Throws a Refusal when a session does not keep its server connection: its limits, its listening and its prepared statements would be
 * another session's. A database that does not answer is left to whoever uses it next, to say so in words of its own.
 */
export async function refuseTransactionPooling(databaseUrl: string): Promise<void> {
  const settings = { connectionString: databaseUrl, connectionTimeoutMillis: 5_000, query_timeout: 5_000 };
  const [one, other] = [new pg.Client(settings), new pg.Client(settings)];
  for (const client of [one, other]) client.on("error", () => undefined); // the failing query reports it
  try {
    await Promise.all([one.connect(), other.connect()]);
    if (!(await switchServers(one, other))) return;
  } catch {
    return;
  } finally {
    await Promise.all([one, other].map((client) => client.end().catch(() => undefined)));
  }
  throw new Refusal(
    "DATABASE_URL leads through a pooler in transaction mode, which gives each transaction another connection to the server. Use its session mode, or no pooler.",
  );
}

async function switchServers(one: pg.Client, other: pg.Client): Promise<boolean> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const first = await serverOf(one);
    if ((await serverOf(other)) === first) return true;
    // While this one holds what the first may have had, that one must get another.
    await other.query("BEGIN");
    if ((await serverOf(other)) === first || (await serverOf(one)) !== first) return true;
    await other.query("COMMIT");
  }
  return false;
}

async function serverOf(client: pg.Client): Promise<number | undefined> {
  return (await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows[0]?.pid;
}
