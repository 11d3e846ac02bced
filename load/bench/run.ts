/**
 * `npm run bench`: what the shop does in a second, side by side with what it stands on. Every figure is the median of
 * interleaved rounds, so that noise of the machine meets all of them alike; the ratios are what counts.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import pg from "pg";
import { median } from "../figures.ts";
import { Budgets, print } from "./budgets.ts";
import { cookieOf, crowdAtOnce, type Figure, formPurchase, http, jsonPurchase, loop } from "./load.ts";
import { HOT_ITEMS, PLENTY, query, resetItem, setStage, type Stage } from "./stage.ts";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "4" },
    crowd: { type: "string", default: "5000" },
  },
});
const rounds = Number(flags.rounds);
const seconds = Number(flags.seconds);
const crowd = Number(flags.crowd);
const CONNECTIONS = 50;
const SOLD_OUT = "moon-moth";
/** A scarce item with its story. Some have bought it. */
const SCARCE = "tin-comet";
const [HOT = ""] = HOT_ITEMS;

const stage = await setStage();
const budgets = new Budgets();
let fallen = 0;
try {
  await bench(stage);
} finally {
  await stage.close();
}
process.exitCode = fallen + budgets.fallen === 0 ? 0 : 1;

async function bench({ databaseUrl, startShop }: Stage): Promise<void> {
  const shop = await startShop();
  const rendering = await startShop({ PAGES_KEPT: "0" });
  await resetItem(shop.url, SOLD_OUT, 0);
  const plain = await plainTransactions(databaseUrl);
  await crowdAtOnce(shop.url, SCARCE, 5);
  const headers = { Cookie: await cookieOf(shop.url) };
  const steady = { connections: CONNECTIONS, seconds };
  const figures: Record<string, () => Promise<Figure>> = {
    "GET /healthz (does nothing)": () => http(shop.url, { path: "/healthz" }, steady),
    "orders of one hot item, JSON": () => http(shop.url, jsonPurchase([HOT]), steady),
    "orders of one hot item, form": () => http(shop.url, formPurchase(HOT), steady),
    "orders of ten items at once, JSON": () => http(shop.url, jsonPurchase(HOT_ITEMS), steady),
    "sold out, JSON": () => http(shop.url, jsonPurchase([SOLD_OUT]), steady),
    "sold out, form (a whole page)": () => http(shop.url, formPurchase(SOLD_OUT), steady),
    "sold out, form, rendered each time": () => http(rendering.url, formPurchase(SOLD_OUT), steady),
    "item page": () => http(shop.url, { path: `/items/${SCARCE}` }, steady),
    "item page, read and rendered each time": () => http(rendering.url, { path: `/items/${SCARCE}` }, steady),
    "item page, for one with a cookie": () => http(shop.url, { path: `/items/${SCARCE}`, headers }, steady),
    "the same, read and rendered each time": () => http(rendering.url, { path: `/items/${SCARCE}`, headers }, steady),
    "pg, one transaction an order": plain.byPg,
    "Prisma, one transaction an order": plain.byPrisma,
    ...(plain.byPgbench ? { "pgbench, one transaction an order": plain.byPgbench } : {}),
  };

  const measured = new Map<string, Figure[]>(Object.keys(figures).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    process.stderr.write(round === 0 ? "warming up\n" : `round ${round} of ${rounds}\n`);
    for (const [name, measure] of Object.entries(figures)) {
      const figure = await measure();
      assertOnly(name, figure);
      if (round > 0) measured.get(name)?.push(figure);
    }
  }
  await plain.end();

  const rate = (name: string) => median((measured.get(name) ?? []).map(({ perSecond }) => perSecond));
  const ceiling = rate("GET /healthz (does nothing)");
  print(`One process, ${CONNECTIONS} connections, median of ${rounds} rounds of ${seconds} s`, [
    ["", "per second", "of /healthz", "p50 ms", "p99 ms"],
    ...[...measured].map(([name, list]) => [
      name,
      rate(name).toFixed(0),
      `${((rate(name) / ceiling) * 100).toFixed(0)} %`,
      median(list.map(({ p50 }) => p50)).toFixed(1),
      median(list.map(({ p99 }) => p99)).toFixed(1),
    ]),
  ]);

  const rush = await crowds(shop.url);
  const three = plain.byPgbench ? "pgbench, one transaction an order" : "pg, one transaction an order";
  const hot = rate("orders of one hot item, JSON");
  print("Budgets", [
    ["", "measured", "must", ""],
    budgets.atLeast(`orders by JSON, of ${three.split(",")[0] ?? ""}`, hot / rate(three), 2.25, "×"),
    budgets.atLeast("orders by JSON, of /healthz", (hot / ceiling) * 100, 85, "%"),
    budgets.atLeast("sold out by JSON, of /healthz", (rate("sold out, JSON") / ceiling) * 100, 85, "%"),
    budgets.atLeast(
      "sold out by form, of the plain render",
      rate("sold out, form (a whole page)") / rate("sold out, form, rendered each time"),
      2,
      "×",
    ),
    budgets.atLeast(
      "item page, of the plain loader and render",
      rate("item page") / rate("item page, read and rendered each time"),
      2.5,
      "×",
    ),
    budgets.atLeast(
      "the same, for one with a cookie",
      rate("item page, for one with a cookie") / rate("the same, read and rendered each time"),
      2.5,
      "×",
    ),
    ["", "measured", "at most", ""],
    budgets.atMost(
      `${crowd} buyers at once for 100: all answered`,
      median(rush.map(({ seconds: took }) => took)),
      3,
      "s",
    ),
  ]);
  print(`${crowd} buyers at once for 100 units, each round`, [
    ["", "sold", "sold out", "busy", "other", "all answered"],
    ...rush.map(({ statuses, seconds: took }, index) => {
      const { 201: sold = 0, 409: late = 0, 503: busy = 0, ...others } = statuses as Record<number, number>;
      const other = Object.values(others).reduce((sum, count) => sum + count, 0);
      if (sold !== 100 || other > 0) fallen += 1;
      return [`round ${index + 1}`, String(sold), String(late), String(busy), String(other), `${took.toFixed(2)} s`];
    }),
  ]);
  const { findings } = await auditOf();
  process.stdout.write(
    `\nThe audit of all of it: ${findings.length === 0 ? "everything adds up" : JSON.stringify(findings)}.\n`,
  );
  fallen += findings.length;
}

