/** What a buyer's page says they own, though the database is not asked for each page. */
import { randomUUID } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { connect } from "#app/db.server.ts";
import { getItem } from "#app/shop/catalogue.server.ts";
import { listOwned, Owners } from "#app/shop/owners.server.ts";
import { purchase } from "#app/shop/purchase.server.ts";
import { resetItem } from "#app/shop/stocking.server.ts";
import { Tills } from "#app/shop/tills.server.ts";
import { startShop, until, Visitor } from "#harness/shop.ts";
import { startProxy } from "#harness/switchable-proxy.ts";
import { asSuperuser } from "../setup/superuser.ts";

const ITEM = "night-ferry";
/** Another instance of the shop on the same database. */
const otherClient = connect(process.env.DATABASE_URL ?? "", 20);
const other = new Tills(otherClient);
afterAll(() => otherClient.$disconnect());

const buyer = randomUUID();
const buy = (buyerId: string) => purchase({ itemId: ITEM, buyerId, key: randomUUID(), quantity: 1 }, other);

async function owned(buyerId: string): Promise<number[]> {
  const item = await getItem(ITEM);
  if (!item) throw new Error(`no ${ITEM}`);
  return (await listOwned(item, buyerId)).orders.map(({ number }) => number);
}

async function current() {
  const item = await getItem(ITEM);
  if (!item) throw new Error(`no ${ITEM}`);
  return item;
}

test("each purchase is seen at the version of the item that it made, by everybody at once, until the next run", async () => {
  await resetItem(ITEM, 10);
  expect(await owned(buyer)).toEqual([]);
  for (let bought = 1; bought <= 2; bought += 1) {
    await buy(randomUUID());
    expect((await buy(buyer)).kind).toBe("purchased");
    const seen = await Promise.all([owned(buyer), owned(buyer), owned(randomUUID())]);
    expect(seen).toEqual([[2, 4].slice(0, bought), [2, 4].slice(0, bought), []]);
  }
  await resetItem(ITEM, 10);
  expect(await owned(buyer)).toEqual([]);
});

test("pages of two versions at once, of an instance that has heard of a sale and of one that has not, each say at least what was bought by then", async () => {
  await resetItem(ITEM, 10);
  const versions = [await current()];
  for (let bought = 1; bought <= 3; bought += 1) {
    expect((await buy(buyer)).kind).toBe("purchased");
    versions.push(await current());
  }
  // Together, so that each asks for another version while the one before is being read.
  const turns = [3, 0, 2, 1, 3, 0].flatMap((bought) => versions[bought] ?? []);
  const seen = await Promise.all(turns.map(async (version) => (await listOwned(version, buyer)).orders));
  expect(seen.map(({ length }) => length)).toEqual([3, 3, 3, 3, 3, 3]);
  expect(await Promise.all(turns.map(async (version) => (await listOwned(version, randomUUID())).orders))).toEqual(
    turns.map(() => []),
  );
});

test("whoever waits half a second for what is read for all is looked up alone", async () => {
  await resetItem(ITEM, 10);
  await buy(buyer);
  const item = await current();
  const guard = connect(process.env.DATABASE_URL ?? "", 1);
  const names = async () =>
    (
      await otherClient.$queryRaw<{ query: string }[]>`
        SELECT query FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FROM orders%'`
    ).map(({ query }) => (query.includes("number >=") || query.includes("number >") ? "all" : "one"));
  let seen: Promise<number[]> | undefined;
  await guard.$transaction(async (tx) => {
    // Nobody can read orders: what is read for all does not come.
    await tx.$executeRaw`LOCK TABLE orders IN ACCESS EXCLUSIVE MODE`;
    seen = listOwned(item, buyer).then(({ orders }) => orders.map(({ number }) => number));
    await until(async () => (await names()).includes("all"));
    await until(async () => (await names()).includes("one"));
  });
  expect(await seen).toEqual([1]);
  await guard.$disconnect();
});

test("an instance that is behind finds the order that a buyer comes back with, and not only those it has heard of", async () => {
  await resetItem(ITEM, 10);
  const before = await getItem(ITEM);
  if (!before) throw new Error(`no ${ITEM}`);
  expect((await listOwned(before, buyer)).orders).toEqual([]);
  const outcome = await buy(buyer);
  if (outcome.kind !== "purchased") throw new Error(outcome.kind);
  expect((await listOwned(before, buyer, outcome.order.id)).orders).toEqual([{ ...outcome.order, back: 0 }]);
});

