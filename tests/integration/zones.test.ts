/** Times are right whatever zone the machine, the server, the database or the role has as its own, and whatever the shop's own clock says. */
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterEach, expect, test } from "vitest";
import { connect, type Database } from "#app/db.server.ts";
import { type Shop, startShop, until, Visitor } from "#harness/shop.ts";
import { cloneDatabase, dropDatabase } from "../setup/clone-database.ts";
import { items } from "../setup/items.ts";
import { Operator, PASSWORD } from "../setup/signed-in.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Zones behind and ahead of UTC, one by half an hour; two of them have summer time. */
const ZONES = ["America/Los_Angeles", "Asia/Kolkata", "Europe/Berlin"];

/** Written with these digits in a session of another zone, a time would come back as another, or be one of two. */
const MOMENTS = [
  "2027-03-14T02:30:00.000Z", // an hour that Los Angeles does not have
  "2027-03-28T02:30:00.000Z", // one that Berlin does not have
  "2027-10-31T00:30:00.000Z", // 02:30 in Berlin, for the first time
  "2027-10-31T01:30:00.000Z", // 02:30 in Berlin, for the second time
  "2027-10-31T02:30:00.000Z", // its digits are those of an hour that Berlin has twice
  "2027-11-07T01:30:00.000Z", // the same for Los Angeles
  "2027-11-07T08:30:00.000Z", // 01:30 in Los Angeles, for the first time
  "2027-11-07T09:30:00.123Z", // 01:30 in Los Angeles, for the second time
];

/** A seeded database with defaults of its own, as its operator or its provider may have set them. */
async function databaseWith(...settings: string[]): Promise<string> {
  const name = `zone_${randomUUID().replaceAll("-", "")}`;
  const url = await cloneDatabase(name);
  closing.push(() => dropDatabase(name));
  await query(url, settings.map((setting) => `ALTER DATABASE ${name} SET ${setting}`).join(";"));
  return url;
}

/** Asked of the database itself: seconds since 1970 have no zone. */
async function query<Row extends pg.QueryResultRow>(url: string, sql: string, values?: unknown[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

function open(url: string): Database {
  const client = connect(url, 2);
  closing.push(() => client.$disconnect());
  return client;
}

async function start(settings: Record<string, string | undefined>): Promise<Shop> {
  const shop = await startShop(settings);
  closing.push(() => shop.stop());
  return shop;
}

const inMinutes = (minutes: number) => new Date(Math.round(Date.now() / 1_000) * 1_000 + minutes * 60_000);

function itemOpening(id: string, opensAt: Date): string {
  return JSON.stringify({
    id,
    name: "Hawk Moth",
    picture: "/items/moon-moth.svg",
    pictureAlt: "A moth.",
    price: { amount: 900, currency: "EUR" },
    quantity: 2,
    opensAt,
  });
}

/** Adds an item that opens in ten minutes, and finds it closed; buys one that is open, and is told when. */
async function expectTrueTimes(shop: Shop, databaseUrl: string, settings: Record<string, string | undefined>) {
  const opensAt = inMinutes(10);
  const later = await items(["add", "-"], settings, itemOpening("later", opensAt));
  expect(later).toMatchObject({
    code: 0,
    said: expect.arrayContaining([expect.stringContaining("not open")]) as string[],
  });
  const stored = await query<{ at: number }>(
    databaseUrl,
    "SELECT extract(epoch FROM opens_at)::float8 * 1000 AS at FROM items WHERE id = 'later'",
  );
  expect(stored).toEqual([{ at: opensAt.getTime() }]);
  const refused = await new Visitor(shop.url).buyByJson("later", randomUUID());
  expect([refused.status, await refused.json()]).toMatchObject([409, { type: "urn:lastone:problem:not-open" }]);
  const page = await (await fetch(`${shop.url}/items/later`)).text();
  expect(page).toContain(opensAt.toISOString());

  const [from] = await query<{ at: number }>(
    databaseUrl,
    "SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS at",
  );
  const bought = await new Visitor(shop.url).buyByJson("moon-moth", randomUUID());
  const { order } = (await bought.json()) as { order: { id: string; placedAt: string } };
  const [placed] = await query<{ order: number; line: number; now: number }>(
    databaseUrl,
    `SELECT extract(epoch FROM placed_at)::float8 * 1000 AS "order", extract(epoch FROM movements.created_at)::float8 * 1000 AS line,
            extract(epoch FROM clock_timestamp())::float8 * 1000 AS now
     FROM orders JOIN movements ON order_id = orders.id WHERE orders.id = $1`,
    [order.id],
  );
  // The table keeps milliseconds, rounded.
  expect(placed?.order).toBeGreaterThan((from?.at ?? NaN) - 1);
  expect(placed?.order).toBeLessThan((placed?.now ?? NaN) + 1);
  expect(placed?.line).toBe(placed?.order);
  expect(new Date(order.placedAt).getTime()).toBe(placed?.order);
}

// The third zone is that of the machine below.
test.each([["timezone = 'America/Los_Angeles'"], ["timezone = 'Asia/Kolkata'", "datestyle = 'German'"]])(
  "on a database with %s an item opens when it was told to, and an order was placed when it was",
  { timeout: 60_000 },
  async (...defaults) => {
    const DATABASE_URL = await databaseWith(...defaults);
    await expectTrueTimes(await start({ DATABASE_URL }), DATABASE_URL, { DATABASE_URL });
  },
);

test(
  "a first start on a machine in Berlin makes a database in UTC, and all its times are right",
  { timeout: 60_000 },
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "lastone-zone-"));
    closing.push(() => rm(folder, { recursive: true, force: true }));
    const settings = { DATA_DIR: folder, DATABASE_URL: undefined, COOKIE_SECRET: undefined, TZ: "Europe/Berlin" };
    const shop = await start(settings);
    const configuration = await readFile(path.join(folder, "postgres/postgresql.conf"), "utf8");
    expect(configuration.match(/^(log_)?timezone = .*$/gm)).toEqual(["log_timezone = UTC", "timezone = UTC"]);
    const [password, pidFile] = await Promise.all(
      ["postgres-password", "postgres/postmaster.pid"].map((file) => readFile(path.join(folder, file), "utf8")),
    );
    const databaseUrl = `postgresql://lastone:${password}@127.0.0.1:${pidFile?.split("\n")[3]}/lastone`;
    await expectTrueTimes(shop, databaseUrl, settings);
  },
);

