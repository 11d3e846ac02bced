/** Shops as on a bare machine, each with an embedded PostgreSQL of its own in the test's folder, and what they leave there. */
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, inject } from "vitest";
import { launchShop, type Shop, startShop, until } from "#harness/shop.ts";
import { freePort } from "#server/port.ts";
import { copyDataDir } from "./data-dir.ts";

/** Empty at the beginning of every test, and gone after it. */
export let folder: string;
const shops: Pick<Shop, "stop">[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "lastone-start-"));
});
afterEach(async () => {
  await Promise.all(shops.splice(0).map((shop) => shop.stop()));
  await rm(folder, { recursive: true, force: true });
});

type Settings = Record<string, string | undefined>;

/** An embedded database, a secret of its own, demo mode by default. */
const BARE = { DATABASE_URL: undefined, COOKIE_SECRET: undefined, DEMO: undefined };

export async function start(settings: Settings = {}): Promise<Shop> {
  const shop = await startShop({ ...BARE, DATA_DIR: folder, ...settings });
  shops.push(shop);
  return shop;
}

/** As a shop that was started in demo mode and stopped leaves its folder. */
export async function useFolder(): Promise<void> {
  await copyDataDir(inject("usedDataDir"), folder);
}

/** Not for the first time: without the seconds that the making of the data takes. */
export async function startAgain(settings: Settings = {}): Promise<Shop> {
  await useFolder();
  return start(settings);
}

/** Starts it without waiting for anything. */
export async function launch(settings: Settings = {}): Promise<Omit<Shop, "url" | "port">> {
  const shop = launchShop({ ...BARE, DATA_DIR: folder, PORT: String(await freePort()), ...settings });
  shops.push(shop);
  return shop;
}

/** How a shop that refuses to start ends. */
export async function refusal(settings: Settings): Promise<{ code: number | null; said: string[] }> {
  const shop = await launch(settings);
  await until(() => shop.process.exitCode !== null);
  return { code: shop.process.exitCode, said: shop.output().trim().split("\n") };
}

export function postgresPid(): Promise<number> {
  return readFile(path.join(folder, "postgres/postmaster.pid"), "utf8").then((text) => Number(text.split("\n")[0]));
}

/** A connection string of the shop's own embedded database. */
export async function embeddedUrl(): Promise<string> {
  const [password, pidFile] = await Promise.all(
    ["postgres-password", "postgres/postmaster.pid"].map((file) => readFile(path.join(folder, file), "utf8")),
  );
  return `postgresql://lastone:${password}@127.0.0.1:${pidFile?.split("\n")[3]}/lastone`;
}

export function isAlive(pid: number): boolean {
  try {
    // A process that ended but was not reaped yet still has a pid.
    return !execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).startsWith("Z");
  } catch {
    return false;
  }
}

/** Programs that were told of this test's folder, and so every PostgreSQL that a shop in it has started. */
export function leftBehind(): string[] {
  const all = execFileSync("ps", ["-eo", "stat=,args="], { encoding: "utf8" }).split("\n");
  return all.filter((line) => line.includes(folder) && !line.startsWith("Z"));
}
