/** Units kept for a buyer who pays: by whom, how long, and how they end. */
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { audit } from "#app/shop/audit.server.ts";
import { getItem, listItems } from "#app/shop/catalogue.server.ts";
import { confirm, release, startPayment, takeBack } from "#app/shop/holding.server.ts";
import type { Hold } from "#app/shop/holds.ts";
import { getHold } from "#app/shop/holds.server.ts";
import type { Order } from "#app/shop/item.ts";
import { memory } from "#app/shop/memory.server.ts";
import { purchase, type PurchaseRequest } from "#app/shop/purchase.server.ts";
import { changeItem, correctItem, HoldsAreOpen, resetItem, restockItem } from "#app/shop/stocking.server.ts";
import { asSuperuser } from "../setup/superuser.ts";

const ITEM = "night-ferry";
const PRICE = { amount: 2_400, currency: "EUR" };
const change = (terms: Omit<Parameters<typeof changeItem>[1], "id">) =>
  db.$transaction((tx) => changeItem(tx, { id: ITEM, ...terms }));
const wish = (quantity = 1): PurchaseRequest => ({ itemId: ITEM, buyerId: randomUUID(), key: randomUUID(), quantity });
const authorised = (quantity = 1, intent = `pi_${randomUUID()}`) => ({
  amount: PRICE.amount * quantity,
  currency: "EUR",
  intent,
});
const stock = async () => {
  const item = await getItem(ITEM);
  return [item?.quantity, item?.held, item?.state];
};

async function hold(request = wish()): Promise<Hold> {
  const outcome = await purchase(request);
  if (outcome.kind !== "held") throw new Error(`it was ${outcome.kind}`);
  return outcome.hold;
}

async function sell(quantity = 1): Promise<Order> {
  const outcome = await confirm(await hold(wish(quantity)), authorised(quantity));
  if (outcome.kind !== "sold") throw new Error(`it was ${outcome.kind}`);
  return outcome.order;
}

/** As if its time had gone by. */
async function letPass({ id, itemId }: Hold): Promise<void> {
  await asSuperuser("UPDATE holds SET expires_at = now() - interval '1 second' WHERE id = $1", [id]);
  await asSuperuser(
    "UPDATE stock SET next_expiry = (SELECT min(expires_at) FROM holds WHERE item_id = $1 AND ended_at IS NULL) WHERE item_id = $1",
    [itemId],
  );
}

/** What tasks there are about it. */
const tasksOf = ({ id }: { id: string }) =>
  db.$queryRaw<{ kind: string; part: string }[]>`SELECT kind, part FROM tasks WHERE subject = ${id}::uuid ORDER BY id`;

beforeEach(async () => {
  await change({ price: PRICE, payment: "card", holdSeconds: 600, maxPerOrder: 3, limitPerBuyer: null });
  await resetItem(ITEM, 3);
});
afterEach(async () => {
  expect((await audit()).findings).toEqual([]);
});

describe("a press", () => {
  test("holds the units until a time, and makes no order", async () => {
    const { heldAt, expiresAt, ...made } = await hold();
    expect(made).toMatchObject({ itemId: ITEM, quantity: 1, price: PRICE, state: "open", why: null });
    expect(expiresAt.getTime() - heldAt.getTime()).toBe(600_000);
    expect(await stock()).toEqual([2, 1, "available"]);
    expect(await db.order.count({ where: { id: made.id } })).toBe(0);
  });

  test("sent again, whatever happened since, is answered with the same hold, and later with its order", async () => {
    const request = wish();
    const made = await hold(request);
    expect(await purchase(request)).toMatchObject({
      kind: "held_before",
      own: true,
      hold: { id: made.id, state: "open" },
    });
    const sold = await confirm(made, authorised());
    expect(sold).toMatchObject({ kind: "sold", order: { id: made.id } });
    expect(await purchase(request)).toMatchObject({ kind: "repeated", order: { id: made.id } });
  });

  test("by a buyer who holds one is that hold, and leaves its key unused; another quantity is refused", async () => {
    const request = wish();
    const made = await hold(request);
    const again = { ...request, key: randomUUID() };
    expect(await purchase(again)).toMatchObject({ kind: "held_before", hold: { id: made.id } });
    expect(await purchase({ ...again, quantity: 2 })).toMatchObject({ kind: "hold_open", hold: { id: made.id } });
    await release(made, "given_up");
    expect(await purchase(again)).toMatchObject({ kind: "held", hold: { key: again.key } });
  });

  test("whose hold has ended finds it ended; a new key holds anew", async () => {
    const request = wish();
    const made = await hold(request);
    await letPass(made);
    expect(await purchase(request)).toMatchObject({ kind: "held_before", hold: { state: "ended", why: "time" } });
    expect(await purchase({ ...request, key: randomUUID() })).toMatchObject({ kind: "held" });
  });

  test("with one key for two items makes one hold or order, whichever comes first", async () => {
    const request = wish();
    const made = await hold(request);
    expect((await purchase({ ...request, itemId: "tin-comet" })).kind).toBe("key_reused");
    const other = { ...wish(), itemId: "tin-comet" };
    expect((await purchase(other)).kind).toBe("purchased");
    expect((await purchase({ ...other, itemId: ITEM })).kind).toBe("key_reused");
    await release(made, "given_up");
  });

  test("when all is held says until when at the earliest, and is sold out when nothing is held", async () => {
    const first = await hold(wish(2));
    await hold();
    const outcome = await purchase(wish());
    expect(outcome).toMatchObject({ kind: "all_held", nextReleaseAt: first.expiresAt.toISOString() });
    expect(await stock()).toEqual([0, 3, "all_held"]);
    await resetItem(ITEM, 0);
    expect((await purchase(wish())).kind).toBe("sold_out");
  });

  test("of what costs nothing sells at once", async () => {
    await change({ price: { amount: 0, currency: "EUR" } });
    expect((await purchase(wish())).kind).toBe("purchased");
    expect(await stock()).toEqual([2, 0, "available"]);
  });
});

