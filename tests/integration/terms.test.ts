/** What a buyer was shown is what a buyer gets: prices, pauses and names that change under an open page. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { changeItem, pauseItem, resetItem, resumeItem } from "#app/shop/stocking.server.ts";
import { type Shop, startShop, until, Visitor } from "#harness/shop.ts";

const ITEM = "night-ferry";
let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

const change = (words: Parameters<typeof changeItem>[1]) => db.$transaction((tx) => changeItem(tx, words));
const priceTo = (amount: number, currency = "EUR") => change({ id: ITEM, price: { amount, currency } });
const sold = () => db.order.count({ where: { itemId: ITEM } });

/** The fields of a page's form, as a browser would send them. */
async function fieldsOf(visitor: Visitor): Promise<Record<string, string>> {
  const html = await (await visitor.fetch(`/items/${ITEM}`)).text();
  const form = /<form[^>]*data-purchase[^]*?<\/form>/.exec(html)?.[0] ?? "";
  const fields = [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return Object.fromEntries(fields.map(([, name = "", value = ""]) => [name, value]));
}

test("a form that shows another price buys nothing, says both prices, and its key is good for the new one", async () => {
  await resetItem(ITEM, 9);
  await priceTo(4_200);
  const before = await sold();
  const visitor = new Visitor(shop.url);
  await until(async () => (await fieldsOf(visitor)).amount === "4200");
  const fields = await fieldsOf(visitor);
  for (const [amount, currency] of [
    [999_900, "EUR"],
    [4_200, "KWD"],
    [900, "EUR"],
  ] as const) {
    await priceTo(amount, currency);
    const refused = await visitor.pressBuy(ITEM, fields);
    expect(refused.status).toBe(409);
    expect(await refused.text()).toContain('data-message="price_changed"');
  }
  expect(await sold()).toBe(before);
  const bought = await visitor.pressBuy(ITEM, { ...fields, amount: "900" });
  expect(bought.status).toBe(303);
  // The repeat finds its order at its own price, whatever the price is now.
  await priceTo(4_200);
  const repeated = await visitor.pressBuy(ITEM, { ...fields, amount: "900" });
  expect([repeated.status, repeated.headers.get("Location")]).toEqual([303, bought.headers.get("Location")]);
  expect(await sold()).toBe(before + 1);
});

test("a program that names the price it knows is told the new one, and one that names none pays what it is", async () => {
  await resetItem(ITEM, 9);
  await priceTo(4_200);
  const key = randomUUID();
  const visitor = new Visitor(shop.url);
  const price = { amount: 4_100, currency: "EUR" };
  const refused = await visitor.buyByJson(ITEM, key, { quantity: 1, price });
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({
    type: "urn:lastone:problem:price-changed",
    was: price,
    now: { amount: 4_200, currency: "EUR" },
  });
  const bought = await visitor.buyByJson(ITEM, key, { quantity: 1, price: { amount: 4_200, currency: "EUR" } });
  expect(bought.status).toBe(201);
  expect(await bought.json()).toMatchObject({ order: { price: { amount: 4_200, currency: "EUR" } } });
  expect((await visitor.buyByJson(ITEM, randomUUID())).status).toBe(201);
});

test("a program that sends the price as a form does is told how it is sent, and buys nothing", async () => {
  const before = await sold();
  const body = { quantity: 1, amount: 4_100, currency: "EUR" };
  const answer = await new Visitor(shop.url).buyByJson(ITEM, randomUUID(), body);
  expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([
    400,
    "`price` is { amount, currency }.",
  ]);
  expect(await sold()).toBe(before);
});

test.each([
  [{ amount: "1" }],
  [{ currency: "EUR" }],
  [{ amount: "-1", currency: "EUR" }],
  [{ amount: "1e3", currency: "EUR" }],
  [{ amount: "9999999999", currency: "EUR" }],
  [{ amount: "1", currency: "euro" }],
])("a form with the price %j is not understood, and buys nothing", async (fields) => {
  const before = await sold();
  const visitor = new Visitor(shop.url);
  const key = await visitor.openItem(ITEM);
  expect((await visitor.pressBuy(ITEM, { key, ...fields })).status).toBe(400);
  expect(await sold()).toBe(before);
});

test("a purchase that waits for the lock is decided on the price that is there when it is given", async () => {
  await resetItem(ITEM, 9);
  await priceTo(4_200);
  const waiting = db.$transaction(async (tx) => {
    await changeItem(tx, { id: ITEM, price: { amount: 5_000, currency: "EUR" } });
    const answer = new Visitor(shop.url).buyByJson(ITEM, randomUUID(), {
      quantity: 1,
      price: { amount: 4_200, currency: "EUR" },
    });
    await until(async () => {
      const rows = await db.$queryRaw<unknown[]>`
        SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FOR UPDATE%'`;
      return rows.length > 0;
    });
    return { answer };
  });
  const { answer } = await waiting;
  expect(await (await answer).json()).toMatchObject({ now: { amount: 5_000 } });
});

test("a paused sale sells nothing from the next decision on, says so, and goes on where it was", async () => {
  const visitor = new Visitor(shop.url);
  const { version, run } = (await resetItem(ITEM, 9)) ?? {};
  await pauseItem(ITEM);
  const refused = await visitor.buyByJson(ITEM, randomUUID());
  expect([refused.status, ((await refused.json()) as { type: string }).type]).toEqual([
    409,
    "urn:lastone:problem:paused",
  ]);
  const pressed = await visitor.pressBuy(ITEM, { key: await visitor.openItem(ITEM) });
  expect(pressed.status).toBe(409);
  expect(await pressed.text()).toContain('data-message="paused"');
  const item: unknown = await (await fetch(`${shop.url}/api/items/${ITEM}`)).json();
  expect(item).toMatchObject({ state: "paused", quantity: 9, version, run });
  await until(async () => (await (await visitor.fetch(`/items/${ITEM}`)).text()).includes('data-state="paused"'));
  await resumeItem(ITEM);
  expect((await visitor.buyByJson(ITEM, randomUUID())).status).toBe(201);
});

test("a receipt shows the item's name and price as they were sold", async () => {
  await resetItem(ITEM, 9);
  await change({ id: ITEM, name: "Night Ferry", price: { amount: 4_200, currency: "EUR" } });
  const visitor = new Visitor(shop.url);
  const { headers } = await visitor.pressBuy(ITEM, { key: await visitor.openItem(ITEM) });
  await change({ id: ITEM, name: "Day Ferry", price: { amount: 9_900, currency: "EUR" } });
  const receipt = await (await visitor.fetch(headers.get("Location") ?? "")).text();
  expect(receipt).toContain("Night Ferry");
  expect(receipt).toContain("€42.00");
  expect(receipt).not.toContain("Day Ferry");
});