async function crowds(shopUrl: string): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await resetItem(shopUrl, HOT, 100);
    figures.push(await crowdAtOnce(shopUrl, HOT, crowd));
  }
  await resetItem(shopUrl, HOT, PLENTY);
  return figures;
}

/** The same three statements on the same server, one transaction an order: what a till is measured against. */
async function plainTransactions(databaseUrl: string) {
  await query(
    databaseUrl,
    "CREATE TABLE plain_items (id text PRIMARY KEY, quantity int NOT NULL); CREATE TABLE plain_orders (id bigserial PRIMARY KEY, item_id text NOT NULL, placed_at timestamptz NOT NULL)",
  );
  await query(databaseUrl, `INSERT INTO plain_items VALUES ('one', 2000000000)`);
  const pool = new pg.Pool({ connectionString: databaseUrl, max: CONNECTIONS });
  const { connect } = await import("#app/db.server.ts");
  const prisma = connect(databaseUrl, CONNECTIONS);

  const byPg = () =>
    loop(CONNECTIONS, seconds, async () => {
      const client = await pool.connect();
      await client.query("BEGIN");
      await client.query({
        name: "lock",
        text: "SELECT quantity FROM plain_items WHERE id = $1 FOR UPDATE",
        values: ["one"],
      });
      await client.query({
        name: "take",
        text: "UPDATE plain_items SET quantity = quantity - 1 WHERE id = $1",
        values: ["one"],
      });
      await client.query({
        name: "order",
        text: "INSERT INTO plain_orders (item_id, placed_at) VALUES ($1, clock_timestamp())",
        values: ["one"],
      });
      await client.query("COMMIT");
      client.release();
    });
  const byPrisma = () =>
    loop(CONNECTIONS, seconds, async () => {
      await prisma.$transaction(async (tx) => {
        await tx.$queryRaw`SELECT quantity FROM plain_items WHERE id = 'one' FOR UPDATE`;
        await tx.$executeRaw`UPDATE plain_items SET quantity = quantity - 1 WHERE id = 'one'`;
        await tx.$executeRaw`INSERT INTO plain_orders (item_id, placed_at) VALUES ('one', clock_timestamp())`;
      });
    });
  const end = async () => {
    await Promise.all([pool.end(), prisma.$disconnect()]);
  };
  return {
    byPg,
    byPrisma,
    byPgbench:
      spawnSync("pgbench", ["--version"]).status === 0 ? () => Promise.resolve(pgbench(databaseUrl)) : undefined,
    end,
  };
}

function pgbench(databaseUrl: string): Figure {
  const folder = mkdtempSync(path.join(tmpdir(), "lastone-pgbench-"));
  const script = path.join(folder, "order.sql");
  writeFileSync(
    script,
    `BEGIN;
     SELECT quantity FROM plain_items WHERE id = 'one' FOR UPDATE;
     UPDATE plain_items SET quantity = quantity - 1 WHERE id = 'one';
     INSERT INTO plain_orders (item_id, placed_at) VALUES ('one', clock_timestamp());
     COMMIT;`,
  );
  const ran = spawnSync(
    "pgbench",
    ["-n", "-c", String(CONNECTIONS), "-j", "2", "-T", String(seconds), "-f", script, databaseUrl],
    { encoding: "utf8" },
  );
  rmSync(folder, { recursive: true });
  const perSecond = Number(/tps = ([\d.]+)/.exec(ran.stdout)?.[1]);
  const latency = Number(/latency average = ([\d.]+)/.exec(ran.stdout)?.[1]);
  if (!perSecond) throw new Error(`pgbench failed: ${ran.stderr}`);
  // pgbench tells the mean only.
  return { perSecond, p50: latency, p99: NaN, statuses: {}, seconds };
}

/** A figure of refused or failed answers is no figure of orders. */
function assertOnly(name: string, { statuses }: Figure): void {
  const expected = name.startsWith("sold out")
    ? "409"
    : name.endsWith("form")
      ? "303"
      : name.startsWith("orders")
        ? "201"
        : "200";
  const others = Object.entries(statuses).filter(([status]) => status !== expected);
  if (others.length > 0) throw new Error(`${name}: expected ${expected} only, got ${JSON.stringify(statuses)}`);
}

async function auditOf() {
  const { audit } = await import("#app/shop/audit.server.ts");
  return audit();
}