// The styles in which a server may write a date that the shop's parsers would take for another, or for none.
test.each([...ZONES.map((zone) => `timezone = '${zone}'`), "datestyle = 'SQL, DMY'", "datestyle = 'German'"])(
  "with %s what is written and read over a change of summer time is the same moment",
  async (setting) => {
    const url = await databaseWith(setting);
    const client = open(url);
    for (const moment of MOMENTS) {
      const written = new Date(moment);
      await client.$executeRaw`UPDATE items SET opens_at = ${written} WHERE id = 'moon-moth'`;
      const stored = await query(
        url,
        "SELECT extract(epoch FROM opens_at)::float8 * 1000 AS at FROM items WHERE id = 'moon-moth'",
      );
      expect([moment, stored]).toEqual([moment, [{ at: written.getTime() }]]);
      const read = await client.$queryRaw`SELECT opens_at AS at FROM items WHERE id = 'moon-moth'`;
      expect([moment, read]).toEqual([moment, [{ at: written }]]);
    }
  },
);

/** Of a process whose own clock is. */
const AN_HOUR_FAST = `--import=data:text/javascript,${encodeURIComponent(`
  const Right = Date;
  globalThis.Date = class extends Right {
    constructor(...given) { super(...(given.length === 0 ? [Right.now() + 3_600_000] : given)); }
    static now() { return Right.now() + 3_600_000; }
  };`)}`;

test("a shop whose own clock is an hour fast tells the database's time: with its pages, in pings, and to whoever accepts JSON", async () => {
  const { url, output } = await start({ NODE_OPTIONS: AN_HOUR_FAST, ACCESS_LOG: "1" });
  const page = await (await fetch(`${url}/items/moon-moth`)).text();
  expect(minutesFrom(/<time dateTime="([^"]+)"/.exec(page)?.[1])).toBe(0);
  const accepts = { headers: { Accept: "application/json" } };
  const { now } = (await (await fetch(`${url}/live`, accepts)).json()) as { now: string };
  expect(minutesFrom(now)).toBe(0);
  const leave = new AbortController();
  const stream = (await fetch(`${url}/live?items=moon-moth`, { signal: leave.signal })).body?.getReader();
  let said = "";
  while (!said.includes("event: ping")) said += Buffer.from((await stream?.read())?.value ?? []).toString();
  leave.abort();
  expect(minutesFrom(/"now":"([^"]+)"/.exec(said)?.[1])).toBe(0);
  // The control: its log goes by its own clock.
  const logged = () => /"at":"([^"]+)","event":"request"/.exec(output())?.[1];
  await until(() => logged() !== undefined);
  expect(minutesFrom(logged())).toBe(60);
});

test("on a shop whose own clock is an hour fast, what opens in half an hour is ahead to its operator, too", async () => {
  const DATABASE_URL = await databaseWith("timezone = 'Asia/Kolkata'");
  const { url } = await start({ DATABASE_URL, NODE_OPTIONS: AN_HOUR_FAST, OPERATOR_PASSWORD: PASSWORD });
  const opensAt = new Date(Math.ceil(Date.now() / 60_000 + 30) * 60_000);
  await query(DATABASE_URL, "UPDATE items SET opens_at = $1 WHERE id = 'moon-moth'", [opensAt]);
  const ann = await Operator.signIn(url);
  const pageOf = async (path: string) => (await ann.fetch(`/operator/items${path}`)).text();
  const copy = await pageOf("/new?copy=moon-moth");
  expect(/<input(?=[^>]*name="opensAt")[^>]*value="([^"]*)"/.exec(copy)?.[1]).toBe(opensAt.toISOString().slice(0, 16));
  for (const path of ["", "/moon-moth"]) expect(await pageOf(path)).toMatch(/opens in \d+ minutes/);
});

/** From now, whole ones. */
function minutesFrom(told: string | null | undefined): number {
  return Math.abs(Math.round((new Date(told ?? NaN).getTime() - Date.now()) / 60_000));
}
