/** What a measurement runs on: a PostgreSQL of its own with production settings, and shops in production mode on it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { startEmbeddedPostgres } from "#server/embedded-postgres.ts";
import { freePort } from "#server/port.ts";

const root = path.resolve(import.meta.dirname, "../..");
export const COOKIE_SECRET = "a-secret-for-measuring-and-nothing-else";

export interface Stage {
  databaseUrl: string;
  startShop: (settings?: Record<string, string>) => Promise<StagedShop>;
  close: () => Promise<void>;
}

export interface StagedShop {
  url: string;
  /** Of the process that starts the shop's. */
  pid: number;
  stop: () => Promise<void>;
}

/** Ten items of a million units each, besides the six of the seed, unless a stage is set without them. */
export const HOT_ITEMS = Array.from({ length: 10 }, (_, index) => `hot-${index}`);
export const PLENTY = 1_000_000;
/** As many, for what is held. */
export const HELD = "held";

export async function setStage({ withHotItems = true } = {}): Promise<Stage> {
  const folder = await mkdtemp(path.join(tmpdir(), "lastone-bench-"));
  const server = await startEmbeddedPostgres(folder, ["max_connections=200"]);
  const databaseUrl = server.urlOf("lastone");
  const shops = new Set<StagedShop>();

  const startShop = async (settings: Record<string, string> = {}) => {
    const port = await freePort();
    const env = {
      ...process.env,
      DATABASE_URL: databaseUrl,
      COOKIE_SECRET,
      DEMO: "1",
      DRAIN: "0",
      PORT: String(port),
      // All its visitors come from this machine.
      LIVE_STREAMS_PER_ADDRESS: "10000",
      HOLDS_PER_ADDRESS: "0",
      ...settings,
    };
    // Its log, a line a request, goes where a real one goes: to a file.
    const log = openSync(path.join(folder, `shop-${port}.log`), "a");
    const child = spawn(process.execPath, ["server/start.ts"], { cwd: root, env, stdio: ["ignore", "ignore", log] });
    closeSync(log);
    const url = `http://127.0.0.1:${port}`;
    const shop = {
      url,
      pid: child.pid ?? 0,
      stop: async () => {
        shops.delete(shop);
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.kill("SIGTERM");
        await once(child, "exit");
      },
    };
    shops.add(shop);
    while (
      !(await fetch(`${url}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      ))
    ) {
      if (child.exitCode !== null) throw new Error(readFileSync(path.join(folder, `shop-${port}.log`), "utf8"));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return shop;
  };

  const close = async () => {
    await Promise.all([...shops].map((shop) => shop.stop()));
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  // PostgreSQL has a session of its own, and would outlive a Ctrl-C.
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void close().finally(() => process.exit(1)));
  try {
    // The first shop migrates and seeds.
    await (await startShop()).stop();
    if (withHotItems) await addHotItems(databaseUrl);
  } catch (error) {
    await close();
    throw error;
  }
  return { databaseUrl, startShop, close };
}

async function addHotItems(databaseUrl: string): Promise<void> {
  process.env.DATABASE_URL = databaseUrl;
  process.env.COOKIE_SECRET = COOKIE_SECRET;
  const { db, disconnect } = await import("#app/db.server.ts");
  const { addItem } = await import("#app/shop/stocking.server.ts");
  const like = {
    tagline: "",
    story: "",
    picture: "/favicon.svg",
    pictureAlt: "",
    price: { amount: 1, currency: "EUR" },
    maxPerOrder: 1,
    limitPerBuyer: null,
    opensAt: null,
    closesAt: null,
    payment: "none",
    holdSeconds: 600,
    ships: false,
  } as const;
  await db.$transaction(async (tx) => {
    for (const [index, id] of [...HOT_ITEMS, HELD].entries())
      await addItem(tx, { ...like, id, name: id, startingQuantity: PLENTY, position: 100 + index });
  });
  await disconnect();
}

export async function resetItem(shopUrl: string, itemId: string, quantity: number): Promise<void> {
  const answer = await fetch(`${shopUrl}/api/items/${itemId}/reset`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ quantity }),
  });
  if (!answer.ok) throw new Error(`the reset of ${itemId} answered ${answer.status}`);
}

export async function query<Row extends pg.QueryResultRow>(databaseUrl: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}
