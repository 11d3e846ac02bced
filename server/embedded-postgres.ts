/** The embedded PostgreSQL as one Lastone's own: taken over, kept running, and stopped. */
import { setTimeout as sleep } from "node:timers/promises";
import path from "node:path";
import pg from "pg";
import { report } from "#app/report.server.ts";
import { Cluster, hasCluster, runningPortIn, USER } from "./cluster.ts";
import { makeDataDir } from "./data-dir.ts";
import { keptSecret } from "./kept-secret.ts";
import { reasonOf, Refusal } from "./refusal.ts";

/** Held by the one Lastone that uses the data directory, for as long as it lives: a crash lets it go by itself. */
const OWNER_LOCK = 4_711_001;
/** SQLSTATE invalid_password. */
const WRONG_PASSWORD = "28P01";
const PASSWORD_FILE = "postgres-password";

/** Milliseconds in which a server that has died must have been started again. What was left of it may hold its memory for a while. */
const BACK_WITHIN = 20_000;
/** So many deaths within so many milliseconds are no accident. */
const TOO_MANY = { deaths: 5, within: 120_000 };
/** Milliseconds between two looks at the size of the server's log. */
const LOG_LOOK = 60_000;

export interface EmbeddedPostgres {
  /** Connection string of a database on this server. */
  urlOf: (database: string) => string;
  /** From now on a server that dies is started again on its port. `gone` is told once, when that cannot be done. */
  keepRunning: (gone: (reason: Refusal) => void) => void;
  /** Ends every connection and the server; resolves when its last process is gone. */
  stop: () => Promise<void>;
}

/**
 * Starts the server whose data is under `dataDir`, making it at the first start, and creates the database `lastone`.
 * A server that outlived its Lastone is taken over. Throws a Refusal when another Lastone is using the directory.
 * Whenever it throws, also because `ending` was aborted, no server that it started is left.
 */
export async function startEmbeddedPostgres(
  dataDir: string,
  settings: string[] = [],
  ending?: AbortSignal,
): Promise<EmbeddedPostgres> {
  await makeDataDir(dataDir);
  const cluster = await Cluster.at(dataDir);
  const password = await keptSecret(dataDir, PASSWORD_FILE);
  await cluster.make(password, ending);
  ending?.throwIfAborted();
  const found = await cluster.runningPort();
  const { port, ours } = found ? { port: found, ours: false } : await cluster.start(settings, ending);

  const urlOf = (database: string) => urlFor(password, port, database);
  let owner: Owner;
  try {
    ending?.throwIfAborted();
    owner = await takeOver(urlOf("postgres"), dataDir);
  } catch (error) {
    // One that was found running may be serving another Lastone.
    if (ours) await cluster.stop().catch(() => undefined);
    if (error instanceof Refusal || ending?.aborted) throw error;
    if ((error as { code?: unknown }).code === WRONG_PASSWORD) {
      throw new Refusal(
        `The embedded PostgreSQL does not accept the password in ${path.join(dataDir, PASSWORD_FILE)}: that file was deleted or replaced. Put the old one back, or delete ${cluster.folder} too, which starts an empty shop.`,
      );
    }
    throw new Refusal(`The embedded PostgreSQL runs, but cannot be used: ${reasonOf(error)} (its log: ${cluster.log})`);
  }

  const stopping = new AbortController();
  let keeper = Promise.resolve();

  /** The owner's connection ends with the server, and also when PostgreSQL has thrown everybody out to recover. */
  const bringBack = async (): Promise<void> => {
    const since = performance.now();
    report("database_server_lost", { port });
    for (;;) {
      try {
        if (!(await hasCluster(dataDir))) throw new Hopeless(`${cluster.folder} is gone.`);
        const running = (await cluster.runningPort()) ?? (await cluster.start(settings, stopping.signal, port)).port;
        if (running !== port) throw inUse(dataDir);
        owner = await takeOver(urlOf("postgres"), dataDir);
        // `stop` has ended the connection before this one, and waits for the keeper, which would wait for this one to end.
        if (stopping.signal.aborted) return await owner.end();
        return report("database_server_back", { port, milliseconds: Math.round(performance.now() - since) });
      } catch (error) {
        if (stopping.signal.aborted) return;
        if (error instanceof Hopeless || performance.now() - since > BACK_WITHIN) {
          throw new Refusal(`The embedded PostgreSQL has died, and cannot be started again: ${reasonOf(error)}`);
        }
        await sleep(200);
      }
    }
  };

  const keep = async (): Promise<void> => {
    const deaths: number[] = [];
    for (;;) {
      await owner.lost;
      if (stopping.signal.aborted) return;
      deaths.push(performance.now());
      if (deaths.length > TOO_MANY.deaths && performance.now() - (deaths.shift() ?? 0) < TOO_MANY.within) {
        throw new Refusal(`The embedded PostgreSQL keeps dying (its log: ${cluster.log}).`);
      }
      await bringBack();
    }
  };

  return {
    urlOf,
    keepRunning: (gone) => {
      const look = setInterval(() => void cluster.boundLog().catch(() => undefined), LOG_LOOK).unref();
      keeper = keep()
        .catch((error: unknown) => gone(error instanceof Refusal ? error : new Refusal(reasonOf(error))))
        .finally(() => clearInterval(look));
    },
    stop: async () => {
      stopping.abort();
      await owner.end();
      await keeper;
      await cluster.stop();
    },
  };
}

