/** What an operator does with an order: found, sent, noted, cancelled and refunded, each press once, and written down. */
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { listRefunds } from "#app/checkout/refunds.server.ts";
import { audit } from "#app/shop/audit.server.ts";
import { type Shop, startShop, until } from "#harness/shop.ts";
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

test("an order is found by number, id, and the beginnings of name and address; a hold among those that are held", async () => {
  const { hold: sold } = await paid(shop);
  const { hold } = await holding(shop);
  const list = async (query: string) => {
    const text = await (await ann.fetch(`/operator/orders?${query}`)).text();
    return [sold.id, hold.id].map((id) => text.includes(`data-order="${id}"`));
  };
  for (const q of ["", sold.id, "1", "No. 1", EMAIL.slice(0, 5).toUpperCase()])
    expect([q, await list(String(new URLSearchParams({ q })))]).toEqual([q, [true, false]]);
  for (const q of [randomUUID(), "99999", "nobody", "%", "_", "\\"])
    expect([q, await list(String(new URLSearchParams({ q })))]).toEqual([q, [false, false]]);
  expect(await list("state=held")).toEqual([false, true]);
  expect(await list("state=paid")).toEqual([true, false]);
  for (const state of ["sent", "cancelled", "refunded", "disputed", "to_send"])
    expect([state, await list(`state=${state}`)]).toEqual([state, [false, false]]);
});

test("a refund has no default, neither of money nor of goods, and one press twice gives back once", async () => {
  const { hold } = await paid(shop, 2);
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
  // Another one is asked about.
  expect((await press(hold.id, "refund", { ...wish, key: randomUUID() })).status).toBe(409);
  expect(await actsOf(hold.id)).toMatchObject([{ who: "Ann", what: "order_refunded" }]);
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
