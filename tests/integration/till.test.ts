/**
 * The narrow cases of a till, one after the other: a second connection holds the row, the test sees the waiter in
 * pg_stat_activity, and lets go.
 */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { connect, type Database, db } from "#app/db.server.ts";
import { listItems } from "#app/shop/catalogue.server.ts";
import { audit } from "#app/shop/audit.server.ts";
import { onPublished } from "#app/shop/memory.server.ts";
import type { PurchaseOutcome } from "#app/shop/outcome.ts";
import { purchase } from "#app/shop/purchase.server.ts";
import { Tills } from "#app/shop/tills.server.ts";
import { resetItem, restockItem } from "#app/shop/stocking.server.ts";
import { until } from "#harness/shop.ts";
import { startProxy, type SwitchableProxy } from "#harness/switchable-proxy.ts";

const ITEM = "night-ferry";
let holder: pg.Client;
let proxy: SwitchableProxy;
let client: Database;
let tills: Tills;

beforeAll(async () => {
  holder = new pg.Client({ connectionString: process.env.DATABASE_URL, application_name: "holder" });
  await holder.connect();
  proxy = await startProxy(process.env.DATABASE_URL ?? "");
});
beforeEach(async () => {
  proxy.on();
  // Patient, so that a slow machine may take its time between seeing the waiter and letting go.
  client = connect(proxy.url, 5, { lock_timeout: 5_000, statement_timeout: 5_000 });
  tills = new Tills(client);
  await resetItem(ITEM, 60);
});
afterEach(async () => {
  // A test that failed while it held the row must not fail the next one, too.
  await holder.query("ROLLBACK");
  await client.$disconnect();
  expect((await audit()).findings).toEqual([]);
});
afterAll(async () => {
  await holder.end();
  proxy.close();
});

const wish = (itemId = ITEM) => ({ itemId, buyerId: randomUUID(), key: randomUUID(), quantity: 1 });
const kinds = (outcomes: { kind: string }[]) => outcomes.map(({ kind }) => kind).sort();
const ordersOf = (buyerId: string) => db.order.count({ where: { buyerId } });

async function hold(itemId = ITEM): Promise<void> {
  await holder.query("BEGIN");
  await holder.query("SELECT 1 FROM stock WHERE item_id = $1 FOR UPDATE", [itemId]);
}

/** The shop's sessions that wait for an item's row. */
async function waiting(): Promise<number[]> {
  const rows = await db.$queryRaw<{ pid: number }[]>`
    SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'lastone' AND wait_event_type = 'Lock' AND query LIKE '%FOR UPDATE%'`;
  return rows.map(({ pid }) => pid);
}

/** The shop's sessions that are not idle, the asking one aside. */
function atWork(): Promise<unknown[]> {
  return db.$queryRaw`
    SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'lastone' AND state <> 'idle' AND pid <> pg_backend_pid()`;
}

test("however many wait for a hot item, one connection waits for its row; pages and other items go on", async () => {
  await hold();
  const crowd = Array.from({ length: 500 }, () => purchase(wish(), tills));
  await until(async () => (await waiting()).length > 0);
  expect(await waiting()).toHaveLength(1);
  expect(await listItems()).toHaveLength(6);
  expect((await purchase(wish("clay-whistle"), tills)).kind).toBe("purchased");
  // The whistle's sale is still being announced for a moment; then the crowd's one connection is the only one at work.
  await until(async () => (await atWork()).length === 1);
  await holder.query("COMMIT");
  const outcomes = await Promise.all(crowd);
  expect(kinds(outcomes)).toEqual([...Array<string>(60).fill("purchased"), ...Array<string>(440).fill("sold_out")]);
  // In order of arrival: the first sixty to press are those who have it, with the numbers in their order.
  expect(outcomes.slice(0, 60).map((outcome) => ("order" in outcome ? outcome.order.number : 0))).toEqual(
    Array.from({ length: 60 }, (_, index) => index + 1),
  );
});

test("the look-up by key sees what was committed while its transaction waited for the row", async () => {
  await hold();
  const attempt = { itemId: ITEM, key: randomUUID(), quantity: 1, namelessBuyerIds: [randomUUID()] };
  // The same attempt at two instances: without a cookie, so that no unique rule of the database stands behind the look-up, and with one.
  const nameless = purchase({ ...attempt, buyerId: attempt.namelessBuyerIds[0] ?? "" }, tills);
  await until(async () => (await waiting()).length === 1);
  const named = purchase({ ...attempt, buyerId: randomUUID() }, new Tills(client));
  await until(async () => (await waiting()).length === 2);
  await holder.query("COMMIT");
  expect([(await nameless).kind, (await named).kind]).toEqual(["purchased", "repeated"]);
  expect(await db.order.count({ where: { key: attempt.key } })).toBe(1);
});