test("when the database went back, and others have the numbers that were lost, they are seen", async () => {
  await resetItem(ITEM, 10);
  for (const buyerId of [randomUUID(), buyer, randomUUID()]) await buy(buyerId);
  expect(await owned(buyer)).toEqual([2]);
  const lost = await getItem(ITEM);
  await asSuperuser("DELETE FROM movements WHERE item_id = $1 AND version > $2", [ITEM, (lost?.version ?? 0) - 2]);
  await asSuperuser("DELETE FROM orders WHERE item_id = $1 AND run = $2 AND number > 1", [ITEM, lost?.run]);
  await asSuperuser(
    "UPDATE stock SET available = available + 2, version = version - 2, last_number = 1 WHERE item_id = $1",
    [ITEM],
  );
  // As a promoted standby is in: it goes on without the last commits of its primary.
  await asSuperuser("CREATE OR REPLACE FUNCTION current_epoch() RETURNS integer LANGUAGE sql AS 'SELECT 2'");
  const late = randomUUID();
  for (const buyerId of [late, randomUUID(), randomUUID()]) await buy(buyerId);
  expect([await owned(late), await owned(buyer)]).toEqual([[2], []]);
});

test("in a run of very many orders, who bought among the last is seen as well as who bought among the first", async () => {
  await resetItem(ITEM, 20_000);
  await buy(buyer);
  expect(await owned(buyer)).toEqual([1]);
  const item = await getItem(ITEM);
  await asSuperuser(
    `INSERT INTO orders (id, item_id, run, number, buyer_id, key, quantity, price_amount, currency, placed_at)
     SELECT gen_random_uuid(), $1, $2::int, number, gen_random_uuid(), gen_random_uuid(), 1, 1, 'EUR', now() FROM generate_series(2, 15000) AS number`,
    [ITEM, item?.run],
  );
  await asSuperuser("UPDATE stock SET last_number = 15000, version = version + 1 WHERE item_id = $1", [ITEM]);
  const last = randomUUID();
  await buy(last);
  expect([await owned(buyer), await owned(last), await owned(randomUUID())]).toEqual([[1], [15_001], []]);
  await asSuperuser("DELETE FROM movements WHERE item_id = $1 AND run = $2", [ITEM, item?.run]);
  await asSuperuser("DELETE FROM orders WHERE item_id = $1 AND run = $2", [ITEM, item?.run]);
});

test("what is remembered of all items together has a bound: the runs that were asked about longest ago go first", async () => {
  const few = new Owners(12);
  for (const itemId of ["tin-comet", "clay-whistle", ITEM]) {
    await resetItem(itemId, 10);
    const buyers = Array.from({ length: 5 }, () => randomUUID());
    for (const buyerId of buyers) await purchase({ itemId, buyerId, key: randomUUID(), quantity: 1 }, other);
    const item = await getItem(itemId);
    if (!item) throw new Error(`no ${itemId}`);
    for (const buyerId of buyers) expect(await few.mayHaveBought(item, buyerId)).toBe(true);
    expect(await few.mayHaveBought(item, randomUUID())).toBe(false);
  }
  expect(few.size).toBe(10);
});

test("the page of one who was here before asks the database nothing, and that of a buyer who holds the item shows it", async () => {
  const proxy = await startProxy(process.env.DATABASE_URL ?? "");
  const shop = await startShop({ DATABASE_URL: proxy.url });
  try {
    const [guest, owner] = [new Visitor(shop.url), new Visitor(shop.url)];
    await until(async () => (await fetch(`${shop.url}/readyz`)).status === 200);
    await guest.openItem("tin-comet");
    await owner.pressBuy("tin-comet", { key: await owner.openItem("tin-comet") });
    expect(await (await owner.fetch("/items/tin-comet")).text()).toContain("data-owned");
    await guest.openItem("tin-comet");
    proxy.off();
    expect((await guest.fetch("/items/tin-comet")).status).toBe(200);
    expect((await guest.fetch("/")).status).toBe(200);
    expect((await owner.fetch("/items/tin-comet")).status).toBe(503);
    proxy.on();
  } finally {
    await shop.stop();
    proxy.close();
  }
});
