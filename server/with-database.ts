/**
 * Brings a database up, runs a command with it, and takes it down again: `node server/with-database.ts [command …]`.
 * Without a command it serves the shop. With DATABASE_URL that database is used, otherwise the embedded one. A command
 * that does not serve, such as the audit, may run beside a shop that does, and uses its database as it is.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { access, mkdir } from "node:fs/promises";
import { connect as connectSocket, createServer } from "node:net";
import path from "node:path";
import type pg from "pg";
import {
  type EmbeddedPostgres,
  findEmbeddedPostgres,
  hasCluster,
  keptSecret,
  startEmbeddedPostgres,
  usedByAnother,
} from "./embedded-postgres.ts";
import { migrate } from "./migrate.ts";
import { Refusal } from "./refusal.ts";

const root = path.resolve(import.meta.dirname, "..");
const host = process.env.HOST || "127.0.0.1";
const port = readPort(process.env.PORT);
const dataDir = path.resolve(process.env.DATA_DIR || path.join(root, ".data"));
const command = process.argv.slice(2);
const mode = command.includes("vite:dev") ? "development" : "production";
const serves = command.length === 0 || command.includes("vite:dev");

/**
 * Milliseconds that the shop has to answer whoever is waiting when it is told to end. Longer where only it is to end: then a wait
 * at a till and a transaction after it fit in, unless the database is slow, too. Ctrl-C on a machine of one's own is over within five
 * seconds. What is given is judged with the other settings.
 */
const STOP_WITHIN = process.env.STOP_WITHIN || (process.env.DATABASE_URL ? "8000" : "3500");
/** Milliseconds after that until it is killed: it should have ended by itself. */
const PATIENCE = 500;

/** What is up. `open`: it has told its address. */
const state: { embedded?: EmbeddedPostgres; child?: ChildProcess; open?: boolean } = {};
/** Aborted, by a signal at any moment and with its name, when all of it is to be taken down. */
const ending = new AbortController();

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void end(signal));
watchParent();

try {
  process.exitCode = await main();
} catch (error) {
  if (!isEnding()) {
    process.stderr.write(
      error instanceof Refusal ? `${error.message}\n` : `${error instanceof Error ? error.stack : String(error)}\n`,
    );
    process.exitCode = 1;
  }
} finally {
  await state.embedded?.stop();
}
// Whoever pressed Ctrl-C is told. Nobody else: after another signal there may be no one left to write to.
if (!process.exitCode && state.open && ending.signal.reason === "SIGINT")
  process.stdout.write("\nLastone has ended.\n");
// Everything is down. Left to itself, Node would wait up to 10 s more for the idle timer of the migration's pool.
process.exit();

async function main(): Promise<number> {
  if (serves) await assertPortFree();
  if (command.length === 0) await assertBuilt();

  const external = process.env.DATABASE_URL;
  const databaseUrl = external || (await startEmbedded());
  const settings: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: mode,
    DATABASE_URL: databaseUrl,
    DEMO: process.env.DEMO || (external ? "0" : "1"),
    COOKIE_SECRET: serves
      ? await cookieSecret(mode === "production" && Boolean(external))
      : randomBytes(32).toString("hex"),
    HOST: host,
    PORT: String(port),
    STOP_WITHIN,
  };
  // It may be waiting for another instance that migrates. What is cut off here is rolled back, or done at the next start.
  if (serves || state.embedded)
    await Promise.race([
      migrate(databaseUrl, (connection) => seedUntilDone(connection, settings)),
      once(ending.signal, "abort"),
    ]);
  if (isEnding()) return 0;

  const child = run(settings);
  state.child = child;
  const ended = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  if (serves) void announce(child);
  const [code, signal] = await ended;
  // A command that says no has said why.
  if (!isEnding() && (serves ? code !== 0 : signal))
    process.stderr.write(`The ${serves ? "shop" : "command"} ended by itself (${signal ?? `exit code ${code}`}).\n`);
  // Told to end, a shop that did is fine, whatever the development server makes of the signal; one that was killed, or cut
  // somebody off, is not. A command that was stopped has not done its work.
  if (isEnding() && serves && code !== 1 && signal !== "SIGKILL") return 0;
  return code ?? 1;
}

async function startEmbedded(): Promise<string> {
  const running = serves ? undefined : await findEmbeddedPostgres(dataDir);
  if (running) return running;
  // A mistyped DATA_DIR would be an empty shop, in which everything adds up.
  if (!serves && !(await hasCluster(dataDir)))
    throw new Refusal(
      `There is no database in ${dataDir}. Give the shop's own DATA_DIR or DATABASE_URL, or start the shop once first.`,
    );
  const embedded = await startEmbeddedPostgres(dataDir, [], ending.signal);
  state.embedded = embedded;
  return embedded.urlOf("lastone");
}

/** A function, because a signal changes it while main() waits, which the type checker cannot see. */
function isEnding(): boolean {
  return ending.signal.aborted;
}

