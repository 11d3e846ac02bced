/**
 * `npm run bench:export`: a million paid orders, how long the operator's list takes to find some of them, and what an export of all
 * of them costs: its time, the shop's memory, and what buyers notice meanwhile.
 */
import { readdirSync, readFileSync } from "node:fs";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { parseArgs } from "node:util";
import { median, table } from "../figures.ts";
import { Buyers } from "./buyers.ts";
import { OPERATED, signIn } from "./operator.ts";
import { HOT_ITEMS, PLENTY, query, setStage } from "./stage.ts";

const { values: flags } = parseArgs({
  options: {
    orders: { type: "string", default: String(PLENTY) },
    seconds: { type: "string", default: "10" },
    connections: { type: "string", default: "50" },
  },
});
const orders = Number(flags.orders);
const load = { connections: Number(flags.connections), seconds: Number(flags.seconds) };
const SOLD = HOT_ITEMS[9] ?? "";
const MIB = 1_024 * 1_024;

const stage = await setStage();
try {
  await fill(stage.databaseUrl, orders);
  const shop = await stage.startShop(OPERATED);
  const cookie = await signIn(shop);
  await timeLists(shop.url, cookie);
  await auditSums();

  const buyers = new Buyers(shop, load);
  await buyers.warmUp();
  await buyers.alone("before");
  const rssBefore = residentOf(shop.pid);
  const watch = watchMemory(shop.pid);
  const quiet = await download(shop.url, cookie);
  const quietPeak = watch();
  const watchAgain = watchMemory(shop.pid);
  const loaded = await buyers.beside("during the export", download(shop.url, cookie));
  const loadedPeak = watchAgain();
  await buyers.alone("after");

  process.stdout.write(
    `\nAn export of ${loaded.rows} orders, ${(loaded.bytes / MIB).toFixed(0)} MiB\n${table([
      ["", "seconds", "first byte after", "shop's memory before, MiB", "at most, MiB"],
      ["nobody buys", ...timesOf(quiet), mib(rssBefore), mib(quietPeak)],
      [`${load.connections} buy`, ...timesOf(loaded), "", mib(loadedPeak)],
    ])}\n`,
  );
  process.stdout.write(buyers.toString());
} finally {
  await stage.close();
}

function timesOf({ seconds, firstByte }: { seconds: number; firstByte: number }): string[] {
  return [seconds.toFixed(1), firstByte.toFixed(1)];
}

function mib(bytes: number): string {
  return (bytes / MIB).toFixed(0);
}

/** Sold and paid by card, past the shop, in one statement: with holds, payments, contacts and the ledger's lines. */
async function fill(databaseUrl: string, count: number): Promise<void> {
  const began = performance.now();
  await query(
    databaseUrl,
    `BEGIN;
     SET LOCAL synchronous_commit = off;
     -- What refers to what, and what must add up, is checked by the audit: row by row it takes ten times as long.
     SET LOCAL session_replication_role = replica;
     UPDATE items SET payment = 'card', price_amount = 4200, ships = true WHERE id = '${SOLD}';
     UPDATE stock SET available = available - ${count}, sold = ${count}, version = version + 2 * ${count}, last_number = ${count} WHERE item_id = '${SOLD}';
     CREATE TEMP TABLE sale ON COMMIT DROP AS
       SELECT n, gen_random_uuid() AS id, gen_random_uuid() AS buyer, gen_random_uuid() AS key, now() - (${count} - n) * interval '1 second' AS at FROM generate_series(1, ${count}) AS n;
     INSERT INTO holds (id, item_id, run, buyer_id, key, quantity, name, price_amount, currency, held_at, expires_at, paying_since, ended_at, why)
       SELECT id, '${SOLD}', 1, buyer, key, 1, 'Night Ferry', 4200, 'EUR', at, at + interval '10 minutes', at, at, 'sold' FROM sale;
     INSERT INTO orders (id, item_id, run, number, buyer_id, key, quantity, name, price_amount, currency, authorisation, placed_at)
       SELECT id, '${SOLD}', 1, n, buyer, key, 1, 'Night Ferry', 4200, 'EUR', 'pi_' || id, at FROM sale;
     INSERT INTO payments (order_id, item_id, provider, mode, amount, currency, status, captured, disputed, begun_at)
       SELECT id, '${SOLD}', 'test-bank', 'test', 4200, 'EUR', 'captured', 4200, n % 250000 = 7, at FROM sale;
     INSERT INTO contacts (order_id, item_id, run, email, name, address, created_at)
       SELECT id, '${SOLD}', 1, 'buyer' || n || '@example.org', 'Ada Lovelace ' || n,
              '{"line1": "1 Quay Street", "postcode": "D01 AB12", "city": "Dublin", "country": "IE"}', at FROM sale;
     INSERT INTO order_remarks (order_id, sent_at) SELECT id, at FROM sale WHERE n % 100 <> 3;
     INSERT INTO movements (item_id, version, run, reason, units, from_account, to_account, available, held, sold, order_id, hold_id, created_at)
       SELECT '${SOLD}', 2 * n, 1, 'hold', 1, 'available', 'held', ${PLENTY} - n, 1, n - 1, NULL, id, at FROM sale
       UNION ALL SELECT '${SOLD}', 2 * n + 1, 1, 'confirm', 1, 'held', 'sold', ${PLENTY} - n, 0, n, id, id, at FROM sale;
     COMMIT;`,
  );
  await query(databaseUrl, "VACUUM ANALYZE");
  process.stderr.write(`${count} orders are there after ${((performance.now() - began) / 1_000).toFixed(0)} s\n`);
}

