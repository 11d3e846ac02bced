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
import { confirmsPerSecond, sellByCard, toldOfALapse } from "./holds.ts";
import { type Waits, waitsOfBuyers } from "./buyer.ts";
import { type Rival, startBare, startDemo } from "./demo.ts";
import {
  type Asking,
  cookieOf,
  crowdAtOnce,
  type Figure,
  formPurchase,
  hasWrk,
  http,
  jsonPurchase,
  loop,
  wrk,
} from "./load.ts";
import { pagesRead } from "./readers.ts";
import { HELD, HOT_ITEMS, PLENTY, query, resetItem, setStage, type Stage } from "./stage.ts";
import { Swarm } from "./swarm.ts";

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
/** Of each load, unless its name says more. */
const CONNECTIONS = 50;
const SOLD_OUT = "moon-moth";
/** A scarce item with its story. Some have bought it. */
const SCARCE = "last-lighthouse";
const [HOT = ""] = HOT_ITEMS;
/** Pages that are open, and pages read a second, while purchases are timed. */
const OPEN_PAGES = 5_000;
const PAGES_READ = 2_000;
/** Pages that are open when a hold ends. */
const LAPSE_PAGES = 1_000;

interface Row {
  name: string;
  url: string;
  asking: Asking;
  connections: number;
  /** The status of each answer. */
  expects: number;
}

const stage = await setStage();
const budgets = new Budgets();
let fallen = 0;
const rivals: Rival[] = [];
try {
  await bench(stage);
} finally {
  await Promise.all(rivals.map((rival) => rival.stop()));
  await stage.close();
}
process.exitCode = fallen + budgets.fallen === 0 ? 0 : 1;