/** Lets the command finish what it is doing; PostgreSQL is stopped after it, when main() has returned. */
async function end(signal: NodeJS.Signals): Promise<void> {
  if (isEnding()) return;
  ending.abort(signal);
  const { child } = state;
  if (!child || child.exitCode !== null) return;
  // Ctrl-C in a terminal has reached the child already; twice does no harm.
  child.kill(signal === "SIGHUP" ? "SIGTERM" : signal);
  const patience = Number(STOP_WITHIN) + PATIENCE;
  const killer = setTimeout(() => {
    process.stderr.write(`The ${serves ? "shop" : "command"} did not end within ${patience} ms, and is killed.\n`);
    child.kill("SIGKILL");
  }, patience);
  await once(child, "exit");
  clearTimeout(killer);
}

/** npm's shell does not hand every signal on. When npm is gone, nobody is left who could stop this process. */
function watchParent(): void {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && void end("SIGTERM"), 500).unref();
}

function run(settings: NodeJS.ProcessEnv): ChildProcess {
  // The channel tells the command when this process is gone, even by kill -9: it ends then, and leaves the port free.
  const options = {
    cwd: root,
    env: settings,
    stdio: ["inherit", "inherit", "inherit", "ipc"] as ["inherit", "inherit", "inherit", "ipc"],
  };
  const [program, ...args] = command;
  if (program && program !== "node") return spawn(path.join(root, "node_modules", ".bin", program), args, options);
  if (program) return spawn(process.execPath, args, options);
  // A young generation of 64 MB lets a request's objects die there instead of being promoted: a fifth more requests a second.
  return spawn(
    process.execPath,
    ["--max-semi-space-size=64", packageFile("@remix-run/serve/dist/cli.js"), "build/server/index.js"],
    options,
  );
}

function packageFile(file: string): string {
  return path.join(root, "node_modules", file);
}

async function announce(server: ChildProcess): Promise<void> {
  while (server.exitCode === null && !(await accepts())) await new Promise((resolve) => setTimeout(resolve, 50));
  if (server.exitCode !== null || isEnding()) return;
  const shown = ["127.0.0.1", "0.0.0.0", "::", "::1"].includes(host) ? "localhost" : host;
  // remix-serve prints its own line in the moment it listens; ours is the last.
  setTimeout(() => {
    process.stdout.write(`\nLastone is open: http://${shown}:${port}\n`);
    state.open = true;
  }, 100);
}

function accepts(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectSocket({ port, host: host === "0.0.0.0" ? "127.0.0.1" : host });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/** After a kill -9 the old server needs a moment to notice, so a taken port is looked at again for a second. */
async function assertPortFree(): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const code = await new Promise<string | undefined>((resolve) => {
      const probe = createServer();
      probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "error"));
      probe.listen(port, host, () => probe.close(() => resolve(undefined)));
    });
    if (!code) return;
    if (code !== "EADDRINUSE") throw new Refusal(`Cannot listen on ${host}:${port} (${code}). Set HOST and PORT.`);
    if (tries === 4)
      throw (
        (await whoHasData()) ??
        new Refusal(`Port ${port} on ${host} is taken by another program. Stop it, or set PORT.`)
      );
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** A second start in the same folder finds the first one's port taken: the reason is that shop, not a program like any other. */
async function whoHasData(): Promise<Refusal | undefined> {
  return process.env.DATABASE_URL ? undefined : usedByAnother(dataDir);
}

async function assertBuilt(): Promise<void> {
  await access(path.join(root, "build/server/index.js")).catch(() => {
    throw new Refusal("The shop is not built yet. Run `npm run build` first.");
  });
}

async function cookieSecret(shared: boolean): Promise<string> {
  const given = process.env.COOKIE_SECRET;
  if (given?.split(",").some((secret) => secret.trim().length < 32))
    throw new Refusal("COOKIE_SECRET is too short: each secret in it needs at least 32 characters.");
  if (given) return given;
  if (shared) {
    throw new Refusal(
      "COOKIE_SECRET is missing: with DATABASE_URL in production, all instances must share one of at least 32 characters.",
    );
  }
  await mkdir(dataDir, { recursive: true });
  return keptSecret(path.join(dataDir, "cookie-secret"));
}

/**
 * By a shop in demo mode only: nobody's own shop must find our items in it. A seed that was cut off after the items has left the item
 * that it sells out unsold in its first run.
 */
async function seedUntilDone(connection: pg.Client, settings: NodeJS.ProcessEnv): Promise<void> {
  if (!serves || settings.DEMO !== "1") return;
  const { rowCount: due } = await connection.query(`
    SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM items)
      OR EXISTS (SELECT 1 FROM items WHERE id = 'last-lighthouse' AND run = 1 AND quantity > 0)`);
  if (!due) return;
  const seeding = spawn(process.execPath, ["prisma/seed.ts"], { cwd: root, env: settings, stdio: "inherit" });
  state.child = seeding;
  const [code] = (await once(seeding, "exit")) as [number | null];
  if (code !== 0) throw new Error(`the seed ended with exit code ${code}`);
}

function readPort(text = "3000"): number {
  const number = Number(text || "3000");
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
  process.stderr.write(`PORT is ${JSON.stringify(text)}; it must be a number from 1 to 65535.\n`);
  process.exit(1);
}