describe("a hold's end", () => {
  test("comes at its time, before anything else is decided, and the units go to whoever presses", async () => {
    const made = await hold(wish(3));
    expect((await purchase(wish())).kind).toBe("all_held");
    await letPass(made);
    expect((await purchase(wish(3))).kind).toBe("held");
    expect(await getHold(made.id)).toMatchObject({ state: "ended", why: "time" });
  });

  test("by its buyer is final: nothing takes it anew", async () => {
    const made = await hold();
    expect(await release(made, "given_up")).toMatchObject({ kind: "ended", hold: { why: "given_up" } });
    expect(await release(made, "declined")).toMatchObject({ kind: "ended", hold: { why: "given_up" } });
    expect(await confirm(made, authorised())).toEqual({ kind: "not_sold", why: "given_up" });
    expect(await stock()).toEqual([3, 0, "available"]);
  });

  test("by a reset is in the ledger before the run ends, and its order can only be let go", async () => {
    const made = await hold(wish(2));
    await resetItem(ITEM, 5);
    expect(await getHold(made.id)).toMatchObject({ state: "ended", why: "reset" });
    const payment = authorised(2);
    expect(await confirm(made, payment)).toEqual({ kind: "not_sold", why: "reset" });
    expect(await tasksOf(made)).toEqual([{ kind: "cancel", part: payment.intent }]);
    expect(await stock()).toEqual([5, 0, "available"]);
  });

  test("is refused by the database for a second time, and for any other change", async () => {
    const made = await hold();
    const other = await hold();
    await release(made, "given_up");
    for (const attempt of [
      () => db.$executeRaw`UPDATE holds SET ended_at = now(), why = 'time' WHERE id = ${made.id}::uuid`,
      () => db.$executeRaw`UPDATE holds SET ended_at = NULL, why = NULL WHERE id = ${made.id}::uuid`,
      () => db.$executeRaw`UPDATE holds SET quantity = 2 WHERE id = ${other.id}::uuid`,
      () => db.$executeRaw`UPDATE holds SET expires_at = expires_at + interval '1 hour' WHERE id = ${other.id}::uuid`,
      () => db.$executeRaw`DELETE FROM holds WHERE id = ${other.id}::uuid`,
    ])
      await expect(attempt()).rejects.toThrow(/refused/);
  });
});

