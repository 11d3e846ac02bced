/** Promise 5: the database refuses what would break the ledger, and the audit finds what was broken behind its back. */
import { randomUUID } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { getItem } from "#app/shop/catalogue.server.ts";
import { audit } from "#app/shop/audit.server.ts";
import { purchase } from "#app/shop/purchase.server.ts";
import { correctItem, resetItem, restockItem } from "#app/shop/stocking.server.ts";
import { asSuperuser } from "../setup/superuser.ts";

const ITEM = "night-ferry";
const buy = (quantity = 1) => purchase({ itemId: ITEM, buyerId: randomUUID(), key: randomUUID(), quantity });

beforeEach(async () => {
  await resetItem(ITEM, 10);
  for (const quantity of [1, 2, 1]) await buy(quantity);
});

test("openings, sales, restocks, corrections and resets add up", async () => {
  await restockItem(ITEM, 5);
  await correctItem(ITEM, { to: 3, seenVersion: (await getItem(ITEM))?.version ?? 0 });
  await buy(3);
  const { findings, orders, movements } = await audit();
  expect(findings).toEqual([]);
  expect(orders).toBeGreaterThan(0);
  expect(movements).toBeGreaterThan(orders);
  const [item] = await db.$queryRaw<unknown[]>`
    SELECT available, version = (SELECT count(*) FROM movements WHERE item_id = ${ITEM}) AS counted FROM stock WHERE item_id = ${ITEM}`;
  expect(item).toEqual({ available: 0, counted: true });
});

test.each([0, -1, 0.5, Number.NaN])("a restock by %s units is refused, and changes nothing", async (units) => {
  const before = await getItem(ITEM);
  await expect(restockItem(ITEM, units)).rejects.toThrow(RangeError);
  expect(await getItem(ITEM)).toEqual(before);
});

const run = `(SELECT run FROM stock WHERE item_id = '${ITEM}')`;
const last = `(SELECT version FROM stock WHERE item_id = '${ITEM}')`;
test.each([
  ["a missing version", "versions are", `DELETE FROM movements WHERE item_id = '${ITEM}' AND version = ${last} - 1`],
  [
    "a changed balance",
    "a line's balances are",
    `UPDATE movements SET available = available + 1 WHERE item_id = '${ITEM}' AND version = ${last} - 1`,
  ],
  [
    "a run that begins by itself",
    "a run begins",
    `UPDATE movements SET run = run + 1 WHERE item_id = '${ITEM}' AND version = ${last}`,
  ],
  [
    "a quantity changed by hand",
    "an item is what",
    `UPDATE stock SET available = available + 1 WHERE item_id = '${ITEM}'`,
  ],
  [
    "a missing number",
    "the numbers of a run",
    `UPDATE orders SET number = 7 WHERE item_id = '${ITEM}' AND run = ${run} AND number = 3`,
  ],
  ["a last number that is too low", "last number", `UPDATE stock SET last_number = 2 WHERE item_id = '${ITEM}'`],
  [
    "an order without its sale",
    "every order is one sale",
    `DELETE FROM movements WHERE item_id = '${ITEM}' AND version = ${last}`,
  ],
  [
    "a sale without its order",
    "every order is one sale",
    `DELETE FROM orders WHERE item_id = '${ITEM}' AND run = ${run} AND number = 2`,
  ],
  [
    "an order of another quantity than its sale",
    "every order is one sale",
    `UPDATE orders SET quantity = 4 WHERE item_id = '${ITEM}' AND run = ${run} AND number = 3`,
  ],
  [
    "more sold than stocked",
    "a run has what",
    `UPDATE movements SET sold = sold + 9 WHERE item_id = '${ITEM}' AND version = ${last} - 1`,
  ],
])("the audit finds %s", async (_name, rule, damage) => {
  expect((await audit()).findings).toEqual([]);
  const tables = ["items", "stock", "orders", "holds", "movements"];
  await asSuperuser(tables.map((table) => `CREATE TABLE kept_${table} AS TABLE ${table}`).join(";"));
  await asSuperuser(damage);
  const { findings } = await audit();
  // Back to what it was, for the next test and its foreign keys.
  await asSuperuser(
    tables
      .map((table) => `DELETE FROM ${table}; INSERT INTO ${table} TABLE kept_${table}; DROP TABLE kept_${table}`)
      .join(";"),
  );
  expect(findings.map((finding) => finding.rule)).toContainEqual(expect.stringContaining(rule));
  expect(findings.every(({ itemId }) => itemId === ITEM)).toBe(true);
});

test.each([
  [
    "a quantity without its movement",
    () => db.$executeRaw`UPDATE stock SET available = available - 1 WHERE item_id = ${ITEM}`,
  ],
  [
    "a version without its movement",
    () => db.$executeRaw`UPDATE stock SET version = version + 1 WHERE item_id = ${ITEM}`,
  ],
  ["a run without its movement", () => db.$executeRaw`UPDATE stock SET run = run + 1 WHERE item_id = ${ITEM}`],
  [
    "a restock that reaches no item",
    () => db.$executeRaw`
    INSERT INTO movements (item_id, version, run, reason, units, from_account, to_account, available, held, sold, created_at)
    SELECT item_id, version + 1, run, 'restock', 1, 'outside', 'available', available + 1, held, sold, now() FROM stock WHERE item_id = ${ITEM}`,
  ],
  ["a changed movement", () => db.$executeRaw`UPDATE movements SET units = 1 WHERE item_id = ${ITEM}`],
  ["a deleted movement", () => db.$executeRaw`DELETE FROM movements WHERE item_id = ${ITEM}`],
  ["an emptied ledger", () => db.$executeRaw`TRUNCATE movements`],
  ["a changed order", () => db.$executeRaw`UPDATE orders SET quantity = 9 WHERE item_id = ${ITEM}`],
  ["a deleted order", () => db.$executeRaw`DELETE FROM orders WHERE item_id = ${ITEM}`],
])("the database refuses %s", async (_name, attempt) => {
  await expect(attempt()).rejects.toThrow(/refused|has not the movements|changes nothing/);
  expect((await audit()).findings).toEqual([]);
});

test("the database refuses an order at a price below nothing", async () => {
  const order = db.$executeRaw`
    INSERT INTO orders (id, item_id, run, number, buyer_id, key, quantity, price_amount, currency, placed_at)
    SELECT gen_random_uuid(), item_id, run, 999, buyer_id, gen_random_uuid(), 1, -5, currency, now() FROM orders LIMIT 1`;
  await expect(order).rejects.toThrow(/orders_price_not_negative/);
});