async function bench({ databaseUrl, startShop }: Stage): Promise<void> {
  // The confirms are made without their payments: what follows from them is left undone.
  const shop = await startShop({ OUTBOX: "0" });
  const held = "holds, JSON, by card";
  const behind = await startShop({ FRONT: "0", OUTBOX: "0" });
  const rendering = await startShop({ PAGES_KEPT: "0", OUTBOX: "0" });
  await resetItem(shop.url, SOLD_OUT, 0);
  await sellByCard(databaseUrl);
  const plain = await plainTransactions(databaseUrl);
  const demo = await startDemo(databaseUrl);
  rivals.push(demo);
  const bare = await startBare();
  rivals.push(bare);
  await crowdAtOnce(shop.url, SCARCE, 5);
  const Cookie = await cookieOf(shop.url);
  const demoPurchase = (itemId: string): Asking => ({ method: "POST", paths: [`/items/${itemId}/purchase`] });

  const ofShop = (name: string, expects: number, asking: Asking, connections = CONNECTIONS): Row => ({
    name,
    url: shop.url,
    asking,
    connections,
    expects,
  });
  const ofBehind = (name: string, expects: number, asking: Asking): Row => ({
    name: `${name}, FRONT=0`,
    url: behind.url,
    asking,
    connections: CONNECTIONS,
    expects,
  });
  const ofDemo = (name: string, expects: number, asking: Asking, connections = CONNECTIONS): Row => ({
    name: `the demo: ${name}`,
    url: demo.url,
    asking,
    connections,
    expects,
  });
  const page = { paths: [`/items/${SCARCE}`] };
  const pageWithCookie = { ...page, headers: { Cookie } };
  const rows: Row[] = [
    ofShop("orders, JSON", 201, jsonPurchase([HOT])),
    ofBehind("orders, JSON", 201, jsonPurchase([HOT])),
    ofDemo("orders", 200, demoPurchase("one")),
    ofShop("orders, JSON, 200 connections", 201, jsonPurchase([HOT]), 200),
    ofDemo("orders, 200 connections", 200, demoPurchase("one"), 200),
    ofShop("orders of ten items, JSON", 201, jsonPurchase(HOT_ITEMS)),
    ofShop(held, 201, jsonPurchase([HELD])),
    ofShop("sold out, JSON", 409, jsonPurchase([SOLD_OUT])),
    ofBehind("sold out, JSON", 409, jsonPurchase([SOLD_OUT])),
    ofDemo("sold out", 409, demoPurchase("none")),
    ofShop("GET of one item, JSON", 200, { paths: [`/api/items/${SCARCE}`] }),
    ofBehind("GET of one item, JSON", 200, { paths: [`/api/items/${SCARCE}`] }),
    ofDemo("GET of one item", 200, { paths: ["/items/one"] }),
    {
      name: "bare node:http, the same JSON",
      url: bare.url,
      asking: { paths: ["/item"] },
      connections: CONNECTIONS,
      expects: 200,
    },
    ofShop("item page, newcomer", 200, page),
    ofShop("item page, with a cookie", 200, pageWithCookie),
    ofShop("item page, another ?utm= each", 200, { paths: [`/items/${SCARCE}?utm=KEY`] }),
    ofShop("item page, by gzip", 200, { ...page, headers: { "Accept-Encoding": "gzip" } }),
    ofBehind("item page, newcomer", 200, page),
    { ...ofShop("item page, read and rendered each time", 200, page), url: rendering.url },
    ofShop("form, refused (a whole page)", 409, formPurchase(SOLD_OUT)),
    ofBehind("form, refused (a whole page)", 409, formPurchase(SOLD_OUT)),
    ofShop("form, bought", 303, formPurchase(HOT)),
    ofBehind("form, bought", 303, formPurchase(HOT)),
    ofShop("GET /healthz", 200, { paths: ["/healthz"] }),
  ];
  const measured = new Map<string, Figure[]>();
  const note = (name: string, figure: Figure) => measured.set(name, [...(measured.get(name) ?? []), figure]);
  for (let round = 0; round <= rounds; round += 1) {
    process.stderr.write(round === 0 ? "warming up\n" : `round ${round} of ${rounds}\n`);
    for (const row of rows) {
      const load = { connections: row.connections, seconds: round === 0 ? 1 : seconds };
      // The first counts each status. What it finds is what the others measure.
      if (round === 0) assertOnly(row, await http(row.url, row.asking, load));
      else
        note(row.name, await (hasWrk ? wrk : http)(row.url, row.asking, load).then((figure) => unbroken(row, figure)));
    }
    if (round === 0) continue;
    note("pg, one transaction an order", await plain.byPg());
    note("Prisma, one transaction an order", await plain.byPrisma());
    if (plain.byPgbench) note("pgbench, one transaction an order", await plain.byPgbench());
  }
  await plain.end();

  const rate = (name: string) => median((measured.get(name) ?? []).map(({ perSecond }) => perSecond));
  const bareRate = rate("bare node:http, the same JSON");
  print(
    `One process, ${CONNECTIONS} connections, ${hasWrk ? "wrk" : "autocannon"}, median of ${rounds} rounds of ${seconds} s; the demo is ${demo.name}`,
    [
      ["", "per second", "of bare", "p50 ms", "p99 ms"],
      ...[...measured].map(([name, list]) => [
        name,
        rate(name).toFixed(0),
        `${((rate(name) / bareRate) * 100).toFixed(0)} %`,
        median(list.map(({ p50 }) => p50)).toFixed(1),
        median(list.map(({ p99 }) => p99)).toFixed(1),
      ]),
    ],
  );

  const rush = await crowds(shop.url);
  const [quiet, busy] = await buyersBesideReaders(shop.url);
  const lapse = await toldOfALapse(shop.url, databaseUrl, LAPSE_PAGES);
  const confirms = await confirmsPerSecond(databaseUrl);
  const over = (name: string, other: string) => rate(name) / rate(other);
  print("Budgets", [
    ["", "measured", "must", "aim", ""],
    budgets.atLeast("orders, of the demo's", over("orders, JSON", "the demo: orders"), { must: 4, aim: 5 }, "×"),
    budgets.atLeast(
      "orders, 200 connections, of the demo's",
      over("orders, JSON, 200 connections", "the demo: orders, 200 connections"),
      { must: 7, aim: 10 },
      "×",
    ),
    budgets.atLeast(
      "orders of ten items, of one",
      over("orders of ten items, JSON", "orders, JSON"),
      { must: 1, aim: 1.5 },
      "×",
    ),
    budgets.atLeast("holds, of orders", over(held, "orders, JSON") * 100, { must: 90 }, "%"),
    budgets.atLeast("confirms a second, the bank out of the way", confirms, { must: 1_000 }, "/s"),
    budgets.atLeast("sold out, of the demo's", over("sold out, JSON", "the demo: sold out"), { must: 3, aim: 6 }, "×"),
    budgets.atLeast(
      "GET of one item, of the demo's",
      over("GET of one item, JSON", "the demo: GET of one item"),
      { must: 5, aim: 10 },
      "×",
    ),
    budgets.atLeast(
      "GET of one item, of bare node:http",
      over("GET of one item, JSON", "bare node:http, the same JSON") * 100,
      { must: 25, aim: 50 },
      "%",
    ),
    ...["item page, newcomer", "item page, with a cookie", "item page, another ?utm= each"].flatMap((name) => [
      budgets.atLeast(
        `${name}, of the plain render`,
        over(name, "item page, read and rendered each time"),
        { must: 8, aim: 15 },
        "×",
      ),
      budgets.atLeast(`${name}, of the demo's JSON`, over(name, "the demo: GET of one item"), { must: 2 }, "×"),
    ]),
    budgets.atLeast(
      "form, refused, of FRONT=0",
      over("form, refused (a whole page)", "form, refused (a whole page), FRONT=0"),
      { must: 1.5, aim: 3 },
      "×",
    ),
    budgets.atLeast(
      "form, bought, of FRONT=0",
      over("form, bought", "form, bought, FRONT=0"),
      { must: 1.5, aim: 3 },
      "×",
    ),
    ["", "measured", "at most", "aim", ""],
    budgets.atMost(
      `${crowd} buyers at once for 100: all answered`,
      median(rush.map(({ seconds: took }) => took)),
      { must: 1.5, aim: 1 },
      "s",
    ),
    budgets.atMost(`${LAPSE_PAGES} open pages are told that a hold has ended`, lapse, { must: 1 }, "s"),
    budgets.atMost(
      `a purchase's p99 beside ${OPEN_PAGES} open pages and ${PAGES_READ} read a second, of the quiet shop's`,
      busy.p99 / quiet.p99,
      { must: 2, aim: 1.2 },
      "×",
    ),
  ]);
  process.stdout.write(
    `A purchase's p99: ${quiet.p99.toFixed(1)} ms in the quiet shop, ${busy.p99.toFixed(1)} ms in the busy one.\n`,
  );
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

/** What a buyer waits for in the quiet shop, and while thousands have a page open and others read pages. */
async function buyersBesideReaders(shopUrl: string): Promise<[Waits, Waits]> {
  const task = { url: shopUrl, itemId: HOT, seconds };
  const quiet = await waitsOfBuyers(task);
  const swarm = await Swarm.open(`${shopUrl}/live?items=${HOT}`, OPEN_PAGES);
  const reading = pagesRead({ url: `${shopUrl}/items/${SCARCE}`, perSecond: PAGES_READ, seconds: seconds + 1 });
  const busy = await waitsOfBuyers(task);
  const read = await reading;
  swarm.close();
  process.stdout.write(`Pages read a second meanwhile: ${read.toFixed(0)}.\n`);
  if (read < PAGES_READ * 0.95) fallen += 1;
  return [quiet, busy];
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
  await query(databaseUrl, `INSERT INTO plain_items VALUES ('one', 2000000000), ('none', 0)`);
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
function assertOnly({ name, expects }: Row, { statuses }: Figure): void {
  const others = Object.entries(statuses).filter(([status]) => Number(status) !== expects);
  if (others.length > 0) throw new Error(`${name}: expected ${expects} only, got ${JSON.stringify(statuses)}`);
}

/** Likewise as far as wrk tells them apart. */
function unbroken(row: Row, figure: Figure): Figure {
  if (!("under 400" in figure.statuses)) assertOnly(row, figure);
  const { failed = 0, others = 0, "under 400": good = 0 } = figure.statuses;
  if (failed + (row.expects < 400 ? others : good) > 0)
    throw new Error(`${row.name}: expected ${row.expects} only, got ${JSON.stringify(figure.statuses)}`);
  return figure;
}

async function auditOf() {
  const { audit } = await import("#app/shop/audit.server.ts");
  return audit();
}