describe("a payment", () => {
  test("that begins extends the hold once, and is to be settled when it ends", async () => {
    await change({ holdSeconds: 30 });
    const made = await hold();
    const started = await startPayment(made, Buffer.from("ann"));
    if (started.kind !== "started") throw new Error(started.kind);
    expect(started.hold.expiresAt.getTime()).toBeGreaterThan(made.expiresAt.getTime());
    expect(await startPayment(made, Buffer.from("ann"))).toEqual(started);
    expect(await tasksOf(made)).toEqual([{ kind: "settle", part: "" }]);
    expect(await getItem(ITEM)).toMatchObject({ held: 1 });
  });

  test("that was authorised makes the order, once, at the hold's price, also while the sale is paused, closed or dearer", async () => {
    const made = await hold(wish(2));
    await change({
      paused: true,
      price: { amount: 9_900, currency: "EUR" },
      closesAt: new Date("2001-01-01T00:00:00Z"),
    });
    expect((await purchase(wish())).kind).toBe("closed");
    expect((await startPayment(made, Buffer.from("ann"))).kind).toBe("started");
    const payment = authorised(2);
    const sold = await confirm(made, payment);
    expect(sold).toMatchObject({ kind: "sold", order: { id: made.id, number: 1, quantity: 2, price: PRICE } });
    expect(await confirm(made, payment)).toMatchObject({ kind: "sold", order: { number: 1 } });
    expect(await tasksOf(made)).toEqual([
      { kind: "settle", part: "" },
      { kind: "capture", part: payment.intent },
    ]);
    expect(await getHold(made.id)).toMatchObject({ state: "sold", why: null });
    expect(await stock()).toEqual([1, 0, "closed"]);
    await change({ paused: false, closesAt: null });
  });

  test("of another sum, and a second one for the same hold, are let go", async () => {
    const made = await hold();
    const wrong = authorised(2);
    expect(await confirm(made, wrong)).toEqual({ kind: "not_sold", why: "amount" });
    const [first, second] = [authorised(), authorised()];
    expect((await confirm(made, first)).kind).toBe("sold");
    expect(await confirm(made, second)).toEqual({ kind: "not_sold", why: "other_payment" });
    expect(await tasksOf(made)).toEqual([
      { kind: "cancel", part: wrong.intent },
      { kind: "capture", part: first.intent },
      { kind: "cancel", part: second.intent },
    ]);
  });

  test("that came late takes the hold anew when a unit is there, and is let go when none is", async () => {
    const [late, tooLate] = [await hold(), await hold(wish(2))];
    await letPass(late);
    expect(await confirm(late, authorised())).toMatchObject({ kind: "sold", order: { id: late.id } });
    await letPass(tooLate);
    await hold(wish(2));
    expect(await confirm(tooLate, authorised(2))).toEqual({ kind: "not_sold", why: "unavailable" });
  });

  test("that came late and was let go is not sold after all, though a unit came back before the provider was told", async () => {
    const tooLate = await hold(wish(2));
    await letPass(tooLate);
    const other = await hold(wish(2));
    const payment = authorised(2);
    expect(await confirm(tooLate, payment)).toEqual({ kind: "not_sold", why: "unavailable" });
    await release(other, "given_up");
    expect(await confirm(tooLate, payment)).toEqual({ kind: "not_sold", why: "unavailable" });
    expect(await tasksOf(tooLate)).toEqual([{ kind: "cancel", part: payment.intent }]);
  });

  test.each([
    ["while the sale is paused", () => change({ paused: true })],
    ["before the opening", () => change({ opensAt: new Date("2999-01-01T00:00:00Z") })],
    ["after the closing", () => change({ closesAt: new Date("2001-01-01T00:00:00Z") })],
  ])("that came late takes nothing anew %s", async (_when, stop) => {
    const made = await hold();
    await letPass(made);
    await stop();
    expect(await confirm(made, authorised())).toEqual({ kind: "not_sold", why: "unavailable" });
    await change({ paused: false, opensAt: null, closesAt: null });
  });

  test("sent by twenty at once makes one order", async () => {
    const made = await hold();
    const payment = authorised();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => confirm(made, payment)));
    expect(new Set(outcomes.map((outcome) => (outcome.kind === "sold" ? outcome.order.number : outcome.kind)))).toEqual(
      new Set([1]),
    );
    expect(await stock()).toEqual([2, 0, "available"]);
  });

  test("of a person who has as many as one may have is refused, whoever the buyer is", async () => {
    await change({ limitPerBuyer: 2 });
    const [first, second] = [await hold(wish(2)), await hold()];
    for (const { id } of [first, second])
      await db.$executeRaw`INSERT INTO contacts (order_id, item_id, run, email, created_at) SELECT id, item_id, run, 'ann@example.org', now() FROM holds WHERE id = ${id}::uuid`;
    expect((await startPayment(first, Buffer.from("ann"))).kind).toBe("started");
    expect(await startPayment(second, Buffer.from("ann"))).toEqual({ kind: "limit_reached", limit: 2 });
    expect((await startPayment(second, Buffer.from("bob"))).kind).toBe("started");
    const sold = await confirm(first, authorised(2));
    expect(await startPayment(second, Buffer.from("ann"))).toEqual({ kind: "limit_reached", limit: 2 });
    if (sold.kind !== "sold") throw new Error(sold.kind);
    await takeBack(sold.order, 1, "back", randomUUID());
    expect((await startPayment(second, Buffer.from("ann"))).kind).toBe("started");
  });
});

