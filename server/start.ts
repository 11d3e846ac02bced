/**
 * `npm start`: brings the database up (the embedded one, or DATABASE_URL), migrates, seeds an empty demo shop, serves the
 * built shop, beside it the test bank of a demo, and takes all of it down again, PostgreSQL last. `npm run dev` (`--dev`,
 * and Vite's own flags) serves the development server in its place.
 */
import { once } from "node:events";
import { access } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { startEmbeddedPostgres, usedByAnother } from "./embedded-postgres.ts";
import { Lifetime } from "./lifetime.ts";
import { migrate } from "./migrate.ts";
import { assertPortFree } from "./port.ts";
import { Refusal } from "./refusal.ts";
import {
  addressOf,
  assertShopSettings,
  cookieSecret,
  environmentOf,
  operatorPassword,
  readSettings,
  root,
  type Settings,
} from "./settings.ts";
import { startTestBank } from "./test-bank.ts";

const [mode, ...flags] = process.argv.slice(2);
const develops = mode === "--dev";

// A young generation of 64 MB lets a request's objects die there instead of being promoted: a fifth more requests a second.
const SHOP = ["--max-semi-space-size=64", "node_modules/@remix-run/serve/dist/cli.js", "build/server/index.js"];
/**
 * remix-serve's own line for each request that comes through it: the shop writes a better one, and this one shows the key of
 * a receipt to whoever reads the log.
 */
const ACCESS_OF_REMIX_SERVE = /^\S+ \S+ \S+ \S+ - \S+ ms$/;
const DEVELOPMENT_SERVER = ["node_modules/@remix-run/dev/dist/cli.js", "vite:dev", ...flags];

/** Set when the shop has told its address. */
const told = { address: "" };
const { code, life } = await Lifetime.of(serve);
// Whoever pressed Ctrl-C is told. Nobody else: after another signal there may be no one left to write to.
if (code === 0 && told.address && life.ending.reason === "SIGINT") process.stdout.write("\nLastone has stopped.\n");
// Everything is down. Left to itself, Node would wait up to 10 s more for the idle timer of the migration's pool.
process.exit(code);

async function serve(life: Lifetime): Promise<number> {
  const settings = readSettings();
  const { host, port, databaseUrl: external, dataDir } = settings;
  assertShopSettings(settings);
  // A second start in the same folder finds the first one's port taken: the reason is that shop, not a program like any other.
  await assertPortFree(host, port, () => (external ? Promise.resolve(undefined) : usedByAnother(dataDir)));
  if (!develops) await assertBuilt();

  const databaseUrl = external ?? (await startDatabase(dataDir, life));
  const { file: passwordFile, ...password } = await operatorPassword(settings);
  const environment = environmentOf(settings, databaseUrl, {
    ...password,
    NODE_ENV: develops ? "development" : "production",
    ...(develops && { DRAIN: "0" }),
    COOKIE_SECRET: await cookieSecret(settings, !develops && external !== undefined),
  });
  // It may be waiting for another instance that migrates. What is cut off here is rolled back, or done at the next start.
  await Promise.race([
    migrate(databaseUrl, (connection) => seedUntilDone(connection, environment, life)),
    once(life.ending, "abort"),
  ]);
  if (life.ending.aborted) return 0;
  const withBank = {
    ...environment,
    ...(needsTestBank(environment) && (await startTestBank(settings, environment, life))),
  };
  if (isEnding(life)) return 0;

  const hear = (message: unknown) =>
    message === "listening" && void announce(settings, life, passwordFile && { ...password, file: passwordFile });
  const ended = develops
    ? life.run("shop", DEVELOPMENT_SERVER, withBank, settings.stopWithin, { hear })
    : life.run("shop", SHOP, withBank, settings.stopWithin, { unwanted: ACCESS_OF_REMIX_SERVE, hear });
  const { code, signal } = await ended;
  // Told to end, a shop that did is fine, whatever the development server makes of the signal; one that was killed, or cut
  // somebody off, is not.
  if (isEnding(life)) return code === 1 || signal === "SIGKILL" ? 1 : 0;
  if (code !== 0) process.stderr.write(`The shop ended unexpectedly (${signal ?? `exit code ${code}`}).\n`);
  return code ?? 1;
}

/** A function, because a signal changes it while the shop runs, which the type checker cannot see. */
function isEnding(life: Lifetime): boolean {
  return life.ending.aborted;
}

/** A demo takes no money, and has no keys that could. */
function needsTestBank({ DEMO, STRIPE_SECRET_KEY, TEST_BANK_URL }: NodeJS.ProcessEnv): boolean {
  return DEMO === "1" && !STRIPE_SECRET_KEY && !TEST_BANK_URL;
}

async function startDatabase(dataDir: string, life: Lifetime): Promise<string> {
  const embedded = await startEmbeddedPostgres(dataDir, [], life.ending);
  life.atTheEnd(embedded.stop);
  embedded.keepRunning((reason) => life.fail(reason));
  return embedded.urlOf("lastone");
}

async function assertBuilt(): Promise<void> {
  await access(path.join(root, "build/server/index.js")).catch(() => {
    throw new Refusal("The shop is not built yet. Run `npm run build` first.");
  });
}

/**
 * By a shop in demo mode only: nobody's own shop must find our items in it. A seed that was cut off after the items has left the item
 * that it sells out unsold in its first run.
 */
async function seedUntilDone(connection: pg.Client, environment: NodeJS.ProcessEnv, life: Lifetime): Promise<void> {
  if (environment.DEMO !== "1") return;
  const { rowCount: due } = await connection.query(`
    SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM items)
      OR EXISTS (SELECT 1 FROM stock WHERE item_id = 'last-lighthouse' AND run = 1 AND available > 0)`);
  if (!due) return;
  const { code } = await life.run("seed", ["prisma/seed.ts"], environment, 0);
  // It has said why.
  if (code !== 0) throw new Refusal(`The demo's items could not be added (exit code ${code}).`);
}

/** `made`: the operator's password, if it was made at this start. It is told once. */
async function announce(
  settings: Settings,
  life: Lifetime,
  made: { OPERATOR_PASSWORD?: string; file: string } | undefined | "",
): Promise<void> {
  // remix-serve prints its own line in the moment it listens; ours is the last.
  await sleep(100);
  if (life.ending.aborted) return;
  told.address = addressOf(settings);
  if (made)
    process.stdout.write(
      `\nThe operator's pages are at ${told.address}/operator. Their password is ${made.OPERATOR_PASSWORD ?? ""}, and is kept in ${made.file}.\n`,
    );
  process.stdout.write(`\nLastone is open: ${told.address}\n`);
}
