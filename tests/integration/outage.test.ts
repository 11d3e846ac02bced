/** What goes on, and what is said, when purchases wait for their rows, or the database is away. */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect } from "#app/db.server.ts";
import { type Shop, startShop, until, Visitor } from "#harness/shop.ts";
import { startProxy, type SwitchableProxy } from "#harness/switchable-proxy.ts";

/** Milliseconds in which a slow machine finds a moment, too: less than a test may take, so that a failure says what it waited for. */
const LONG_ENOUGH = 20_000;
let proxy: SwitchableProxy;
let shop: Shop;

beforeAll(async () => {
  proxy = await startProxy(process.env.DATABASE_URL ?? "");
  shop = await startShop({ DATABASE_URL: proxy.url });
});
afterAll(async () => {
  await shop.stop();
  proxy.close();
});

test("whoever presses then is told that nothing was bought, with the same attempt to press again; whoever only looks, that the shop is away", async () => {
  const buyer = new Visitor(shop.url);
  const key = await buyer.openItem("night-ferry");
  proxy.off();
  await until(async () => (await fetch(`${shop.url}/readyz`)).status === 503);

  const pressed = await buyer.pressBuy("night-ferry", { key });
  expect([pressed.status, pressed.headers.has("Retry-After")]).toEqual([503, true]);
  const html = await pressed.text();
  expect(html).toContain('data-message="busy"');
  expect(html).toContain(`name="key" value="${key}"`);
  expect(await (await buyer.fetch("/items/night-ferry")).text()).toContain("We’ll be back");

  proxy.on();
  await until(async () => (await fetch(`${shop.url}/readyz`)).status === 200);
  expect((await buyer.pressBuy("night-ferry", { key })).status).toBe(303);
});

test("a database that falls silent takes no connection for good: pages are answered, and all is right when it speaks again", async () => {
  // As many at once as there are connections, so that each of them is a silent one.
  const pages = () =>
    Promise.all(
      Array.from({ length: 20 }, () => fetch(`${shop.url}/api/orders/${randomUUID()}`).then(({ status }) => status)),
    );
  expect(new Set(await pages())).toEqual(new Set([404]));
  proxy.hush();
  // Whether by a connection that was silent, or by a new one, which is not.
  for (const status of await pages()) expect([404, 503]).toContain(status);
  expect(new Set(await pages())).toEqual(new Set([404]));
  // A till that has met a silent connection says busy, and the connection is given up.
  const [buyer, key] = [new Visitor(shop.url), randomUUID()];
  await until(async () => (await buyer.buyByJson("tin-comet", key)).status === 201, undefined, 10_000);
  proxy.off(); // lets go of the silent connections
  proxy.on();
});

test("a database that takes nothing that is written is not ready for buyers", async () => {
  const database = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await database.connect();
  const readyz = async () => (await fetch(`${shop.url}/readyz`)).status;
  try {
    await until(async () => (await readyz()) === 200);
    // Its sessions are told when they begin, so they are begun anew: as after a failover to a standby.
    const begunAnew = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'lastone'`;
    const { name } = (await database.query<{ name: string }>("SELECT current_database() AS name")).rows[0] ?? {
      name: "",
    };
    await database.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    await database.query(begunAnew);
    await until(async () => (await readyz()) === 503);
    expect((await new Visitor(shop.url).buyByJson("tin-comet", randomUUID())).status).toBe(503);
    await database.query("SET default_transaction_read_only = off");
    await database.query(`ALTER DATABASE ${name} RESET default_transaction_read_only`);
    await database.query(begunAnew);
    await until(async () => (await readyz()) === 200);
  } finally {
    await database.end();
  }
});

test("purchases of what there is not take no connection from those that sell", async () => {
  const small = await startShop({ DATABASE_POOL: "2" });
  try {
    await until(async () => (await fetch(`${small.url}/readyz`)).status === 200);
    await until(
      () =>
        duringPurchases(small, ["night-ferry"], async () => {
          const answers = await Promise.all(
            Array.from({ length: 20 }, (_, index) =>
              new Visitor(small.url).buyByJson(`nothing-${index}`, randomUUID()),
            ),
          );
          expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
        }),
      undefined,
      LONG_ENOUGH,
    );
  } finally {
    await small.stop();
  }
});

test("purchases that wait take no connection from the pages", async () => {
  // One connection to sell, one for everything else.
  const small = await startShop({ DATABASE_POOL: "2" });
  try {
    await until(
      () =>
        duringPurchases(small, ["night-ferry", "tin-comet"], async () => {
          expect((await fetch(`${small.url}/api/items`)).status).toBe(200);
        }),
      undefined,
      LONG_ENOUGH,
    );
  } finally {
    await small.stop();
  }
});

/**
 * Holds the items' rows, lets somebody buy each, and does something meanwhile. Whether nobody had been answered when that was
 * done: the shop gives up a row after 1.5 s, so on a slow machine it is worth another try.
 */
async function duringPurchases({ url }: Shop, itemIds: string[], act: () => Promise<void>): Promise<boolean> {
  const holder = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await holder.connect();
  try {
    await holder.query("BEGIN");
    await holder.query("SELECT 1 FROM stock WHERE item_id = ANY($1) ORDER BY item_id FOR UPDATE", [itemIds]);
    let answered = 0;
    const buying = itemIds.map((itemId) =>
      new Visitor(url).buyByJson(itemId, randomUUID()).finally(() => (answered += 1)),
    );
    await until(async () => {
      await holder.query("SELECT pg_stat_clear_snapshot()"); // a transaction sees one and the same activity otherwise
      return (
        ((
          await holder.query(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FOR UPDATE%'",
          )
        ).rowCount ?? 0) > 0
      );
    });
    await act();
    const noneYet = answered === 0;
    await holder.query("ROLLBACK");
    await Promise.all(buying);
    return noneYet;
  } finally {
    await holder.end();
  }
}

test("a session has the shop's limits, also where the connection string brings options of its own, and never confirms before the disk has it", async () => {
  const url = new URL(process.env.DATABASE_URL ?? "");
  url.searchParams.set("options", "-c search_path=public -c synchronous_commit=off");
  const client = connect(url.href, 1);
  const [session] = await client.$queryRaw<unknown[]>`
    SELECT current_setting('lock_timeout') AS "lock", current_setting('statement_timeout') AS "statement", current_setting('idle_in_transaction_session_timeout') AS "idle",
           current_setting('client_connection_check_interval') AS "check", current_setting('synchronous_commit') AS "commit", current_setting('search_path') AS "path"`;
  await client.$disconnect();
  expect(session).toEqual({ lock: "1500ms", statement: "3s", idle: "5s", check: "1s", commit: "on", path: "public" });
});
