/** A run with money: buyers, faults, then quiet, and what the database and the bank's books say in the end. */
import { setTimeout as sleep } from "node:timers/promises";
import { createWriteStream, mkdirSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { both, compareClocks } from "../database.ts";
import { Instance, lastingPort } from "../instance.ts";
import { OperatorProgram } from "../operator-program.ts";
import { Random } from "../random.ts";
import { Crowd } from "./buyers.ts";
import type { MoneyRecording } from "./check.ts";
import { MONEY_CONTROLS, type MoneyBreak, type MoneyControl } from "./controls.ts";
import { readBooks } from "./books.ts";
import { Bank, setMood, troubleUntil } from "./faults.ts";

const BUYERS = 14;
const ITEMS = ["night-ferry", "tin-comet"] as const;
const COOKIE_SECRET = "known-to-the-history-harness-only";
/** Seconds: as short as they may be. */
const HOLD_SECONDS = 5;
/** Units of each run, and milliseconds between two runs of an item. */
const UNITS = [2, 6] as const;
const RESET_EVERY = 5_000;

export interface MoneyOptions {
  /** A migrated and seeded database of this run's own. */
  databaseUrl: string;
  seed: number;
  seconds: number;
  control?: MoneyControl;
  /** The beginning of the files' names. */
  report: string;
  /** Milliseconds from the last buyer until nothing may be held, or be left to do. */
  quietWithin?: number;
  say?: (line: string) => void;
}

export async function recordMoney(options: MoneyOptions): Promise<MoneyRecording> {
  const { databaseUrl, seed, seconds, control, report, quietWithin = 120_000, say = () => undefined } = options;
  mkdirSync(path.dirname(report), { recursive: true });
  const random = new Random(seed);
  const broken: MoneyBreak = control ? MONEY_CONTROLS[control] : { says: "nothing" };
  const observer = new pg.Client({ connectionString: databaseUrl, application_name: "history observer" });
  observer.on("error", () => undefined); // its queries fail by themselves when the server is stopped
  await observer.connect();
  const operator = new OperatorProgram(databaseUrl, COOKIE_SECRET);
  const instances: Instance[] = [];
  let bank: Bank | undefined;
  try {
    for (const statement of broken.drop ?? []) await observer.query(statement);
    await observer.query(
      `UPDATE items SET payment = 'card', hold_seconds = $1, limit_per_buyer = NULL, max_per_order = 3, opens_at = NULL, ships = false WHERE id = ANY($2)`,
      [HOLD_SECONDS, ITEMS],
    );
    const port = await lastingPort();
    bank = await Bank.open(`http://127.0.0.1:${port}/webhooks/stripe`, databaseUrl);
    const { url, secretKey, webhookSecret } = bank.told;
    const settings = {
      PAY_SECONDS: String(HOLD_SECONDS),
      HOLDS_PER_ADDRESS: "0",
      SHOP_URL: `http://127.0.0.1:${port}`,
      TEST_BANK_URL: url,
      TEST_BANK_KEY: secretKey,
      TEST_BANK_SECRET: webhookSecret,
    };
    for (const name of ["a", "b"])
      instances.push(
        await Instance.open({
          name: `history ${name}`,
          databaseUrl,
          cookieSecret: COOKIE_SECRET,
          control,
          settings,
          logFile: `${report}.${name}.log`,
          ...(name === "a" && { port }),
        }),
      );
    const shops = instances as [Instance, ...Instance[]];
    const seen: Record<string, number> = {};
    const count = (what: string) => void (seen[what] = (seen[what] ?? 0) + 1);
    const crowd = new Crowd(shops, [...ITEMS], broken.ways);
    let clock = await compareClocks(observer);
    await setMood(observer, broken.bank ?? {});
    const end = performance.now() + seconds * 1_000;
    const over = () => performance.now() > end;
    await Promise.all([
      ...Array.from({ length: BUYERS }, () => crowd.shop(over, random.fork())),
      broken.withoutResets ? undefined : resetUntil(over, shops, random.fork(), count),
      // A control is found out by its own fault, not by others.
      control ? undefined : troubleUntil(over, { observer, random: random.fork(), bank, instances: shops, count }),
      (async () => {
        while (!over()) {
          await sleep(Math.min(10_000, Math.max(1, end - performance.now())));
          clock = both(clock, await compareClocks(observer));
          say(`${Math.round(seconds - (end - performance.now()) / 1_000)} s: ${crowd.lines.length} answers`);
        }
      })(),
    ]);
    // What the bank did wrong all the time is its part of a control: from now on it is well.
    await setMood(observer, {});
    const left = await quiet(observer, quietWithin);
    const findings = (await operator.audit()).map((finding) => JSON.stringify(finding));
    clock = both(clock, await compareClocks(observer));
    const books = await readBooks(observer);
    const recording = { seed, clock, lines: crowd.lines, findings, left, ...books };
    const file = createWriteStream(`${report}.jsonl`);
    file.end(
      `${[...recording.lines, { seed, control, clock, left, findings, ...books }].map((line) => JSON.stringify(line)).join("\n")}\n`,
    );
    return { ...recording, seen: { ...seen, ...books.seen } };
  } finally {
    await Promise.all([operator.close(), ...instances.map((instance) => instance.close())]);
    await bank?.close();
    await observer.end();
  }
}

async function resetUntil(
  over: () => boolean,
  instances: [Instance, ...Instance[]],
  random: Random,
  count: (what: string) => void,
): Promise<void> {
  while (!over()) {
    const answer = await fetch(`${random.of(instances).url}/api/items/${random.of(ITEMS)}/reset`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ quantity: random.between(...UNITS) }),
      signal: AbortSignal.timeout(5_000),
    }).catch(() => undefined);
    if (answer?.ok) count("reset");
    await sleep(answer?.ok ? random.between(RESET_EVERY / 2, RESET_EVERY) : 200);
  }
}

/** What is left when it should be quiet; undefined when nothing is held, due or under way any more. */
async function quiet(observer: pg.Client, within: number): Promise<string | undefined> {
  for (const end = performance.now() + within; ; await sleep(200)) {
    const { rows } = await observer.query<{ what: string }>(`
      SELECT format('%s held of %s', held, item_id) AS what FROM stock WHERE held > 0
      UNION ALL SELECT format('%s of %s: %s', kind, subject, last_error) FROM tasks WHERE done_at IS NULL
      UNION ALL SELECT format('payment %s of %s is under way', session, order_id) FROM test_bank.payments WHERE intent_status = 'processing'
      UNION ALL SELECT format('event %s of the bank', id) FROM test_bank.events WHERE state = 'due'`);
    if (rows.length === 0) return undefined;
    if (performance.now() > end) return rows.map(({ what }) => what).join("; ");
  }
}
