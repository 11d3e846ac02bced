/** What several items' tills have waiting is decided in one transaction, and none of them suffers from the others. */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { connect, type Database, db } from "#app/db.server.ts";
import { audit } from "#app/shop/audit.server.ts";
import { purchase } from "#app/shop/purchase.server.ts";
import { Rounds } from "#app/shop/rounds.server.ts";
import { resetItem } from "#app/shop/stocking.server.ts";
import { Tills } from "#app/shop/tills.server.ts";
import { rewritingClient } from "#harness/rewriting-client.ts";
import { startProxy, type SwitchableProxy } from "#harness/switchable-proxy.ts";

const ITEMS = ["clay-whistle", "moon-moth", "night-ferry", "tin-comet"];
const [FIRST = "", SECOND = ""] = ITEMS;
let client: Database;
let proxy: SwitchableProxy;
let tills: Tills;

beforeAll(async () => {
  proxy = await startProxy(process.env.DATABASE_URL ?? "");
});
beforeEach(async () => {
  // Patient, so that a slow machine may take its time between seeing the waiter and letting go.
  client = connect(proxy.url, 5, { lock_timeout: 5_000, statement_timeout: 5_000 });
  tills = new Tills(client);
  for (const itemId of ITEMS) await resetItem(itemId, 20);
});
afterEach(async () => {
  await client.$disconnect();
  expect((await audit()).findings).toEqual([]);
});
afterAll(() => proxy.close());

const wish = (itemId: string) => ({ itemId, buyerId: randomUUID(), key: randomUUID(), quantity: 1 });
const ordersOf = (buyerId: string) => db.order.count({ where: { buyerId } });

async function buyOfEach(at: Tills) {
  const wishes = ITEMS.flatMap((itemId) => [wish(itemId), wish(itemId)]);
  const outcomes = await Promise.all(wishes.map((each) => purchase(each, at)));
  return {
    kinds: new Set(outcomes.map(({ kind }) => kind)),
    orders: await Promise.all(wishes.map(({ buyerId }) => ordersOf(buyerId))),
  };
}

test("what is wanted of several items at once is decided in one transaction", async () => {
  const transactions = vi.spyOn(client, "$transaction");
  expect(await buyOfEach(tills)).toEqual({ kinds: new Set(["purchased"]), orders: [1, 1, 1, 1, 1, 1, 1, 1] });
  expect(transactions).toHaveBeenCalledTimes(1);
});

test("an item that is locked elsewhere holds up none of those that are decided with it", async () => {
  const holder = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await holder.connect();
  try {
    await holder.query("BEGIN");
    await holder.query("SELECT 1 FROM stock WHERE item_id = $1 FOR UPDATE", [FIRST]);
    const late = vi.fn();
    const locked = purchase(wish(FIRST), tills).finally(late);
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const others = ITEMS.slice(1).map((itemId) => purchase(wish(itemId), tills));
    expect((await Promise.all(others)).map(({ kind }) => kind)).toEqual(["purchased", "purchased", "purchased"]);
    // Nor had the round to fail first, after a wait for the lock.
    expect(said).not.toHaveBeenCalled();
    said.mockRestore();
    expect(late).not.toHaveBeenCalled();
    await holder.query("ROLLBACK");
    expect((await locked).kind).toBe("purchased");
  } finally {
    await holder.end();
  }
});

test("an item that is locked elsewhere is decided by itself, and holds up no other", async () => {
  const holder = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await holder.connect();
  try {
    await holder.query("BEGIN");
    await holder.query("SELECT 1 FROM stock WHERE item_id = $1 FOR UPDATE", [FIRST]);
    const late = vi.fn();
    const locked = purchase(wish(FIRST), tills).finally(late);
    expect((await purchase(wish(SECOND), tills)).kind).toBe("purchased");
    // Nor does the next round wait for it.
    expect((await purchase(wish(SECOND), tills)).kind).toBe("purchased");
    expect(late).not.toHaveBeenCalled();
    await holder.query("ROLLBACK");
    expect((await locked).kind).toBe("purchased");
  } finally {
    await holder.end();
  }
});

test("a round that the database refuses is decided item by item, and only the culprit's buyer hears of it", async () => {
  const refusing = rewritingClient((sql) =>
    sql.replace("FROM line JOIN after USING (item_id)", `$& WHERE item_id <> '${FIRST}'`),
  );
  const one = wish(FIRST);
  const others = ITEMS.slice(1).map(wish);
  const careless = new Tills(refusing);
  const [refused, ...sold] = await Promise.allSettled([one, ...others].map((each) => purchase(each, careless)));
  expect(refused?.status).toBe("rejected");
  expect(sold).toMatchObject(others.map(() => ({ status: "fulfilled", value: { kind: "purchased" } })));
  expect(await Promise.all([one, ...others].map(({ buyerId }) => ordersOf(buyerId)))).toEqual([0, 1, 1, 1]);
  await refusing.$disconnect();
});

test("the answer to a round's COMMIT is lost: its sales are found by their keys, and none is made twice", async () => {
  await purchase(wish(FIRST), tills);
  const lost = vi.fn();
  const stop = proxy.loseAnswersToCommit(() => {
    lost();
    stop();
  });
  expect(await buyOfEach(tills)).toEqual({ kinds: new Set(["purchased"]), orders: [1, 1, 1, 1, 1, 1, 1, 1] });
  expect(lost).toHaveBeenCalledOnce();
});

test("one key that is sent for two items of a round buys one of them, and undoes nothing", async () => {
  const transactions = vi.spyOn(client, "$transaction");
  const [one, other] = [wish(FIRST), wish(FIRST)];
  const wishes = [one, { ...one, itemId: SECOND }, other];
  const outcomes = await Promise.all(wishes.map((each) => purchase(each, tills)));
  expect(outcomes.map(({ kind }) => kind)).toEqual(["purchased", "key_reused", "purchased"]);
  expect(transactions).toHaveBeenCalledTimes(1);
});

test("a round that has as many commands as it may have leaves the other items to the next", async () => {
  const sizes: number[] = [];
  const rounds = new Rounds((batches) => {
    sizes.push(batches.length);
    return batches.map(() => Promise.resolve([]));
  }, 3);
  const command = () => ({ kind: "buy" as const, buyerId: randomUUID(), key: randomUUID(), quantity: 1 });
  await Promise.all(ITEMS.map((itemId) => rounds.join(itemId, () => [command(), command()])));
  expect(sizes).toEqual([2, 2]);
});

test("a round that throws at once fails its wishes, and the next is decided", async () => {
  let fails = true;
  const rounds = new Rounds((batches) => {
    if (fails) throw new Error("thrown at once");
    return batches.map(({ commands }) =>
      Promise.resolve(commands.map(() => ({ status: "rejected" as const, reason: "decided" }))),
    );
  }, 10);
  const take = () => [{ kind: "buy" as const, buyerId: randomUUID(), key: randomUUID(), quantity: 1 }];
  await expect(rounds.join(FIRST, take)).rejects.toThrow("thrown at once");
  fails = false;
  expect(await rounds.join(FIRST, take)).toEqual([{ status: "rejected", reason: "decided" }]);
});
