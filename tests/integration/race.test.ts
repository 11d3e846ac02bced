/** Promise 1: the race for the last units, and the same race with the lock taken out, which must oversell. */
import { randomUUID } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { connect, type Database, db } from "#app/db.server.ts";
import { purchase } from "#app/shop/purchase.server.ts";
import { resetItem } from "#app/shop/stocking.server.ts";
import { Tills } from "#app/shop/tills.server.ts";
import { rewritingClient } from "#harness/rewriting-client.ts";

const BUYERS = 200;
const UNITS = 10;
/** Tills on one database, as of as many instances: within one, its queue alone would keep the buyers apart. */
const INSTANCES = 20;

const clients: Database[] = [];
afterAll(() => Promise.all(clients.map((client) => client.$disconnect())));

test(`${BUYERS} buyers, ${UNITS} units: exactly ${UNITS} orders, numbers 1–${UNITS}`, async () => {
  const outcomes = await race(
    open(connect(process.env.DATABASE_URL ?? "", INSTANCES, { lock_timeout: 5_000, statement_timeout: 5_000 })),
    "tin-comet",
  );
  expect(count(outcomes)).toEqual({ purchased: UNITS, sold_out: BUYERS - UNITS });
  expect(await numbersSold("tin-comet")).toEqual(Array.from({ length: UNITS }, (_, index) => index + 1));
  expect(await ledgerOf("tin-comet")).toEqual({ quantity: 0, balance: 0, sum: 0 });
});

test("control: the same race without FOR UPDATE oversells, so the race above can fail", async () => {
  // The guards behind the lock, unique numbers and versions and the ledger's own, would turn the oversold orders into errors: they go, too.
  await db.$executeRaw`DROP INDEX orders_item_id_run_number_key`;
  await db.$executeRaw`ALTER TABLE movements DROP CONSTRAINT movements_pkey`;
  await db.$executeRaw`ALTER TABLE stock DISABLE TRIGGER stock_changes_by_movements`;
  const outcomes = await race(open(rewritingClient((sql) => sql.replace("FOR UPDATE", ""), INSTANCES)), "night-ferry");
  const sold = count(outcomes).purchased ?? 0;
  await db.$executeRaw`ALTER TABLE stock ENABLE TRIGGER stock_changes_by_movements`;
  process.stdout.write(`without the lock: ${sold} orders for ${UNITS} units\n`);
  expect(sold).toBeGreaterThan(UNITS);
});

test("control: a sale without its movement is refused, and seen in the ledger where the database does not guard it", async () => {
  const careless = new Tills(
    open(rewritingClient((sql) => sql.replace(/(INSERT INTO movements[^]*?USING \(item_id\))/, "$1 WHERE false"))),
  );
  const wish = () => ({ itemId: "clay-whistle", buyerId: randomUUID(), key: randomUUID(), quantity: 1 });
  await expect(purchase(wish(), careless)).rejects.toThrow(/has not the movements/);
  await db.$executeRaw`ALTER TABLE stock DISABLE TRIGGER stock_changes_by_movements`;
  expect((await purchase(wish(), careless)).kind).toBe("purchased");
  await db.$executeRaw`ALTER TABLE stock ENABLE TRIGGER stock_changes_by_movements`;
  expect(await ledgerOf("clay-whistle")).toEqual({ quantity: 23, balance: 24, sum: 24 });
});

test("control: an order confirmed without COMMIT is not in the database, so looking there can fail", async () => {
  const forgetful = open(rewritingClient((sql) => (sql === "COMMIT" ? "ROLLBACK" : sql)));
  const buyerId = randomUUID();
  const { kind } = await purchase(
    { itemId: "clay-whistle", buyerId, key: randomUUID(), quantity: 1 },
    new Tills(forgetful),
  );
  expect([kind, await db.order.count({ where: { buyerId } })]).toEqual(["purchased", 0]);
});

async function race(client: Database, itemId: string) {
  await resetItem(itemId, UNITS);
  const instances = Array.from({ length: INSTANCES }, () => new Tills(client));
  return Promise.all(
    Array.from({ length: BUYERS }, (_, buyer) =>
      purchase({ itemId, buyerId: randomUUID(), key: randomUUID(), quantity: 1 }, instances[buyer % INSTANCES]),
    ),
  );
}

function open(client: Database): Database {
  clients.push(client);
  return client;
}

function count(outcomes: { kind: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of outcomes) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

async function numbersSold(itemId: string): Promise<number[]> {
  const rows = await db.$queryRaw<{ number: number }[]>`
    SELECT number FROM orders JOIN stock USING (item_id, run) WHERE item_id = ${itemId} ORDER BY number`;
  return rows.map((row) => row.number);
}

async function ledgerOf(itemId: string) {
  const [row] = await db.$queryRaw<{ quantity: number; balance: number; sum: number }[]>`
    SELECT available AS quantity, (SELECT sum(CASE 'available' WHEN to_account THEN units WHEN from_account THEN -units END)::int FROM ledger m WHERE m.item_id = stock.item_id) AS sum,
           (SELECT available FROM movements m WHERE m.item_id = stock.item_id ORDER BY version DESC LIMIT 1) AS balance
    FROM stock WHERE item_id = ${itemId}`;
  return row;
}
