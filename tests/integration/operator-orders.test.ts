/** What an operator does with an order: found, sent, noted, cancelled and refunded, each press once, and written down. */
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { listRefunds } from "#app/checkout/refunds.server.ts";
import { audit } from "#app/shop/audit.server.ts";
import { type Shop, startShop, until, Visitor } from "#harness/shop.ts";
import { change, EMAIL, holding, ITEM, onSale, paid } from "../setup/checkout.ts";
import { Operator, PASSWORD } from "../setup/signed-in.ts";

let shop: Shop;
let ann: Operator;
beforeAll(async () => {
  shop = await startShop({ OPERATOR_PASSWORD: PASSWORD });
  ann = await Operator.signIn(shop.url);
});
afterAll(() => shop.stop());
beforeEach(() => onSale(5));
afterEach(async () => {
  expect((await audit()).findings).toEqual([]);
});

const available = async () => (await db.stock.findUniqueOrThrow({ where: { itemId: ITEM } })).available;
const page = (id: string) => `/operator/orders/${id}`;
const press = (id: string, step: string, fields: Record<string, string> = {}) =>
  ann.press(page(id), { step, key: randomUUID(), ...fields });
const actsOf = (orderId: string) => db.act.findMany({ where: { orderId }, orderBy: { id: "asc" } });

/** Which of these the list has, in its order. */
async function list(query: Record<string, string>, ...ids: string[]): Promise<boolean[]> {
  const text = await (await ann.fetch(`/operator/orders?${new URLSearchParams(query).toString()}`)).text();
  return ids.map((id) => text.includes(`data-order="${id}"`));
}

test("an order is found by number, id, and the beginnings of name and address; a hold among those that are held", async () => {
  const { hold: sold } = await paid(shop);
  const { hold } = await holding(shop);
  for (const q of ["", sold.id, "1", "No. 1", EMAIL.slice(0, 5).toUpperCase()])
    expect([q, await list({ q }, sold.id, hold.id)]).toEqual([q, [true, false]]);
  for (const q of [randomUUID(), "99999", "nobody", "%", "_", "\\"])
    expect([q, await list({ q }, sold.id, hold.id)]).toEqual([q, [false, false]]);
  expect(await list({ state: "held" }, sold.id, hold.id)).toEqual([false, true]);
  expect(await list({ state: "paid" }, sold.id, hold.id)).toEqual([true, false]);
  for (const state of ["sent", "cancelled", "refunded", "disputed", "to_send"])
    expect([state, await list({ state }, sold.id, hold.id)]).toEqual([state, [false, false]]);
});

test("a name that more have than can be looked up is found among the newest orders, and only who has it", async () => {
  const [{ hold: first }, { hold: second }] = [await paid(shop), await paid(shop)];
  await db.contact.update({ where: { orderId: second.id }, data: { name: "Zoë" } });
  // Contacts of orders that are not there, which nothing may refer to otherwise.
  await db.$transaction([
    db.$executeRaw`SET LOCAL session_replication_role = replica`,
    db.$executeRaw`
      INSERT INTO contacts (order_id, item_id, run, name, created_at)
      SELECT gen_random_uuid(), ${ITEM}, 1, name, now() FROM generate_series(1, 10001), unnest(ARRAY['Zoë', 'Zacharias']) AS name`,
  ]);
  expect(await list({ q: "zo" }, first.id, second.id)).toEqual([false, true]);
  expect(await list({ q: "zo", state: "paid" }, first.id, second.id)).toEqual([false, true]);
  expect(await list({ q: "zach" }, first.id, second.id)).toEqual([false, false]);
  await db.$executeRaw`DELETE FROM contacts WHERE NOT EXISTS (SELECT 1 FROM holds WHERE holds.id = order_id)`;
});

test("what is to be sent is listed until it is sent, wholly taken back, given back or disputed", async () => {
  const orders = await Promise.all([1, 2, 3, 4].map(() => paid(shop)));
  // Nobody asks the bank about a dispute meanwhile.
  await until(async () => (await db.task.count({ where: { doneAt: null, dueAt: { lte: new Date() } } })) === 0);
  await change({ ships: true });
  const ids = orders.map(({ hold }) => hold.id);
  const [sent = "", cancelled = "", disputed = ""] = ids;
  const toSend = () => list({ state: "to_send" }, ...ids);
  expect(await toSend()).toEqual([true, true, true, true]);
  await press(sent, "send");
  await press(cancelled, "cancel");
  await db.payment.update({ where: { orderId: disputed }, data: { disputed: true } });
  expect(await toSend()).toEqual([false, false, false, true]);
  await press(ids[3] ?? "", "refund", { amount: "1.00", goods: "kept", units: "0" });
  expect(await toSend()).toEqual([false, false, false, true]);
  await change({ ships: false });
  expect(await toSend()).toEqual([false, false, false, false]);
  await change({ ships: true });
  await press(ids[3] ?? "", "refund", { amount: "41.00", goods: "kept", again: "1" });
  await until(async () => (await db.refund.count({ where: { status: { not: "done" } } })) === 0);
  expect(await toSend()).toEqual([false, false, false, false]);
  expect((await told(ids[3] ?? "")).list).toEqual(["refunded", "€42.00 refunded"]);
  await change({ ships: false });
});

