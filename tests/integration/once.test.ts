/** Promises 3 and 4: one key makes one order, and a refusal says what is true. */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, expect, test, vi } from "vitest";
import { connect, db } from "#app/db.server.ts";
import { purchase } from "#app/shop/purchase.server.ts";
import { Tills } from "#app/shop/tills.server.ts";
import { resetItem } from "#app/shop/stocking.server.ts";
import { asSuperuser } from "../setup/superuser.ts";
import { rewritingClient } from "#harness/rewriting-client.ts";
import { until } from "#harness/shop.ts";

/** Another instance of the shop on the same database. */
const otherClient = connect(process.env.DATABASE_URL ?? "", 20, { lock_timeout: 5_000, statement_timeout: 5_000 });
const other = new Tills(otherClient);
afterAll(() => otherClient.$disconnect());

const kinds = (outcomes: { kind: string }[]) => outcomes.map(({ kind }) => kind).sort();
const ordersOf = (buyerId: string) => db.order.count({ where: { buyerId } });

test("one key sent 20 times at once through two instances makes one order, and every answer is its receipt", async () => {
  const wish = { itemId: "night-ferry", buyerId: randomUUID(), key: randomUUID(), quantity: 2 };
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, index) => (index % 2 ? purchase(wish) : purchase(wish, other))),
  );
  expect(kinds(outcomes)).toEqual(["purchased", ...Array<string>(19).fill("repeated")]);
  const ids = new Set(outcomes.map((outcome) => ("order" in outcome ? outcome.order.id : "none")));
  expect(ids.size).toBe(1);
  expect(await ordersOf(wish.buyerId)).toBe(1);
});

test("control: without the look-up by key and the unique rule the same key buys again and again", async () => {
  await db.$executeRaw`DROP INDEX orders_key_buyer_id_key`;
  const blind = rewritingClient((sql) => sql.replace("WHERE key = ANY", "WHERE false AND key = ANY"));
  const wish = { itemId: "night-ferry", buyerId: randomUUID(), key: randomUUID(), quantity: 1 };
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => purchase(wish, new Tills(blind))));
  await blind.$disconnect();
  expect(kinds(outcomes)).toEqual(Array<string>(5).fill("purchased"));
  await asSuperuser("DELETE FROM movements WHERE order_id IN (SELECT id FROM orders WHERE buyer_id = $1)", [
    wish.buyerId,
  ]);
  await asSuperuser("DELETE FROM orders WHERE buyer_id = $1", [wish.buyerId]);
  await db.$executeRaw`CREATE UNIQUE INDEX orders_key_buyer_id_key ON orders (key, buyer_id)`;
});

test("a key that came without a cookie and comes again with one finds its order; the other way round it learns nothing. One order in all", async () => {
  for (const namelessFirst of [true, false]) {
    const namelessBuyerIds = [randomUUID(), randomUUID()];
    const attempt = { itemId: "night-ferry", key: randomUUID(), quantity: 1, namelessBuyerIds };
    const nameless = { ...attempt, buyerId: namelessBuyerIds[1] ?? "" };
    const named = { ...attempt, buyerId: randomUUID() };
    const outcomes = namelessFirst
      ? [await purchase(nameless, other), await purchase(named)]
      : [await purchase(named, other), await purchase(nameless)];
    expect(outcomes.map(({ kind }) => kind)).toEqual(["purchased", namelessFirst ? "repeated" : "key_reused"]);
    expect(await db.order.count({ where: { key: attempt.key } })).toBe(1);
  }
});

test("a hundred keys that are sent for two hot items at once, through two instances, undo nobody's batch", async () => {
  const [one, two] = ["night-ferry", "clay-whistle"] as const;
  await resetItem(one, 1_000);
  await resetItem(two, 1_000);
  const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const pairs = Array.from({ length: 100 }, () => ({ buyerId: randomUUID(), key: randomUUID(), quantity: 1 }));
  const [here, there] = await Promise.all([
    Promise.all(pairs.map((wish) => purchase({ ...wish, itemId: one }))),
    Promise.all(pairs.map((wish) => purchase({ ...wish, itemId: two }, other))),
  ]);
  for (const [index, { buyerId }] of pairs.entries()) {
    expect([here[index]?.kind, there[index]?.kind].sort()).toEqual(["key_reused", "purchased"]);
    expect(await ordersOf(buyerId)).toBe(1);
  }
  // A try that failed would have been one line of the log.
  const lines = written.mock.calls.map(([line]) => String(line));
  written.mockRestore();
  expect(lines).toEqual([]);
});