test("a buyer's limit counts what another till gave the same buyer while this one waited for the row", async () => {
  // Six for each buyer: three are held, and there is room for one of the two that ask for two more.
  await resetItem("clay-whistle", 24);
  const buyerId = randomUUID();
  const more = (quantity: number) => ({ ...wish("clay-whistle"), buyerId, quantity });
  expect((await purchase(more(3), tills)).kind).toBe("purchased");
  await hold("clay-whistle");
  const first = purchase(more(2), tills);
  await until(async () => (await waiting()).length === 1);
  const second = purchase(more(2), new Tills(client));
  await until(async () => (await waiting()).length === 2);
  await holder.query("COMMIT");
  expect([(await first).kind, (await second).kind]).toEqual(["purchased", "limit_reached"]);
  expect(await db.order.aggregate({ where: { buyerId }, _sum: { quantity: true } })).toEqual({ _sum: { quantity: 5 } });
});

test("an item that opens while its buyer waits for the row is open", async () => {
  await db.$executeRaw`UPDATE items SET opens_at = clock_timestamp() + interval '300 milliseconds' WHERE id = 'paper-garden'`;
  await hold("paper-garden");
  const bought = purchase(wish("paper-garden"), tills);
  await until(async () => (await waiting()).length > 0);
  await until(
    async () =>
      (await db.$queryRaw<unknown[]>`SELECT 1 FROM items WHERE id = 'paper-garden' AND opens_at <= clock_timestamp()`)
        .length > 0,
  );
  await holder.query("COMMIT");
  expect((await bought).kind).toBe("purchased");
  await db.$executeRaw`UPDATE items SET opens_at = clock_timestamp() + interval '7 days' WHERE id = 'paper-garden'`;
});

test("an item that closes while its buyer waits for the row has closed", async () => {
  await db.$executeRaw`UPDATE items SET closes_at = clock_timestamp() + interval '300 milliseconds' WHERE id = ${ITEM}`;
  await hold();
  const refused = purchase(wish(), tills);
  await until(async () => (await waiting()).length > 0);
  await until(
    async () =>
      (await db.$queryRaw<unknown[]>`SELECT 1 FROM items WHERE id = ${ITEM} AND closes_at <= clock_timestamp()`)
        .length > 0,
  );
  await holder.query("COMMIT");
  expect((await refused).kind).toBe("closed");
  await db.$executeRaw`UPDATE items SET closes_at = NULL WHERE id = ${ITEM}`;
});

test("the answer to COMMIT is lost: the sale is found by its key, and is not made twice", async () => {
  await purchase(wish(), tills);
  const lost: number[] = [];
  const stop = proxy.loseAnswersToCommit(() => {
    lost.push(1);
    stop();
  });
  const [one, two] = [wish(), wish()];
  const wishes = [one, two, one];
  const outcomes = await Promise.all(wishes.map((each) => purchase(each, tills)));
  expect(lost).toEqual([1]);
  // Found again by the second try, they are still these buyers' first orders; only the twin is a repeat.
  expect(outcomes.map(({ kind }) => kind)).toEqual(["purchased", "purchased", "repeated"]);
  expect(await Promise.all([one, two].map(({ buyerId }) => ordersOf(buyerId)))).toEqual([1, 1]);
});

test("the connection is reset in place of the answer to COMMIT: the same", async () => {
  await purchase(wish(), tills);
  const each = wish();
  const stop = proxy.loseAnswersToCommit(() => stop(), { reset: true });
  expect((await purchase(each, tills)).kind).toBe("purchased");
  expect(await ordersOf(each.buyerId)).toBe(1);
});

test("the answer to COMMIT is lost and the database is away: busy, uncertain; pressed again it is the same order", async () => {
  await purchase(wish(), tills);
  const stop = proxy.loseAnswersToCommit(() => proxy.off());
  const each = wish();
  expect(await purchase(each, tills)).toMatchObject({ kind: "busy", certain: false });
  stop();
  proxy.on();
  expect(await ordersOf(each.buyerId)).toBe(1);
  expect((await purchase(each, tills)).kind).toBe("repeated");
});

