/** The receipt as a picture: for whoever may see the receipt, while what was bought is theirs, and for nobody else. */
import { randomUUID } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import sharp from "sharp";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { certificateOf, currentCard } from "#app/cards/cards.server.ts";
import { cancelOrder, refundOrder } from "#app/checkout/refunds.server.ts";
import { db } from "#app/db.server.ts";
import { TooMany } from "#app/making/one-at-a-time.ts";
import { addItem } from "#app/shop/stocking.server.ts";
import { type Shop, startShop, until, Visitor } from "#harness/shop.ts";
import { onSale, paid } from "../setup/checkout.ts";

const FREE = "tin-comet";
const MOTH = {
  ...{ name: "Moth", tagline: "", story: "", picture: "/items/moon-moth.svg", pictureAlt: "A moth." },
  ...{ price: { amount: 100, currency: "EUR" }, startingQuantity: 1, maxPerOrder: 1, limitPerBuyer: null },
  ...{ opensAt: null, closesAt: null, payment: "none" as const, holdSeconds: 600, ships: false, position: null },
};
let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());
beforeEach(async () => {
  await Promise.all([onSale(5), new Visitor(shop.url).reset(FREE, 5)]);
});

const at = (id: string) => `/orders/${id}/certificate.jpg`;
/** As a mail of the order has it. */
const linkOf = async (orderId: string) => {
  let link = "";
  await until(async () => {
    const mail = await db.mail.findFirst({ where: { orderId } });
    link = /\?link=[\w-]+/.exec(mail?.text ?? "")?.[0] ?? "";
    return link !== "";
  });
  return link;
};
const statusOf = async (visitor: Visitor, path: string) => (await visitor.fetch(path)).status;

test("its buyer is given a portrait of 1200 by 1500, to keep alone, in the visitor's language", async () => {
  const { visitor, hold } = await paid(shop);
  const answer = await visitor.fetch(at(hold.id));
  expect([answer.status, answer.headers.get("content-type"), answer.headers.get("cache-control")]).toEqual([
    200,
    "image/jpeg",
    "private, no-cache",
  ]);
  expect(answer.headers.get("content-disposition")).toBe('inline; filename="night-ferry-1.jpg"');
  const picture = Buffer.from(await answer.arrayBuffer());
  expect(await sharp(picture).metadata()).toMatchObject({ format: "jpeg", width: 1_200, height: 1_500 });
  const etag = answer.headers.get("etag") ?? "";
  expect((await visitor.fetch(at(hold.id), { headers: { "If-None-Match": etag } })).status).toBe(304);
  const german = await visitor.fetch(at(hold.id), { headers: { "Accept-Language": "de" } });
  expect([german.status, german.headers.get("etag") === etag]).toEqual([200, false]);
});

test("to anyone else it is as if there were none, whatever key or link they try", async () => {
  const { visitor, hold } = await paid(shop);
  const other = (await paid(shop)).hold;
  expect(await statusOf(visitor, at(hold.id))).toBe(200);
  const stranger = new Visitor(shop.url);
  const foreign = await linkOf(other.id);
  for (const query of ["", `?key=${randomUUID()}`, "?link=a", `?link=${"a".repeat(43)}`, foreign])
    expect([query, await statusOf(stranger, at(hold.id) + query)]).toEqual([query, 404]);
  for (const id of [randomUUID(), "1"]) expect(await statusOf(visitor, at(id))).toBe(404);
});

test("the link of the mail opens it, and so does the key of one who bought without a cookie", async () => {
  const { hold } = await paid(shop);
  const link = await linkOf(hold.id);
  expect(await statusOf(new Visitor(shop.url), at(hold.id) + link)).toBe(200);
  // What is no key leads nobody on.
  const { visitor, hold: own } = await paid(shop);
  expect(await (await visitor.fetch(`/orders/${own.id}?key=none`)).text()).toContain(`href="${at(own.id)}"`);
  const key = randomUUID();
  const bought = await new Visitor(shop.url).buyByJson(FREE, key);
  const { order } = (await bought.json()) as { order: { id: string } };
  expect(await statusOf(new Visitor(shop.url), `${at(order.id)}?key=${key}`)).toBe(200);
  const receipt = await (await fetch(`${shop.url}/orders/${order.id}?key=${key}`)).text();
  expect(receipt).toContain(`href="${at(order.id)}?key=${key}"`);
});

test("what was taken back whole has none any more; of a part the rest still has", async () => {
  const { visitor, hold } = await paid(shop, 2);
  const whole = await visitor.fetch(at(hold.id));
  await refundOrder({ orderId: hold.id, amount: 4_200, goods: "back", units: 1 });
  await until(async () => (await visitor.fetch(at(hold.id))).headers.get("etag") !== whole.headers.get("etag"));
  expect(await statusOf(visitor, at(hold.id))).toBe(200);
  await cancelOrder(hold.id);
  await until(async () => (await statusOf(visitor, at(hold.id))) === 404);
  expect(await (await visitor.fetch(`/orders/${hold.id}`)).text()).not.toContain("certificate.jpg");
});

const CERTIFIED = {
  ...{ name: "Tin Comet", picture: "/items/tin-comet.svg", number: 3, edition: 10, quantity: 1 },
  placedAt: new Date(0),
};

test("however often one is asked for, it is made once", async () => {
  const order = { ...CERTIFIED, id: randomUUID() };
  let started = 0;
  const count = () => void (started += 1);
  subscribe("child_process", count);
  const made = await Promise.all(Array.from({ length: 30 }, () => certificateOf(order, "en")));
  unsubscribe("child_process", count);
  expect([started, new Set(made.map((card) => card.name)).size]).toEqual([1, 1]);
});

test("none waits behind the cards that anyone can ask for", async () => {
  const ids = Array.from({ length: 22 }, (_, index) => `card-${index}`);
  await db.$transaction(async (tx) => {
    for (const id of ids) await addItem(tx, { ...MOTH, id });
  });
  const cards = ids.map((item) => currentCard({ item, language: "en" }));
  // As many as may wait do.
  expect(await Promise.all(cards).catch((error: unknown) => error)).toBeInstanceOf(TooMany);
  const { content } = await certificateOf({ ...CERTIFIED, id: randomUUID() }, "en");
  expect(content.length).toBeGreaterThan(0);
  await Promise.allSettled(cards);
});
