/** Which items may be paid for by card, and what a shop that takes none makes of them. */
import { afterEach, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { changeItem } from "#app/shop/stocking.server.ts";
import { type Shop, startShop, until, Visitor } from "#harness/shop.ts";
import { items } from "../setup/items.ts";

let shop: Shop | undefined;
afterEach(async () => {
  await shop?.stop();
  shop = undefined;
});

const card = (content: object) =>
  JSON.stringify({
    ...{ id: "card-moth", name: "Card Moth", picture: "/items/moon-moth.svg", pictureAlt: "A moth.", quantity: 2 },
    ...{ payment: "card", price: { amount: 900, currency: "EUR" } },
    ...content,
  });

test.each([
  ["less than a card is charged", { price: { amount: 49, currency: "EUR" } }, "is less than €0.50"],
  ["more than a card is charged", { price: { amount: 100_000_000, currency: "EUR" } }, "is more than €999,999.99"],
  ["no multiple of ten thousandths", { price: { amount: 1_234, currency: "KWD" } }, "must be a multiple of"],
  ["more than that in one order", { price: { amount: 90_000_000, currency: "EUR" }, maxPerOrder: 2 }, "times 2"],
])("an item at a price that is %s is not put up, and the reason is told", async (_what, content, why) => {
  const { code, complained } = await items(["add", "-"], {}, card(content));
  expect([code, complained.join("\n")]).toEqual([1, expect.stringContaining(why)]);
  expect(await db.item.count({ where: { id: "card-moth" } })).toBe(0);
});

test("what is free needs no card, and a price that no card is charged is refused when it is changed", async () => {
  expect((await items(["add", "-"], {}, card({ id: "free-moth", price: { amount: 0, currency: "EUR" } }))).code).toBe(
    0,
  );
  const { code, complained } = await items(
    ["change", "-"],
    {},
    JSON.stringify({ id: "free-moth", price: { amount: 7, currency: "EUR" } }),
  );
  expect([code, complained.join("\n")]).toEqual([1, expect.stringContaining("the least that a card is charged")]);
  expect(await db.item.findUnique({ where: { id: "free-moth" } })).toMatchObject({ priceAmount: 0 });
});

test("a shop without keys puts up none, and shows those that are there as paused, with one line in its log", async () => {
  const { code, complained } = await items(["add", "-"], { DEMO: "0" }, card({}));
  expect([code, complained.join("\n")]).toEqual([1, expect.stringContaining("takes no cards")]);
  await db.$transaction((tx) => changeItem(tx, { id: "night-ferry", payment: "card" }));
  shop = await startShop({ DEMO: "0" });
  const visitor = new Visitor(shop.url);
  const stateOf = async (id: string) =>
    ((await (await visitor.fetch(`/api/items/${id}`)).json()) as { state: string }).state;
  await until(async () => (await stateOf("night-ferry")) === "paused");
  expect(await stateOf("moon-moth")).toBe("available");
  const refused = await visitor.buyByJson("night-ferry", crypto.randomUUID());
  expect([refused.status, ((await refused.json()) as { type: string }).type]).toEqual([
    409,
    "urn:lastone:problem:paused",
  ]);
  expect(shop.output().split("cards_not_taken")).toHaveLength(2);
});