/** The connection string of the database `lastone` on a server that is running for another Lastone; undefined when none is. */
export async function findEmbeddedPostgres(dataDir: string): Promise<string | undefined> {
  const port = await runningPortIn(dataDir);
  return port ? urlFor(await keptSecret(dataDir, PASSWORD_FILE), port, "lastone") : undefined;
}

/** Says so when another Lastone is using the directory. A server that runs may be one that outlived its own. */
export async function usedByAnother(dataDir: string): Promise<Refusal | undefined> {
  const url = await findEmbeddedPostgres(dataDir);
  if (!url) return undefined;
  const client = new pg.Client({ connectionString: url });
  const locks = client
    .connect()
    .then(() => client.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = $1", [OWNER_LOCK]));
  const held = await locks
    .then(
      ({ rowCount }) => rowCount === 1,
      () => false,
    )
    .finally(() => client.end());
  return held ? inUse(dataDir) : undefined;
}

function urlFor(password: string, port: number, database: string): string {
  return `postgresql://${USER}:${password}@127.0.0.1:${port}/${database}`;
}

/** No time will mend it. */
class Hopeless extends Refusal {}

function inUse(dataDir: string): Refusal {
  return new Hopeless(
    `Another Lastone is using ${dataDir}. Stop it first, or give this one a DATA_DIR and a PORT of its own.`,
  );
}

/** The connection that holds the lock. */
interface Owner {
  /** Resolves when it has ended, whoever has ended it. */
  lost: Promise<void>;
  end: () => Promise<void>;
}

/** Makes this Lastone the only one on the server, and sees to the database. */
async function takeOver(url: string, dataDir: string): Promise<Owner> {
  const client = new pg.Client({ connectionString: url, application_name: "lastone owner", keepAlive: true });
  client.on("error", () => undefined); // the server may be stopped before this connection is; `end` follows
  const lost = new Promise<void>((resolve) => client.once("end", () => resolve()));
  const end = () => client.end().catch(() => undefined);
  try {
    await client.connect();
    const lock = await client.query<{ mine: boolean }>("SELECT pg_try_advisory_lock($1) AS mine", [OWNER_LOCK]);
    if (!lock.rows[0]?.mine) throw inUse(dataDir);
    const found = await client.query("SELECT 1 FROM pg_database WHERE datname = 'lastone'");
    if (found.rowCount === 0) await client.query("CREATE DATABASE lastone");
  } catch (error) {
    await end();
    throw error;
  }
  return { lost, end };
}
