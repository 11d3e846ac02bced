/**
 * What the start itself reads from the environment, read and judged once: the only file under server/ that knows the names.
 * The settings of the shop are in app/settings.server.ts.
 */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import { readSettings as readShopSettings } from "#app/settings.server.ts";
import { Refusal } from "./refusal.ts";
import { keptSecret } from "./kept-secret.ts";

export const root = path.resolve(import.meta.dirname, "..");

export interface Settings {
  host: string;
  port: number;
  /** Absolute: the embedded PostgreSQL, and what is made once and kept. */
  dataDir: string;
  /** Undefined: the embedded PostgreSQL. */
  databaseUrl: string | undefined;
  /** Milliseconds that a program has for its end. */
  stopWithin: number;
}

/**
 * A shop beside others that serve on has the time for a wait at a till and a transaction after it. Ctrl-C on a machine of one's
 * own is over within five seconds.
 */
const STOP_WITHIN = { beside_others: 8_000, alone: 3_500 };

/** Throws a Refusal that names the setting and what it may be. */
export function readSettings(given: NodeJS.ProcessEnv = process.env): Settings {
  const databaseUrl = given.DATABASE_URL || undefined;
  return {
    host: given.HOST || "127.0.0.1",
    port: wholeNumber("PORT", given.PORT, 3_000, 1, 65_535),
    dataDir: path.resolve(given.DATA_DIR || path.join(root, ".data")),
    databaseUrl,
    stopWithin: wholeNumber(
      "STOP_WITHIN",
      given.STOP_WITHIN,
      databaseUrl ? STOP_WITHIN.beside_others : STOP_WITHIN.alone,
      0,
      600_000,
    ),
  };
}

/** Where people on this machine find the shop. */
export function addressOf({ host, port }: Settings): string {
  const name = ["127.0.0.1", "0.0.0.0", "::", "::1"].includes(host) ? "localhost" : host;
  return `http://${name}:${port}`;
}

/** The environment of a program that uses the shop's database: what was given, and what is made up for what was not. */
export function environmentOf(settings: Settings, databaseUrl: string, more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const embedded = settings.databaseUrl === undefined;
  const DEMO = process.env.DEMO || (embedded ? "1" : "0");
  return {
    ...process.env,
    DATABASE_URL: databaseUrl,
    HOST: settings.host,
    PORT: String(settings.port),
    DEMO,
    // A shop for others says itself where they find it.
    SHOP_URL: process.env.SHOP_URL || (DEMO === "1" ? addressOf(settings) : undefined),
    STOP_WITHIN: String(settings.stopWithin),
    // Beside the embedded database there is no other shop that visitors could be sent to.
    DRAIN: process.env.DRAIN || (embedded ? "0" : undefined),
    ...more,
  };
}

/** Stands for an embedded database that has not been started yet, and so has no port. */
const NO_DATABASE_YET = "postgresql://127.0.0.1/lastone";

/**
 * Throws the Refusal that a program of the shop would end with in this environment. To be called before anything is made: a
 * database that was migrated for a mistyped setting has thrown out the version before for nothing.
 */
export function assertShopSettings(settings: Settings): void {
  const { wrong } = readShopSettings(
    environmentOf(settings, settings.databaseUrl ?? NO_DATABASE_YET, {
      NODE_ENV: "production",
      COOKIE_SECRET: process.env.COOKIE_SECRET || noCookieSecret(),
    }),
  );
  if (wrong !== undefined) throw new Refusal(wrong);
}

/** Signs the buyer cookies of a shop. `shared`: other instances must have the same one, so none can be made here. */
export async function cookieSecret({ dataDir }: Settings, shared: boolean): Promise<string> {
  const given = process.env.COOKIE_SECRET;
  if (given) return given;
  if (shared) {
    throw new Refusal(
      "COOKIE_SECRET is missing: with DATABASE_URL in production, all instances must share one of at least 32 characters.",
    );
  }
  return keptSecret(dataDir, "cookie-secret");
}

/** Bytes of a password that is made up: as base64url, 20 characters. */
const PASSWORD_BYTES = 15;
const PASSWORD_FILE = "operator-password";

/**
 * What opens the operator's pages of a shop whose database is this machine's own. `file`: it was made at this start, and stands there. A
 * shared database has instances that must have the same one, so none is made there.
 */
export async function operatorPassword({
  dataDir,
  databaseUrl,
}: Settings): Promise<{ OPERATOR_PASSWORD?: string; file?: string }> {
  const given = process.env.OPERATOR_PASSWORD;
  if (given || databaseUrl !== undefined) return given ? { OPERATOR_PASSWORD: given } : {};
  const file = path.join(dataDir, PASSWORD_FILE);
  const isNew = !existsSync(file);
  const OPERATOR_PASSWORD = await keptSecret(dataDir, PASSWORD_FILE, PASSWORD_BYTES);
  return { OPERATOR_PASSWORD, ...(isNew && { file }) };
}

/** For a program that signs nothing. */
export function noCookieSecret(): string {
  return randomBytes(32).toString("hex");
}

function wholeNumber(name: string, given: string | undefined, fallback: number, least: number, most: number): number {
  if (!given) return fallback;
  const number = Number(given);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new Refusal(`${name} is ${JSON.stringify(given)}; it must be a whole number from ${least} to ${most}.`);
}