test("a refund has no default, neither of money nor of goods, and one press twice gives back once", async () => {
  const { hold } = await paid(shop, 2);
  const mostUnits = async () =>
    /Of those that[^:]*: at most (\d)/.exec(await (await ann.fetch(page(hold.id))).text())?.[1];
  expect(await mostUnits()).toBe("2");
  for (const [fields, missing] of [
    [{}, ["amount", "goods"]],
    [{ amount: "1.00" }, ["goods"]],
    [{ goods: "back" }, ["amount"]],
    [{ amount: "1.234,00", goods: "kept" }, ["amount"]],
    [{ amount: "1.00", goods: "back", units: "0" }, ["units"]],
  ] as const) {
    const answer = await press(hold.id, "refund", fields);
    const text = await answer.text();
    expect([answer.status, [...text.matchAll(/data-error="(\w+)"/g)].map(([, field]) => field)]).toEqual([
      400,
      missing,
    ]);
  }
  expect(await listRefunds(hold.id)).toEqual([]);
  const key = randomUUID();
  const wish = { key, amount: "42,00", goods: "back", units: "1" };
  const twice = await Promise.all([press(hold.id, "refund", wish), press(hold.id, "refund", wish)]);
  expect(twice.map(({ status }) => status)).toEqual([303, 303]);
  await until(async () => (await listRefunds(hold.id))[0]?.status === "done");
  expect(await listRefunds(hold.id)).toMatchObject([{ amount: 4_200, goods: "back", units: 1 }]);
  expect(await available()).toBe(4);
  // Of the one that is left nobody need say how many.
  expect(await mostUnits()).toBeUndefined();
  // Another one is asked about.
  expect((await press(hold.id, "refund", { ...wish, key: randomUUID() })).status).toBe(409);
  expect(await actsOf(hold.id)).toMatchObject([{ who: "Ann", what: "order_refunded" }]);
});

/** What an order's page and its line in the list say that it is, and whether it can be cancelled there. */
async function told(id: string) {
  const [own, list] = await Promise.all(
    [page(id), `/operator/orders?q=${id}`].map(async (path) => (await ann.fetch(path)).text()),
  );
  const tags = /data-order[^]*?text-sm text-quiet">(<span[^]*?)<\/p>/.exec(list ?? "")?.[1] ?? "";
  return {
    page: />Payment<\/h2>[^]*?(?:<p[^>]*>|State<\/dt><dd[^>]*>)([^<]*)</.exec(own ?? "")?.[1],
    list: [...tags.matchAll(/>([^<]+)</g)].map(([, tag]) => tag),
    canBeCancelled: own?.includes('data-step="cancel"'),
  };
}

test("an order is told as what has become of it, and is cancelled only as long as there is something to give back", async () => {
  const [cancelled, kept, back, free] = [await paid(shop), await paid(shop), await paid(shop), new Visitor(shop.url)];
  const sale = (is: string, canBeCancelled: boolean, ...list: string[]) => ({
    page: is,
    list: [is, ...list],
    canBeCancelled,
  });
  expect(await told(cancelled.hold.id)).toEqual(sale("paid", true));
  await press(cancelled.hold.id, "cancel");
  await press(kept.hold.id, "refund", { amount: "42.00", goods: "kept" });
  await press(back.hold.id, "refund", { amount: "1.00", goods: "back" });
  await until(async () => (await db.refund.count({ where: { status: { not: "done" } } })) === 0);
  expect(await told(cancelled.hold.id)).toEqual(sale("cancelled", false, "€42.00 refunded"));
  expect(await told(kept.hold.id)).toEqual(sale("refunded", true, "€42.00 refunded"));
  expect(await told(back.hold.id)).toEqual(sale("taken back, and still paid", true, "€1.00 refunded"));

  const { order } = (await (await free.buyByJson("moon-moth", randomUUID())).json()) as { order: { id: string } };
  expect(await told(order.id)).toEqual(sale("no money taken", true));
  await press(order.id, "cancel");
  expect(await told(order.id)).toEqual(sale("cancelled, no money taken", false));
});

test("what is cancelled is back once, and what was sent is not cancelled; the act says nothing of the buyer", async () => {
  const [{ hold: first }, { hold: second }] = [await paid(shop), await paid(shop)];
  // Only now, so that no address need be entered.
  await change({ ships: true });
  expect((await press(first.id, "cancel")).headers.get("location")).toBe(`${page(first.id)}?said=asked`);
  expect((await press(first.id, "cancel")).headers.get("location")).toBe(`${page(first.id)}?said=repeated`);
  await until(async () => (await available()) === 4);
  expect((await press(first.id, "send")).status).toBe(409);

  for (const tracking of ["javascript:alert(1)", "http://parcels.example/1", "parcels"])
    expect([tracking, (await press(second.id, "send", { tracking })).status]).toEqual([tracking, 400]);
  const tracking = "https://parcels.example/ann";
  expect((await press(second.id, "send", { tracking })).headers.get("location")).toBe(`${page(second.id)}?said=sent`);
  expect((await press(second.id, "cancel")).status).toBe(409);
  await press(second.id, "note", { note: "Ann’s aunt takes it" });
  await until(async () => (await db.mail.count({ where: { orderId: second.id, kind: "sent" } })) === 1);
  const text = await (await ann.fetch(page(second.id))).text();
  expect(text).toContain("Ann’s aunt takes it");
  const acts = await actsOf(second.id);
  expect(acts).toMatchObject([{ what: "order_sent" }, { what: "order_noted" }]);
  expect(JSON.stringify(acts.map(({ before, after }) => [before, after]))).not.toMatch(/aunt|parcels/);
  await change({ ships: false });
});
