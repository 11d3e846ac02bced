/**
 * `npm run bench:live`: how long a change takes to the first and to the last of thousands of open pages, what they cost,
 * and what is left when they have gone. Beside it a bare Node server that does the same fan-out and nothing else.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { median, percentile } from "../figures.ts";
import { Budgets, print } from "./budgets.ts";
import { type Waits, waitsOfBuyers } from "./buyer.ts";
import { chart } from "./plot.ts";
import { HOT_ITEMS, PLENTY, query, resetItem, setStage } from "./stage.ts";
import { BareServer, ShopServer } from "./servers.ts";
import { Swarm } from "./swarm.ts";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    streams: { type: "string", default: "100,1000,5000" },
    idle: { type: "string", default: "1000" },
    changes: { type: "string", default: "1000" },
  },
});
const rounds = Number(flags.rounds);
const SIZES = flags.streams.split(",").map(Number);
const IDLE = Number(flags.idle);
const CHANGES = Number(flags.changes);
const [WATCHED = "", SOLD = ""] = HOT_ITEMS;

interface FanOut {
  first: number;
  median: number;
  p99: number;
  last: number;
  /** KiB a stream. */
  memory: number;
}

const stage = await setStage();
let shop = await ShopServer.start(stage.databaseUrl);
let bare = await BareServer.start();
const budgets = new Budgets();
try {
  // Node raises its own limit to this at its start.
  process.stdout.write(
    `Open files that a process may have: ${execFileSync("sh", ["-c", "ulimit -Hn"], { encoding: "utf8" })}`,
  );
  await resetItem(shop.url, WATCHED, 1);
  await purchases(); // warms up
  const quiet = await purchases();
  const results: { size: number; shop: FanOut; bare: FanOut; selling: Selling }[] = [];
  for (const size of SIZES) {
    // A server each: what one has taken for fewer streams, it would not take again for more.
    await Promise.all([shop.stop(), bare.stop()]);
    [shop, bare] = await Promise.all([ShopServer.start(stage.databaseUrl), BareServer.start()]);
    const byShop = await fanOut(size, shop, `${shop.url}/live?items=${WATCHED}`, tellByShop);
    const byBare = await fanOut(size, bare, bare.url, () => bare.tell());
    results.push({ size, shop: byShop, bare: byBare, selling: await sellingUnderStreams(size) });
    process.stderr.write(`${size} streams done\n`);
  }
  const ms = (value: number) => value.toFixed(1);
  print("From COMMIT (the bare server: from the write) to each client, milliseconds, median of the rounds", [
    [
      "streams",
      "first",
      "median",
      "p99",
      "last",
      "KiB each",
      "bare first",
      "median",
      "p99",
      "last",
      "KiB each",
      "last: ratio",
    ],
    ...results.map(({ size, shop: s, bare: b }) => [
      String(size),
      ms(s.first),
      ms(s.median),
      ms(s.p99),
      ms(s.last),
      ms(s.memory),
      ms(b.first),
      ms(b.median),
      ms(b.p99),
      ms(b.last),
      ms(b.memory),
      `${(s.last / b.last).toFixed(2)} ×`,
    ]),
  ]);
  print(
    "While one purchase follows the other, milliseconds: the purchase itself, and from each COMMIT to the last client that shows it or something newer",
    [
      ["streams", "purchase p99", "longest", "shown: median", "p99", "longest"],
      ["0", ms(quiet.p99), ms(quiet.longest), "", "", ""],
      ...results.map(({ size, selling }) => [
        String(size),
        ms(selling.p99),
        ms(selling.longest),
        ms(selling.shown.median),
        ms(selling.shown.p99),
        ms(selling.shown.longest),
      ]),
    ],
  );

  const left = await leftBehind(quiet.p99);
  const slow = await neverReading();
  const most = results.at(-1);
  if (most) {
    print("Budgets", [
      ["", "measured", "at most", "aim", ""],
      budgets.atMost(
        `last of ${most.size} clients, of the bare server`,
        most.shop.last / most.bare.last,
        { must: 1.5, aim: 1.2 },
        "×",
      ),
      budgets.atMost("memory a stream", most.shop.memory, { must: 60, aim: 30 }, "KiB"),
      budgets.atMost(
        "longest wait of a purchase beyond the quiet shop's",
        Math.max(0, most.selling.longest - quiet.longest),
        { must: 50 },
        "ms",
      ),
      ...results
        .filter(({ size }) => size === 1_000)
        .map(({ selling }) =>
          budgets.atMost("a sale shown by all of 1000 clients, p99", selling.shown.p99, { must: 250 }, "ms"),
        ),
      budgets.atMost("streams left when all have gone", left.streams, { must: 0 }, ""),
    ]);
    const lines = (value: (fan: FanOut) => number) => [
      { name: "the shop", y: results.map(({ shop: fan }) => value(fan)) },
      { name: "bare Node", y: results.map(({ bare: fan }) => value(fan)) },
    ];
    writeFileSync(
      path.resolve(import.meta.dirname, "../../docs/live.svg"),
      chart({
        title: "From COMMIT to the open pages, by how many are open",
        x: SIZES,
        panels: [
          { label: "the last page, milliseconds", lines: lines(({ last }) => last) },
          { label: "the median page, milliseconds", lines: lines((fan) => fan.median) },
        ],
      }),
    );
  }
  process.stdout.write(`\n${left.says}\n${slow}\n`);
} finally {
  await bare.stop();
  await shop.stop();
  await stage.close();
}
process.exitCode = budgets.fallen === 0 ? 0 : 1;