test("the savepoint comes after the lock, so going back to it does not let the lock go", async () => {
  const statements: string[] = [];
  const client = rewritingClient((sql) => {
    statements.push(sql.trim());
    return sql;
  });
  await purchase({ itemId: "night-ferry", buyerId: randomUUID(), key: randomUUID(), quantity: 1 }, new Tills(client));
  await client.$disconnect();
  const places = ["WITH locked", "SELECT false AS", "SAVEPOINT", "WITH \n    line", "COMMIT"].map((start) =>
    statements.findIndex((statement) => statement.startsWith(start)),
  );
  expect(places).toEqual([...places].sort((one, two) => one - two));
  expect(places).not.toContain(-1);
});

test("the same key for another item at the same moment makes one order and one refusal", async () => {
  const attempt = { buyerId: randomUUID(), key: randomUUID(), quantity: 1 };
  const outcomes = await Promise.all([
    purchase({ ...attempt, itemId: "night-ferry" }),
    purchase({ ...attempt, itemId: "clay-whistle" }, other),
  ]);
  expect(kinds(outcomes)).toEqual(["key_reused", "purchased"]);
  expect(await ordersOf(attempt.buyerId)).toBe(1);
});

test("the same key for another quantity is refused; somebody else's key is just a key", async () => {
  const wish = { itemId: "night-ferry", buyerId: randomUUID(), key: randomUUID(), quantity: 1 };
  const first = await purchase(wish);
  expect((await purchase({ ...wish, quantity: 2 })).kind).toBe("key_reused");
  const stranger = await purchase({ ...wish, buyerId: randomUUID() });
  expect(stranger.kind).toBe("purchased");
  expect("order" in stranger && "order" in first && stranger.order.id !== first.order.id).toBe(true);
});

test("asking for 3 when 2 are left is told so and buys nothing; the next one asking for 1 gets it", async () => {
  await resetItem("clay-whistle", 2);
  const three = await purchase({ itemId: "clay-whistle", buyerId: randomUUID(), key: randomUUID(), quantity: 3 });
  expect(three).toMatchObject({ kind: "not_enough", stock: { quantity: 2 } });
  expect((await purchase({ itemId: "clay-whistle", buyerId: randomUUID(), key: randomUUID(), quantity: 1 })).kind).toBe(
    "purchased",
  );
});

test("a buyer's limit counts all orders of the run, and a new run starts anew", async () => {
  await resetItem("clay-whistle", 20);
  const buyerId = randomUUID();
  const buy = (quantity: number) => purchase({ itemId: "clay-whistle", buyerId, key: randomUUID(), quantity });
  expect(kinds([await buy(3), await buy(3), await buy(1)])).toEqual(["limit_reached", "purchased", "purchased"]);
  await resetItem("clay-whistle");
  expect((await buy(1)).kind).toBe("purchased");
});

test("not open yet is said with its time, unknown items are not found", async () => {
  const wish = { buyerId: randomUUID(), key: randomUUID(), quantity: 1 };
  expect(await purchase({ ...wish, itemId: "paper-garden" })).toMatchObject({
    kind: "not_open",
    opensAt: expect.any(Date) as Date,
  });
  expect((await purchase({ ...wish, itemId: "nothing-here" })).kind).toBe("not_found");
});

test("a row that somebody else holds too long is busy, never sold out, and nothing is bought", async () => {
  const holder = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await holder.connect();
  await holder.query("BEGIN");
  await holder.query("SELECT 1 FROM stock WHERE item_id = 'night-ferry' FOR UPDATE");
  const wish = { itemId: "night-ferry", buyerId: randomUUID(), key: randomUUID(), quantity: 1 };
  const held = purchase(wish);
  await until(async () => {
    const waiting = await db.$queryRaw<
      unknown[]
    >`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FOR UPDATE%'`;
    return waiting.length > 0;
  });
  expect((await held).kind).toBe("busy");
  await holder.query("ROLLBACK");
  await holder.end();
  expect(await ordersOf(wish.buyerId)).toBe(0);
  expect((await purchase(wish)).kind).toBe("purchased");
});

test("a connection lost while the buyer waits for the row is settled by the same key: one order", async () => {
  const holder = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await holder.connect();
  await holder.query("BEGIN");
  await holder.query("SELECT 1 FROM stock WHERE item_id = 'night-ferry' FOR UPDATE");
  const wish = { itemId: "night-ferry", buyerId: randomUUID(), key: randomUUID(), quantity: 1 };
  const bought = purchase(wish, other);
  await until(async () => {
    await holder.query("SELECT pg_stat_clear_snapshot()"); // a transaction sees one and the same activity otherwise
    const killed = await holder.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FOR UPDATE%'",
    );
    return (killed.rowCount ?? 0) > 0;
  });
  await holder.query("COMMIT");
  await holder.end();
  expect((await bought).kind).toBe("purchased");
  expect(await ordersOf(wish.buyerId)).toBe(1);
});