describe("goods that come back", () => {
  test("are for sale again, once each, and no number is given again", async () => {
    const order = await sell(2);
    const key = randomUUID();
    expect(await takeBack(order, 1, "back", key)).toMatchObject({ kind: "done", stock: { quantity: 2 } });
    expect(await takeBack(order, 1, "back", key)).toMatchObject({ kind: "repeated" });
    expect((await takeBack(order, 2, "back", key)).kind).toBe("key_reused");
    expect(await takeBack(order, 2, "back", randomUUID())).toEqual({ kind: "too_many", left: 1 });
    expect(await takeBack(order, 1, "gone", randomUUID())).toMatchObject({ kind: "done", stock: { quantity: 2 } });
    expect(await sell()).toMatchObject({ number: 2 });
  });

  test("and holds that are ended say whose doing it was, once, and only where something was done", async () => {
    const order = await sell(1);
    const act = { who: "Ann", what: "order_cancelled", itemId: ITEM, orderId: order.id, after: { units: 1 } } as const;
    const key = randomUUID();
    for (let times = 0; times < 3; times += 1) await takeBack(order, 1, "back", key, act);
    expect((await takeBack(order, 1, "back", randomUUID(), act)).kind).toBe("too_many");
    const held = await hold();
    const end = { who: "Bob", what: "hold_ended", itemId: ITEM, orderId: held.id, after: { why: "a test" } } as const;
    await Promise.all([release(held, "operator", end), release(held, "operator", end)]);
    const acts = await db.act.findMany({ where: { orderId: { in: [order.id, held.id] } }, orderBy: { id: "asc" } });
    expect(acts).toMatchObject([
      { who: "Ann", what: "order_cancelled", itemId: ITEM, before: null, after: { units: 1 } },
      { who: "Bob", what: "hold_ended", after: { why: "a test" } },
    ]);
  });

  test("in twenty requests at once are as many as the order had", async () => {
    const order = await sell(3);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => takeBack(order, 1, "back", randomUUID())));
    expect(outcomes.filter(({ kind }) => kind === "done")).toHaveLength(3);
    expect(await stock()).toEqual([3, 0, "available"]);
  });

  test("of a run that has ended leave the books of that run, and change nothing of the one that is on", async () => {
    const order = await sell(2);
    await resetItem(ITEM, 4);
    expect(await takeBack(order, 1, "back", randomUUID())).toMatchObject({ kind: "done", stock: { quantity: 4 } });
    expect(await takeBack(order, 1, "gone", randomUUID())).toMatchObject({ kind: "done" });
    expect(await takeBack(order, 1, "gone", randomUUID())).toEqual({ kind: "too_many", left: 0 });
    expect(await stock()).toEqual([4, 0, "available"]);
  });
});

describe("whoever lets holds lapse", () => {
  test("waits after the second as long as a hold lasts, and others do not", async () => {
    const { buyerId } = wish();
    for (let times = 0; times < 2; times += 1) await letPass(await hold({ ...wish(), buyerId }));
    const refused = await purchase({ ...wish(), buyerId });
    expect(refused).toMatchObject({
      kind: "limit_reached",
      per: "address",
      limit: 2,
      until: expect.any(String) as string,
    });
    await hold();
    await change({ holdSeconds: 5 });
    await asSuperuser("UPDATE holds SET expires_at = expires_at - interval '10 seconds' WHERE buyer_id = $1", [
      buyerId,
    ]);
    await hold({ ...wish(), buyerId });
  });

  test("from one address holds no more than so many at once", async () => {
    await resetItem(ITEM, 30);
    memory.replace(await listItems(), Date.now());
    const address = "192.0.2.20";
    const outcomes = [];
    for (let times = 0; times < 21; times += 1) outcomes.push(await purchase({ ...wish(), address }));
    expect(outcomes.map(({ kind }) => kind)).toEqual([...Array<string>(20).fill("held"), "limit_reached"]);
    const [first] = outcomes;
    if (first?.kind === "held") await release(first.hold, "given_up");
    expect((await purchase({ ...wish(), address })).kind).toBe("held");
    expect((await purchase({ ...wish(), address: "192.0.2.21" })).kind).toBe("held");
  });
});

describe("an operator", () => {
  test("counts what lies on the shelf, held units too, and not fewer than those", async () => {
    await hold(wish(2));
    const seenVersion = (await getItem(ITEM))?.version ?? 0;
    expect(await correctItem(ITEM, { to: 1, seenVersion })).toMatchObject({ kind: "not_enough" });
    expect(await correctItem(ITEM, { to: 2, seenVersion })).toMatchObject({
      kind: "done",
      stock: { quantity: 0, held: 2 },
    });
    expect(await restockItem(ITEM, 4)).toMatchObject({ kind: "done", stock: { quantity: 4, held: 2 } });
  });

  test("does not change how an item is paid for while holds of it are open", async () => {
    const made = await hold();
    await expect(change({ payment: "none" })).rejects.toThrow(HoldsAreOpen);
    await release(made, "given_up");
    expect(await change({ payment: "none" })).toBeDefined();
  });
});
