/**
 * `npm run bench:growth`: how orders per second and their p99 grow with the crowd, with a second instance, and with the
 * orders that are already in the table. Prints tables, and draws docs/growth.svg.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { median, table } from "../figures.ts";
import { type Figure, http, jsonPurchase } from "./load.ts";
import { chart } from "./plot.ts";
import { HOT_ITEMS, PLENTY, query, resetItem, setStage, type StagedShop } from "./stage.ts";

const { values: flags } = parseArgs({
  options: { rounds: { type: "string", default: "3" }, seconds: { type: "string", default: "4" } },
});
const rounds = Number(flags.rounds);
const seconds = Number(flags.seconds);
const CROWDS = [1, 10, 100, 1_000, 5_000];
const MANY = 1_000_000;
const [HOT = ""] = HOT_ITEMS;

interface Line {
  name: string;
  figures: { perSecond: number; p99: number }[];
}

const stage = await setStage();
try {
  const one = await stage.startShop();
  const two = await stage.startShop();
  await grow([one]);
  const few = await measure("1 instance, a thousand orders", [[one]]);
  const pair = await measure("2 instances, a thousand orders", [[one], [two]]);
  await fill(stage.databaseUrl, MANY);
  await fastAudit();
  const many = await measure("1 instance, a million orders", [[one]]);
  const lines = [few, pair, many];

  process.stdout.write(`\nOne hot item by JSON, each crowd in a closed loop, median of ${rounds} rounds\n`);
  process.stdout.write(
    `${table([["buyers at once", ...lines.flatMap(({ name }) => [name, "p99 ms"])], ...CROWDS.map((crowd, at) => [String(crowd), ...lines.flatMap(({ figures }) => [figures[at]?.perSecond.toFixed(0) ?? "", figures[at]?.p99.toFixed(0) ?? ""])])])}\n`,
  );
  const svg = chart({
    title: "One hot item: orders per second and p99, by buyers at once",
    x: CROWDS,
    panels: [
      {
        label: "orders per second",
        lines: lines.map(({ name, figures }) => ({ name, y: figures.map(({ perSecond }) => perSecond) })),
      },
      {
        label: "p99, milliseconds",
        lines: lines.map(({ name, figures }) => ({ name, y: figures.map(({ p99 }) => p99) })),
      },
    ],
  });
  writeFileSync(path.resolve(import.meta.dirname, "../../docs/growth.svg"), svg);
} finally {
  await stage.close();
}

/** Warms up, and makes the thousand orders. */
async function grow(shops: StagedShop[]): Promise<void> {
  for (const shop of shops) await http(shop.url, jsonPurchase([HOT]), { connections: 50, amount: 1_000 });
}

async function measure(name: string, shops: StagedShop[][]): Promise<Line> {
  const urls = shops.flat().map(({ url }) => url);
  const figures = [];
  for (const crowd of CROWDS) {
    const found: Figure[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await resetItem(urls[0] ?? "", HOT, PLENTY);
      // A crowd that one instance cannot hold is not shared out below one buyer each.
      const share = Math.max(1, Math.floor(crowd / urls.length));
      const parts = await Promise.all(
        (crowd === 1 ? urls.slice(0, 1) : urls).map((url) =>
          http(url, jsonPurchase([HOT]), { connections: share, ...pace(share) }),
        ),
      );
      found.push({
        perSecond: parts.reduce(
          (sum, { perSecond, statuses }) =>
            sum + (perSecond * (statuses["201"] ?? 0)) / Object.values(statuses).reduce((all, count) => all + count, 0),
          0,
        ),
        p50: Math.max(...parts.map(({ p50 }) => p50)),
        p99: Math.max(...parts.map(({ p99 }) => p99)),
        statuses: {},
        seconds,
      });
    }
    figures.push({
      perSecond: median(found.map(({ perSecond }) => perSecond)),
      p99: median(found.map(({ p99 }) => p99)),
    });
    process.stderr.write(`${name}: ${crowd} buyers, ${figures.at(-1)?.perSecond.toFixed(0) ?? ""} orders a second\n`);
  }
  return { name, figures };
}

/** A crowd that needs longer than the time to be answered once presses three times each. */
function pace(crowd: number): { seconds: number } | { amount: number } {
  return crowd < 1_000 ? { seconds } : { amount: crowd * 3 };
}

/** Sells `count` units of an item in one statement, with the ledger's lines, past the shop: only to have them there. */
async function fill(databaseUrl: string, count: number): Promise<void> {
  await query(
    databaseUrl,
    `BEGIN;
     UPDATE stock SET available = available - ${count}, sold = ${count}, version = version + ${count}, last_number = ${count} WHERE item_id = '${HOT_ITEMS[9] ?? ""}';
     WITH sold AS (SELECT n, gen_random_uuid() AS id FROM generate_series(1, ${count}) AS n),
     placed AS (
       INSERT INTO orders (id, item_id, run, number, buyer_id, key, quantity, price_amount, currency, placed_at)
       SELECT id, '${HOT_ITEMS[9] ?? ""}', 1, n, gen_random_uuid(), gen_random_uuid(), 1, 1, 'EUR', clock_timestamp() FROM sold
     )
     INSERT INTO movements (item_id, version, run, reason, units, from_account, to_account, available, held, sold, order_id, created_at)
     SELECT '${HOT_ITEMS[9] ?? ""}', n + 1, 1, 'sale', 1, 'available', 'sold', ${PLENTY} - n, 0, n, id, clock_timestamp() FROM sold;
     COMMIT;
     ANALYZE;`,
  );
}

async function fastAudit(): Promise<void> {
  const { audit } = await import("#app/shop/audit.server.ts");
  const began = performance.now();
  const { orders, movements, findings } = await audit();
  process.stdout.write(
    `\nThe audit of ${orders} orders and ${movements} movements: ${((performance.now() - began) / 1_000).toFixed(1)} s, ${findings.length} findings.\n`,
  );
}