/** Each page five times, the middle one. */
async function timeLists(url: string, cookie: string): Promise<void> {
  const [middle] = await query<{ at: Date; id: string }>(
    stage.databaseUrl,
    `SELECT placed_at AS at, id FROM orders WHERE item_id = '${SOLD}' AND number = ${Math.ceil(orders / 2)}`,
  );
  const place = middle ? `${middle.at.toISOString()}_${middle.id}` : "";
  const lists: [string, string][] = [
    ["newest", ""],
    ["in the middle", `?after=${encodeURIComponent(place)}`],
    ...["held", "paid", "to_send", "sent", "cancelled", "refunded", "disputed"].map((state): [string, string] => [
      state,
      `?state=${state}`,
    ]),
    ["a number", "?q=777"],
    ["an e-mail address", "?q=buyer777777%40example.org"],
    ["the beginning of half a million names", "?q=ada"],
    ["no such name", "?q=zzz"],
    ["an id", `?q=${middle?.id ?? ""}`],
    ["one order", `/${middle?.id ?? ""}`],
  ];
  const rows: string[][] = [];
  for (const [name, where] of lists) {
    const times: number[] = [];
    const statuses = new Set<number>();
    for (let nth = 0; nth < 5; nth += 1) {
      const began = performance.now();
      const answer = await fetch(`${url}/operator/orders${where}`, { headers: { cookie } });
      await answer.text();
      times.push(performance.now() - began);
      statuses.add(answer.status);
    }
    rows.push([name, median(times).toFixed(0), Math.max(...times).toFixed(0), [...statuses].join(" ")]);
  }
  process.stdout.write(
    `\nPages of the operator's list, ${orders} orders\n${table([["", "ms", "slowest of 5", "status"], ...rows])}\n`,
  );
}

async function auditSums(): Promise<void> {
  const { audit } = await import("#app/shop/audit.server.ts");
  const found = await audit();
  process.stdout.write(`\nThe audit: ${found.orders} orders, ${found.findings.length} findings.\n`);
}

/** All of it, counted and dropped. */
async function download(
  url: string,
  cookie: string,
): Promise<{ seconds: number; firstByte: number; rows: number; bytes: number }> {
  const began = performance.now();
  const answer = await fetch(`${url}/operator/orders.csv`, { headers: { cookie } });
  if (!answer.ok || !answer.body) throw new Error(`the export answered ${answer.status}`);
  const firstByte = (performance.now() - began) / 1_000;
  let [bytes, lines] = [0, 0];
  for await (const chunk of Readable.fromWeb(answer.body as ReadableStream) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    for (const byte of chunk) if (byte === 10) lines += 1;
  }
  return { seconds: (performance.now() - began) / 1_000, firstByte, rows: lines - 1, bytes };
}

/** Bytes that the shop's process holds: the largest of those that `pid` has started. */
function residentOf(pid: number): number {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc").filter((each) => /^\d+$/.test(each))) {
    const parent = Number(/PPid:\s+(\d+)/.exec(statusOf(name))?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree = [pid];
  for (const one of tree) tree.push(...(children.get(one) ?? []));
  return Math.max(...tree.map((one) => Number(/VmRSS:\s+(\d+)/.exec(statusOf(String(one)))?.[1] ?? 0) * 1_024));
}

function statusOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "";
  }
}

/** Returns what ends it, and gives the most that it has seen. */
function watchMemory(pid: number): () => number {
  let most = 0;
  const timer = setInterval(() => (most = Math.max(most, residentOf(pid))), 500);
  return () => {
    clearInterval(timer);
    return most;
  };
}