test("pressed again while the database is away, a request that bought nothing does not speak for the one before", async () => {
  await purchase(wish(), tills);
  const stop = proxy.loseAnswersToCommit(() => proxy.off());
  const each = wish();
  expect(await purchase(each, tills)).toMatchObject({ kind: "busy", certain: false });
  stop();
  // Certain of itself alone, which is what the page and the API say.
  expect(await purchase(each, tills)).toMatchObject({ kind: "busy", certain: true });
  proxy.on();
  expect((await purchase(each, tills)).kind).toBe("repeated");
});

test("a database that says nothing at all keeps nobody waiting for ever, and the till goes on", async () => {
  await purchase(wish(), tills);
  await hold();
  const each = wish();
  const silent = purchase(each, tills);
  await until(async () => (await waiting()).length > 0);
  proxy.hush();
  await holder.query("COMMIT");
  // The connection was given up, and another one told how it had ended.
  expect((await silent).kind).toBe("purchased");
  expect((await purchase(wish(), tills)).kind).toBe("purchased");
  expect((await purchase(each, tills)).kind).toBe("repeated");
  expect(await ordersOf(each.buyerId)).toBe(1);
  proxy.off(); // lets go of the silent connections
});

test("the database is away before anything was written: busy, and certain that nothing was bought", async () => {
  proxy.off();
  const each = wish();
  expect(await purchase(each, tills)).toMatchObject({ kind: "busy", certain: true });
  proxy.on();
  expect(await ordersOf(each.buyerId)).toBe(0);
});

test("a session that is killed under a batch costs nobody anything", async () => {
  await hold();
  const crowd = Array.from({ length: 20 }, () => purchase(wish(), tills));
  await until(async () => (await waiting()).length > 0);
  const [pid] = await waiting();
  const { rows } = await holder.query<{ killed: boolean }>("SELECT pg_terminate_backend($1) AS killed", [pid]);
  expect(rows).toEqual([{ killed: true }]);
  await holder.query("COMMIT");
  expect(kinds(await Promise.all(crowd))).toEqual(Array<string>(20).fill("purchased"));
});

test("one whose key another transaction has just used fails alone: the rest of the batch is sold", async () => {
  const twin = wish();
  // The same buyer's key, for another item, in a transaction that is not committed yet: the look-up cannot see it.
  await holder.query("BEGIN");
  await holder.query(
    `INSERT INTO orders (id, item_id, run, number, buyer_id, key, quantity, price_amount, currency, placed_at)
     VALUES ($1, 'tin-comet', 9000, 1, $2, $3, 1, 1, 'EUR', now())`,
    [randomUUID(), twin.buyerId, twin.key],
  );
  await holder.query("SAVEPOINT before_the_row");
  await holder.query("SELECT 1 FROM stock WHERE item_id = $1 FOR UPDATE", [ITEM]);
  const crowd = [wish(), wish(), wish(), twin, wish(), wish()].map((each) => purchase(each, tills));
  await until(async () => (await waiting()).length > 0);
  // Lets go of the row, so that the next batch runs into the key.
  await holder.query("ROLLBACK TO SAVEPOINT before_the_row");
  await until(async () => (await insertsThatWait()).length > 0);
  await holder.query("COMMIT");
  const outcomes: PurchaseOutcome[] = await Promise.all(crowd);
  await holder.query("SET session_replication_role = replica");
  await holder.query("DELETE FROM orders WHERE run = 9000");
  await holder.query("SET session_replication_role = DEFAULT");
  expect(outcomes.map(({ kind }) => kind)).toEqual([
    "purchased",
    "purchased",
    "purchased",
    "key_reused",
    "purchased",
    "purchased",
  ]);
});

function insertsThatWait(): Promise<unknown[]> {
  return db.$queryRaw`
    SELECT 1 FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'lastone' AND wait_event_type = 'Lock' AND query LIKE '%line AS (%'`;
}

test("a fault in telling of what is committed costs nobody anything: it is decided once, and its buyer and its operator are answered", async () => {
  const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const leave = onPublished(() => {
    throw new Error("nobody was told");
  });
  const [buyer, other] = [wish(), wish()];
  const outcomes = await Promise.all([purchase(buyer, tills), purchase(other, tills)]);
  const restocked = await restockItem(ITEM, 5, { client });
  leave();
  const events = written.mock.calls.map(([line]) => (JSON.parse(String(line)) as { event: string }).event);
  written.mockRestore();
  expect(kinds(outcomes)).toEqual(["purchased", "purchased"]);
  expect(restocked).toMatchObject({ kind: "done", stock: { quantity: 63 } });
  // Decided anew, they would have been undecided before.
  expect(events).toEqual(["publishing_failed", "publishing_failed"]);
});