/** Waits of purchases, and how long each sale took to be shown by every client. */
type Selling = Waits & { shown: { median: number; p99: number; longest: number } };

async function fanOut(
  size: number,
  server: ShopServer | BareServer,
  url: string,
  tell: () => Promise<{ mark: string; at: number }>,
): Promise<FanOut> {
  const before = await server.memory();
  const swarm = await Swarm.open(url, size);
  const memory = (await server.memory()) - before;
  const seen: Omit<FanOut, "memory">[] = [];
  for (let round = -2; round < rounds; round += 1) {
    swarm.expect();
    const { mark, at } = await tell();
    const times = (await swarm.seen(mark)).map((time) => time - at).sort((one, other) => one - other);
    if (round >= 0)
      seen.push({
        first: times[0] ?? NaN,
        median: percentile(times, 0.5),
        p99: percentile(times, 0.99),
        last: times.at(-1) ?? NaN,
      });
  }
  swarm.close();
  const of = (value: (one: Omit<FanOut, "memory">) => number) => median(seen.map(value));
  return {
    first: of(({ first }) => first),
    median: of((one) => one.median),
    p99: of(({ p99 }) => p99),
    last: of(({ last }) => last),
    memory: memory / 1_024 / size,
  };
}

/** A reset is told at once, whatever happened before. The ledger has the time at which it was written, just before its COMMIT. */
async function tellByShop(): Promise<{ mark: string; at: number }> {
  await resetItem(shop.url, WATCHED, 1);
  const [row] = await query<{ version: number; at: Date }>(
    stage.databaseUrl,
    `SELECT version, created_at AS at FROM movements WHERE item_id = '${WATCHED}' ORDER BY version DESC LIMIT 1`,
  );
  return { mark: `"version":${row?.version ?? 0},`, at: row?.at.getTime() ?? NaN };
}

async function purchases(): Promise<Waits> {
  await resetItem(shop.url, SOLD, PLENTY);
  return waitsOfBuyers({ url: shop.url, itemId: SOLD, seconds: 4 });
}

async function sellingUnderStreams(size: number): Promise<Selling> {
  const swarm = await Swarm.open(`${shop.url}/live?items=${SOLD}`, size);
  const figure = await purchases();
  // What was sold last is told after the others have rested.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const sales = await query<{ version: number; at: Date }>(
    stage.databaseUrl,
    `SELECT version, created_at AS at FROM movements WHERE item_id = '${SOLD}' AND run = (SELECT run FROM stock WHERE item_id = '${SOLD}') AND reason = 'sale'`,
  );
  const shownAt = swarm.lastToShow();
  swarm.close();
  const waits = sales.map(({ version, at }) => shownAt(version) - at.getTime()).sort((one, other) => one - other);
  return {
    ...figure,
    shown: { median: percentile(waits, 0.5), p99: percentile(waits, 0.99), longest: waits.at(-1) ?? NaN },
  };
}

async function leftBehind(quietP99: number): Promise<{ streams: number; says: string }> {
  const began = Date.now();
  while ((await streams()) > 0 && Date.now() - began < 20_000) await new Promise((resolve) => setTimeout(resolve, 50));
  const count = await streams();
  const memory = await shop.memory();
  const { p99 } = await purchases();
  const grown = (memory - shop.memoryAtStart) / 1_024 / 1_024;
  return {
    streams: count,
    says: `All gone: ${count} streams; memory ${grown.toFixed(0)} MiB above the start's after a forced collection; purchases' p99 ${p99.toFixed(1)} ms (before: ${quietP99.toFixed(1)} ms).`,
  };
}

/**
 * Clients that never read, beside some that do, until the shop has dropped them all or has made so many changes. Before the
 * shop's own buffer begins to fill, the kernel takes in what it can: megabytes for each on loopback (load/README.md says how
 * to make it take less).
 */
async function neverReading(): Promise<string> {
  const reading = 100;
  const before = await shop.memory();
  const deaf = await Swarm.open(`${shop.url}/live?items=${WATCHED}`, IDLE, { reads: false });
  const others = await Swarm.open(`${shop.url}/live?items=${WATCHED}`, reading);
  const last: number[] = [];
  let most = before;
  let left = IDLE;
  while (last.length < CHANGES && left > 0) {
    others.expect();
    const { mark, at } = await tellByShop();
    last.push(Math.max(...(await others.seen(mark))) - at);
    if (last.length % 100 !== 0) continue;
    most = Math.max(most, await shop.memory());
    left = (await streams()) - reading;
  }
  left = (await streams()) - reading;
  const kib = (memory: number) => `${((memory - before) / 1_024 / (IDLE + reading)).toFixed(1)} KiB a stream`;
  const sorted = last.sort((one, other) => one - other);
  const says = [
    `${IDLE} clients that never read, beside ${reading} that do: ${IDLE - left} dropped within ${last.length} changes;`,
    `the last of the ${reading} after ${percentile(sorted, 0.5).toFixed(1)} ms, p99 ${percentile(sorted, 0.99).toFixed(1)} ms; memory ${kib(most)} at most, ${kib(await shop.memory())} at the end.`,
  ];
  deaf.close();
  others.close();
  return says.join(" ");
}

async function streams(): Promise<number> {
  return ((await (await fetch(`${shop.url}/api/live`)).json()) as { streams: number }).streams;
}
