/** One run: opens the shop, lets everyone act while faults happen, settles what stayed unknown, and reads the database. */
import { createWriteStream, mkdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { until } from "#harness/shop.ts";
import { type Break, type Control, CONTROLS } from "./controls.ts";
import { both, compareClocks, readPrices, readMoments, readState, sessionsOf } from "./database.ts";
import { Saboteur } from "./faults.ts";
import type { DatabaseState, Fault, History } from "./history.ts";
import { Instance } from "./instance.ts";
import { OperatorProgram } from "./operator-program.ts";
import {
  buyUntil,
  lineUpUntil,
  readUntil,
  repriceUntil,
  resetUntil,
  type Restock,
  restockUntil,
  settle,
  undecided,
} from "./people.ts";
import { Random } from "./random.ts";
import { ShopFront } from "./shop.ts";
import { Watcher } from "./watch.ts";

const BUYERS = 12;
const COOKIE_SECRET = "known-to-the-history-harness-only";
/** Milliseconds. */
const CLOCKS_EVERY = 10_000;
const OVERTIME = 180_000;
/** Within which streams are told how it stands when nothing happens any more: an instance that lost its connection needs some seconds. */
const LAST_NEWS = 20_000;

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
  /** Whether so much has happened that the run may end when its time is up. What it is asked about goes on meanwhile. */
  enough: (soFar: Recording) => boolean;
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
  enough,
  say = () => undefined,
}: RunOptions): Promise<Recording> {
  mkdirSync(path.dirname(report), { recursive: true });
  const lines = createWriteStream(`${report}.jsonl`);
  const write = (line: unknown) => lines.write(`${JSON.stringify(line)}\n`);
  const random = new Random(seed);
  const instances: Instance[] = [];
  const watchers: Watcher[] = [];
  const observer = new pg.Client({ connectionString: databaseUrl, application_name: "history observer" });
  observer.on("error", () => undefined); // its queries fail by themselves when the server is stopped
  const holder = new pg.Client({ connectionString: databaseUrl, application_name: "history holder" });
  holder.on("error", () => undefined);
  await Promise.all([observer.connect(), holder.connect()]);
  const operator = new OperatorProgram(databaseUrl, COOKIE_SECRET);

  try {
    const broken: Break = control ? CONTROLS[control] : { says: "nothing" };
    for (const statement of broken.drop ?? []) await observer.query(statement);
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
      if (broken.restocks === "twice") await operator.restock(item, units);
      return operator.restock(item, units);
    };
    const prices = await readPrices(observer);
    watchers.push(...instances.map((instance) => new Watcher(instance, shop)));
    const watching = Promise.all(watchers.map((watcher) => watcher.watch()));

    let clock = await compareClocks(observer);
    const began = performance.now();
    const soFar = async (): Promise<Recording> => {
      const { purchases, changes, repricings, readings, told } = shop;
      const acts = { purchases, changes, repricings, readings, told, faults };
      // Copied before the database is read, which then has all that was answered, and perhaps more.
      const copies = Object.fromEntries(Object.entries(acts).map(([name, all]) => [name, [...all]])) as typeof acts;
      const history = { seed, clock, began, quiet: performance.now(), prices, untold: [], ...copies };
      return { history, database: { ...(await readState(observer)), findings: [] } };
    };
    let ended = false;
    const over = () => ended;
    const people = Promise.all([
      ...Array.from({ length: BUYERS }, () => buyUntil(over, shop, random.fork())),
      restockUntil(over, shop, restock, random.fork()),
      repriceUntil(over, shop, operator.reprice, random.fork()),
      resetUntil(over, shop, random.fork()),
      readUntil(over, shop, random.fork()),
      lineUpUntil(over, shop, holder, random.fork()),
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
      // A slow machine takes longer to have seen enough.
      await until(async () => enough(await soFar()), undefined, OVERTIME).catch(() => undefined);
    } finally {
      ended = true;
      await people;
      await shop.allAnswered();
    }

    const untold = await lastNews(watchers, observer);
    for (const watcher of watchers) watcher.leave();
    await watching;

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

    const findings = await operator.audit();
    clock = both(clock, await compareClocks(observer));
    write({ type: "run", seed, control, clock, began, quiet });
    const { history, database } = await soFar();
    return { history: { ...history, quiet, untold }, database: { ...database, findings } };
  } finally {
    for (const watcher of watchers) watcher.leave();
    await Promise.all([operator.close(), ...instances.map((instance) => instance.close())]);
    await Promise.all([observer.end(), holder.end()]);
    lines.end();
  }
}

/** Waits until each watcher was told of each item how it stands; what was not told in time is returned. */
async function lastNews(watchers: Watcher[], observer: pg.Client): Promise<History["untold"]> {
  let untold: History["untold"] = [];
  const allTold = async () => {
    const moments = await readMoments(observer);
    untold = watchers.flatMap((watcher) =>
      moments.flatMap(({ id, version, edition }) => {
        const last = watcher.last(id);
        const isTold = last?.version === version && last.edition === edition;
        return isTold ? [] : [{ instance: watcher.instance.name, item: id, last }];
      }),
    );
    return untold.length === 0;
  };
  await until(allTold, undefined, LAST_NEWS).catch(() => undefined);
  return untold;
}
