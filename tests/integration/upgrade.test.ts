/** A database of every earlier version is brought to this one with all that it holds, and sells on. */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterEach, expect, test } from "vitest";
import { connect, type Database } from "#app/db.server.ts";
import { audit } from "#app/shop/audit.server.ts";
import { getItem, listItems } from "#app/shop/catalogue.server.ts";
import { purchase } from "#app/shop/purchase.server.ts";
import { Tills } from "#app/shop/tills.server.ts";
import { migrate } from "#server/migrate.ts";
import { until } from "#harness/shop.ts";
import { dropDatabase, emptyDatabase } from "../setup/clone-database.ts";
import { FILLERS, LOCK_BEFORE_CLOSINGS, OPENS_AT, ORDERS, SALE_BEFORE_STOCK, STOCKS } from "../setup/earlier-shops.ts";
import { folderOfMigrations, listMigrationNames } from "../setup/migration-folder.ts";

const migrations = await listMigrationNames();
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A database as the version with these migrations has left it. */
async function databaseOf(names: string[]): Promise<string> {
  const name = `upgrade_${randomUUID().replaceAll("-", "")}`;
  const url = await emptyDatabase(name);
  closing.push(() => dropDatabase(name));
  const { folder, remove } = await folderOfMigrations(names);
  closing.push(remove);
  expect(await migrate(url, undefined, { folder })).toEqual(names);
  const filler = FILLERS.findLast(({ from }) => names.includes(from));
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(filler?.fill ?? "").finally(() => client.end());
  return url;
}

function open(url: string): Database {
  const client = connect(url, 2);
  closing.push(() => client.$disconnect());
  return client;
}

// The newest as well: it shows that the latest filler is right.
test.each(migrations.map((name, index) => [name, migrations.slice(0, index + 1)]))(
  "from %s: items, orders and ledger are as before, and the next order gets the next number",
  async (_name, names) => {
    const url = await databaseOf(names);
    expect(await migrate(url)).toEqual(migrations.slice(names.length));
    const client = open(url);

    const items = await listItems(client);
    const stocks = items.map(({ id, quantity, version, run }) => ({ id, quantity, version, run }));
    expect(stocks.sort((one, other) => (one.id < other.id ? -1 : 1))).toEqual(STOCKS);
    const words = { name: "A name", story: "A story.", price: { amount: 900, currency: "EUR" }, limitPerBuyer: 3 };
    for (const item of items) expect(item).toMatchObject({ ...words, maxPerOrder: 2 });
    expect(items.find(({ id }) => id === "not-open-yet")).toMatchObject({ opensAt: OPENS_AT, state: "not_open" });
    expect(await client.order.findMany({ orderBy: { id: "asc" } })).toMatchObject(ORDERS);
    expect(await audit(url)).toMatchObject({ items: 4, orders: 5, movements: 12, findings: [] });

    const tills = new Tills(client);
    const [buyerId, key] = [randomUUID(), randomUUID()];
    expect(await purchase({ itemId: "sold-some", buyerId, key, quantity: 1 }, tills)).toMatchObject({
      kind: "purchased",
      order: { number: 3, run: 1 },
    });
    const [{ id, itemId, buyerId: earlier, key: used, quantity }] = ORDERS;
    expect(await purchase({ itemId, buyerId: earlier, key: used, quantity }, tills)).toMatchObject({
      kind: "repeated",
      order: { id },
    });
    expect((await audit(url)).findings).toEqual([]);
  },
);

type Locked = Record<"quantity" | "version" | "run" | "lastNumber" | "priceAmount", number> & { lockedAt: Date };

/** A session of an instance of the version before the stock had a table of its own, and how it sells a piece. */
async function earlierInstance(url: string) {
  const client = new pg.Client({ connectionString: url, application_name: "earlier" });
  await client.connect();
  closing.push(() => client.end());
  const lock = async () => {
    const query = { name: "lock", text: SALE_BEFORE_STOCK.lock, values: ["sold-some"] };
    const [item] = (await client.query<Locked>(query)).rows;
    if (!item) throw new Error("the item is gone");
    return item;
  };
  const record = async ({ quantity, version, run, lastNumber, priceAmount, lockedAt }: Locked) => {
    const [after, next] = [quantity - 1, version + 1];
    const sale = [[randomUUID()], [lastNumber + 1], [randomUUID()], [randomUUID()], [1], [next], [after]];
    const item = ["sold-some", run, priceAmount, "EUR", lockedAt, after, next, lastNumber + 1];
    await client.query({ name: "record", text: SALE_BEFORE_STOCK.record, values: [...sale, ...item] });
  };
  return {
    lock,
    record,
    begin: () => client.query("BEGIN"),
    commit: () => client.query("COMMIT"),
    end: () => client.query("ROLLBACK"),
  };
}

const beforeStock = migrations.slice(0, migrations.indexOf(SALE_BEFORE_STOCK.of) + 1);

test("an instance of the version before the stock had its table sells nothing beside the migrated database", async () => {
  const url = await databaseOf(beforeStock);
  const running = await earlierInstance(url);
  await running.begin();
  const item = await running.lock();
  await running.record(item);
  await running.commit(); // the control: before the migration it does sell
  await migrate(url);
  for (const instance of [running, await earlierInstance(url)]) {
    await instance.begin();
    await expect(instance.lock()).rejects.toThrow();
    await instance.end();
    // Also where its row was locked by a session that has not noticed.
    await instance.begin();
    await expect(instance.record({ ...item, quantity: 4, version: 6, lastNumber: 3 })).rejects.toThrow();
    await instance.end();
  }
  expect(await audit(url)).toMatchObject({ orders: 6, findings: [] });
});

test("a session of the version before sales closed by themselves goes on deciding beside the migrated database", async () => {
  const url = await databaseOf(migrations.slice(0, migrations.indexOf(LOCK_BEFORE_CLOSINGS.of) + 1));
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  closing.push(() => client.end());
  const lock = async () => {
    const query = { name: "lock", text: LOCK_BEFORE_CLOSINGS.lock, values: [["sold-some"]] };
    const [item] = (await client.query<{ id: string; opensAt: Date | null; status: string }>(query)).rows;
    return { id: item?.id, opensAt: item?.opensAt, status: item?.status };
  };
  // Often enough for the server to have settled on a plan.
  for (let times = 0; times < 8; times += 1) await lock();
  await migrate(url);
  const migrated = open(url);
  await migrated.$executeRaw`UPDATE items SET closes_at = ${OPENS_AT} WHERE id = 'sold-some'`;
  expect(await lock()).toEqual({ id: "sold-some", opensAt: null, status: "published" });
  // It knows of no closing, and can move an opening behind none.
  const moved = client.query("UPDATE items SET opens_at = closes_at WHERE id = 'sold-some'");
  await expect(moved).rejects.toThrow("items_close_after_they_open");
});

test("a sale that is under way when the migration comes is in the stock that it makes", async () => {
  const url = await databaseOf(beforeStock);
  const earlier = await earlierInstance(url);
  await earlier.begin();
  await earlier.record(await earlier.lock());
  const migrating = migrate(url);
  const client = open(url);
  await until(async () => {
    const waiting = await client.$queryRaw<unknown[]>`
      SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%CREATE TABLE "stock"%'`;
    return waiting.length > 0;
  });
  await earlier.commit();
  expect(await migrating).toEqual(migrations.slice(beforeStock.length));
  expect(await audit(url)).toMatchObject({ orders: 6, findings: [] });
  expect(await getItem("sold-some", client)).toMatchObject({ quantity: 4, version: 6 });
});
