/** One run: opens the shop, lets everyone act while faults happen, settles what stayed unknown, and reads the database. */
import { createWriteStream, mkdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { until } from "#harness/shop.ts";
import { type Control, CONTROLS } from "./controls.ts";
import { both, compareClocks, readState, sessionsOf } from "./database.ts";
import { Saboteur } from "./faults.ts";
import { type DatabaseState, type Fault, FAULTS, type History } from "./history.ts";
import { Instance } from "./instance.ts";
import { buyUntil, resetUntil, type Restock, restockUntil, settle, undecided } from "./people.ts";
import { Random } from "./random.ts";
import { ShopFront } from "./shop.ts";
import { missing, tally } from "./summary.ts";

const BUYERS = 12;
const COOKIE_SECRET = "known-to-the-history-harness-only";
/** Milliseconds. */
const CLOCKS_EVERY = 10_000;
const OVERTIME = 60_000;

export interface RunOptions {
  /** A migrated and seeded database of this run's own. */
  databaseUrl: string;
  seed: number;
  seconds: number;
  instances: number;
  /** A shop that is broken in this way, without faults. */
  control?: Control;
  /** Where the lines of the history and what the instances print go: the beginning of the files' names. */
  report: string;
  say?: (line: string) => void;
}

export interface Recording {
  history: History;
  database: DatabaseState;
}

export async function record({
  databaseUrl,
  seed,
  seconds,
  instances: count,
  control,
  report,
  say = () => undefined,
}: RunOptions): Promise<Recording> {
  mkdirSync(path.dirname(report), { recursive: true });
  const lines = createWriteStream(`${report}.jsonl`);
  const write = (line: unknown) => lines.write(`${JSON.stringify(line)}\n`);
  const random = new Random(seed);
  const instances: Instance[] = [];
  const observer = new pg.Client({ connectionString: databaseUrl, application_name: "history observer" });
  observer.on("error", () => undefined); // its queries fail by themselves when the server is stopped
  await observer.connect();
  const shopModules = await importShop(databaseUrl);
  const operator = shopModules.connect(databaseUrl, 2);

  try {
    if (control) for (const statement of CONTROLS[control].drop) await observer.query(statement);
    const opened = Array.from({ length: count }, (_, index) =>
      Instance.open({
        name: `history ${"ab"[index]}`,
        databaseUrl,
        cookieSecret: COOKIE_SECRET,
        control,
        logFile: `${report}.${"ab"[index]}.log`,
      }).then((instance) => instances.push(instance)),
    );
    await Promise.all(opened);
    const shop = new ShopFront(instances as [Instance, ...Instance[]], COOKIE_SECRET, write);
    const faults: Fault[] = [];
    const saboteur = new Saboteur(
      observer,
      random.fork(),
      (fault) => {
        faults.push(fault);
        write(fault);
      },
      say,
    );
    const restock: Restock = async (item, units) => {
      const change = await shopModules.restockItem(item, units, { client: operator });
      return change.kind === "done" ? change.stock : undefined;
    };

    let clock = await compareClocks(observer);
    const began = performance.now();
    let ended = false;
    const over = () => ended;
    const people = Promise.all([
      ...Array.from({ length: BUYERS }, () => buyUntil(over, shop, random.fork())),
      restockUntil(over, shop, restock, random.fork()),
      resetUntil(over, shop, random.fork()),
      (async () => {
        for (let last = began; !over(); await sleep(100)) {
          if (performance.now() - last < CLOCKS_EVERY) continue;
          last = performance.now();
          clock = both(clock, await compareClocks(observer));
          say(`${Math.round((last - began) / 1_000)} s: ${shop.purchases.length} purchases, ${faults.length} faults`);
        }
      })(),
    ]);
    // Awaited below, when the time is up: what fails before then must not end the program.
    people.catch(() => undefined);
    const timeIsUp = () => performance.now() - began >= seconds * 1_000;
    try {
      await Promise.all([sleep(seconds * 1_000), control ? undefined : saboteur.strikeUntil(timeIsUp, shop.instances)]);
      // A slow machine takes longer to have seen enough of what people do. A fault that has not come by now is not tried again.
      const enough = () =>
        missing(tally({ purchases: shop.purchases, changes: shop.changes, faults }), !control).every(
          (name) => name in FAULTS,
        );
      await until(enough, undefined, OVERTIME).catch(() => undefined);
    } finally {
      ended = true;
      await people;
      await shop.allAnswered();
    }

    // An end in order, so that nothing is under way any more: what is unknown now stays as it is until it is asked for.
    await Promise.all(instances.map((instance) => instance.end()));
    await until(
      async () =>
        (await sessionsOf(
          instances.map(({ name }) => name),
          observer,
        )) === 0,
    );
    const quiet = performance.now();
    const open = undecided(shop);
    if (open.length > 0) {
      await Promise.all(instances.map((instance) => instance.start()));
      await settle(open, shop);
      await Promise.all(instances.map((instance) => instance.end()));
    }

    const { findings } = await shopModules.audit(databaseUrl);
    const database = { ...(await readState(observer)), findings };
    clock = both(clock, await compareClocks(observer));
    write({ type: "run", seed, control, clock, began, quiet });
    return {
      history: { seed, clock, began, quiet, purchases: shop.purchases, changes: shop.changes, faults },
      database,
    };
  } finally {
    await Promise.all(instances.map((instance) => instance.close()));
    // What the restocks were announced over: left open, it would tell that the database has ended.
    await Promise.all([operator.$disconnect(), shopModules.disconnect()]);
    await observer.end();
    lines.end();
  }
}

/** The shop's own modules read their settings when they are loaded. */
async function importShop(databaseUrl: string) {
  process.env.DATABASE_URL ??= databaseUrl;
  process.env.COOKIE_SECRET ??= COOKIE_SECRET;
  const [{ connect, disconnect }, { restockItem }, { audit }] = await Promise.all([
    import("#app/db.server.ts"),
    import("#app/shop/stocking.server.ts"),
    import("#app/shop/audit.server.ts"),
    // Loaded, it carries the restocks to the instances.
    import("#app/live/announce.server.ts"),
  ]);
  return { connect, disconnect, restockItem, audit };
}
