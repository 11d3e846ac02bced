/** What a link to the shop shows elsewhere: its card, its tags, what programs read of it, and what nobody should find. */
import { randomUUID } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { currentCard, windowCard } from "#app/cards/cards.server.ts";
import { db } from "#app/db.server.ts";
import { shownFirst } from "#app/pages/arrangement.ts";
import { currentItems, type ItemChange } from "#app/shop/catalogue.server.ts";
import type { Item } from "#app/shop/item.ts";
import { changeItem } from "#app/shop/stocking.server.ts";
import { type Shop, startShop, until, Visitor } from "#harness/shop.ts";

const WHERE = "https://shop.example";
let shop: Shop;
let nowhere: Shop;
beforeAll(async () => {
  [shop, nowhere] = await Promise.all([
    startShop({ SHOP_URL: WHERE, SHOP_TERMS: "We sell **one** of each." }),
    startShop({ DEMO: "0", SHOP_URL: "" }),
  ]);
});
afterAll(() => Promise.all([shop.stop(), nowhere.stop()]));

const ITEM = "tin-comet";
const pageOf = async (path: string, { url } = shop, headers: Record<string, string> = {}) =>
  (await fetch(url + path, { headers })).text();

const change = (to: ItemChange) => db.$transaction((tx) => changeItem(tx, to));

/** By name or property. */
function tagsOf(html: string): Record<string, string> {
  const tags = html.matchAll(/<meta (?:name|property)="([^"]+)" content="([^"]*)"\/>/g);
  const canonical = /<link rel="canonical" href="([^"]*)"/.exec(html)?.[1];
  return {
    ...Object.fromEntries([...tags].map(([, name = "", content = ""]) => [name, content])),
    ...(canonical !== undefined && { canonical }),
  };
}

interface Product {
  name: string;
  image?: string[];
  offers: Record<string, unknown>;
}

function dataOf(html: string): unknown[] {
  return [...html.matchAll(/<script type="application\/ld\+json">([^<]*)<\/script>/g)].map(
    ([, json = ""]) => JSON.parse(json) as unknown,
  );
}

async function productOf(id: string, from = shop): Promise<Product> {
  const [found, ...others] = dataOf(await pageOf(`/items/${id}`, from));
  expect(others).toEqual([]);
  return found as Product;
}

test("an item's link shows what it is, at the shop's own address, with a card of 1200 by 630", async () => {
  const html = await pageOf(`/items/${ITEM}?utm_source=somewhere`);
  const { "og:image": image = "", ...tags } = tagsOf(html);
  expect(tags).toMatchObject({
    ...{ "og:title": "Tin Comet", "og:description": "Wind-up toy, ten made", "og:type": "product" },
    ...{ "og:url": `${WHERE}/items/${ITEM}`, canonical: `${WHERE}/items/${ITEM}`, "og:site_name": "Lastone" },
    ...{ "og:image:width": "1200", "og:image:height": "630", "og:image:alt": "Tin Comet, €64.00" },
    "twitter:card": "summary_large_image",
  });
  expect(image).toMatch(new RegExp(`^${WHERE}/cards/${ITEM}\\.jpg\\?v=[0-9a-f]{16}$`));
  const card = await fetch(shop.url + image.slice(WHERE.length));
  expect([card.status, card.headers.get("content-type"), card.headers.get("cache-control")]).toEqual([
    200,
    "image/jpeg",
    "public, max-age=31536000, immutable",
  ]);
  expect(await sharp(Buffer.from(await card.arrayBuffer())).metadata()).toMatchObject({ width: 1_200, height: 630 });
  const again = await fetch(card.url, { headers: { "If-None-Match": card.headers.get("etag") ?? "" } });
  expect(again.status).toBe(304);
});

test("the window's link shows the shop, and programs read whose it is", async () => {
  const html = await pageOf("/?utm_source=somewhere");
  const { "og:image": image = "", ...tags } = tagsOf(html);
  expect(tags).toMatchObject({
    "og:title": "Lastone",
    "og:type": "website",
    "og:url": `${WHERE}/`,
    canonical: `${WHERE}/`,
  });
  const card = await fetch(shop.url + image.slice(WHERE.length));
  expect([card.status, card.headers.get("cache-control")]).toEqual([200, "public, max-age=31536000, immutable"]);
  expect(await sharp(Buffer.from(await card.arrayBuffer())).metadata()).toMatchObject({ width: 1_200, height: 630 });
  expect(dataOf(html)).toMatchObject([
    { "@graph": [{ "@type": "OnlineStore", name: "Lastone" }, { "@type": "WebSite" }] },
  ]);
});

test("a page of the shop's own text shows the window's card, and no other page names an address", async () => {
  const tags = tagsOf(await pageOf("/terms"));
  expect(tags).toMatchObject({
    "og:title": "Terms",
    canonical: `${WHERE}/terms`,
    "og:image": `${WHERE}/card.jpg?lang=en`,
  });
  const missing = await fetch(`${shop.url}/items/no-such`);
  expect([
    missing.status,
    Object.keys(tagsOf(await missing.text())).filter((name) => /^og:|canonical/.test(name)),
  ]).toEqual([404, []]);
});

test("a page in German names a card in German, which is so for whoever fetches it", async () => {
  const image = tagsOf(await pageOf(`/items/${ITEM}`, shop, { "Accept-Language": "de" }))["og:image"] ?? "";
  expect(image).toContain("?lang=de&amp;v=");
  const [german, english] = await Promise.all(
    [image.slice(WHERE.length).replace("&amp;", "&"), `/cards/${ITEM}.jpg`].map(async (path) => fetch(shop.url + path)),
  );
  expect(german?.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect(german?.headers.get("etag")).not.toBe(english?.headers.get("etag"));
});

test("no address is made from a request's headers, and a shop that does not know its own names none", async () => {
  const forged = { Host: "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https" };
  for (const path of ["/", `/items/${ITEM}`, "/robots.txt", "/sitemap.xml"])
    expect(await pageOf(path, shop, forged)).not.toContain("evil.example");
  for (const path of ["/", `/items/${ITEM}`]) {
    const tags = tagsOf(await pageOf(path, nowhere, forged));
    expect(tags).toMatchObject({ "og:title": expect.any(String) as string, "twitter:card": "summary" });
    expect(Object.keys(tags).filter((name) => /url|image|canonical/.test(name))).toEqual([]);
  }
  expect(JSON.stringify(await productOf(ITEM, nowhere))).not.toMatch(/https?:\/\/(?!schema\.org)/);
  expect(await pageOf("/robots.txt", nowhere)).not.toContain("Sitemap");
  expect((await fetch(`${nowhere.url}/sitemap.xml`)).status).toBe(404);
});

test.each([
  ["night-ferry", "InStock", {}],
  ["moon-moth", "LimitedAvailability", {}],
  ["last-lighthouse", "SoldOut", {}],
  ["paper-garden", "PreOrder", { availabilityStarts: expect.stringMatching(/^\d{4}-.*Z$/) as string }],
])("programs read of %s that it is %s", async (id, availability, more) => {
  const { offers } = await productOf(id);
  expect(offers).toMatchObject({ "@type": "Offer", priceCurrency: "EUR", ...more });
  expect(offers.availability).toBe(`https://schema.org/${availability}`);
  expect(offers.price).toMatch(/^\d+\.\d\d$/);
});

test("prices have the digits of their currency, and what is paused or archived is told so", async () => {
  await change({ id: "clay-whistle", price: { amount: 5_000, currency: "JPY" }, paused: true });
  await until(async () => (await productOf("clay-whistle")).offers.price === "5000");
  expect((await productOf("clay-whistle")).offers.availability).toBe("https://schema.org/OutOfStock");
  const closesAt = new Date("2999-01-01T12:00:00Z");
  await change({ id: "clay-whistle", closesAt });
  await until(async () => (await productOf("clay-whistle")).offers.availabilityEnds === closesAt.toISOString());
  await change({ id: "clay-whistle", status: "archived" });
  await until(async () => (await productOf("clay-whistle")).offers.availability === "https://schema.org/Discontinued");
  expect((await productOf("clay-whistle")).offers).not.toHaveProperty("availabilityEnds");
});

test("what was sold is told, and the card has another address", async () => {
  const image = async () => tagsOf(await pageOf(`/items/${ITEM}`))["og:image"];
  const [before, { offers }] = [await image(), await productOf(ITEM)];
  expect(offers.inventoryLevel).toMatchObject({ value: 10 });
  expect((await new Visitor(shop.url).buyByJson("moon-moth", randomUUID())).status).toBe(201);
  await until(async () => (await productOf("moon-moth")).offers.availability === "https://schema.org/SoldOut");
  expect(await image()).toBe(before);
  expect((await new Visitor(shop.url).buyByJson(ITEM, randomUUID())).status).toBe(201);
  await until(async () => (await image()) !== before);
});

test("a name that ends a script ends none", async () => {
  const name = "</script><script>alert(1)</script><!-- & 'Moth' \u2028";
  await change({ id: "night-ferry", name });
  await until(async () => (await productOf("night-ferry")).name === name);
  expect(await pageOf("/items/night-ferry")).not.toContain("<script>alert");
});

/** The processes that `work` has started. */
async function startedBy(work: () => Promise<unknown>): Promise<number> {
  let started = 0;
  const count = () => void (started += 1);
  subscribe("child_process", count);
  await work();
  unsubscribe("child_process", count);
  return started;
}

test("a burst of those who ask makes a card once, until something of it changes", async () => {
  const ask = () => Promise.all(Array.from({ length: 30 }, () => currentCard({ item: "night-ferry", language: "en" })));
  expect(await startedBy(ask)).toBe(1);
  expect(await startedBy(ask)).toBe(0);
  await change({ id: "night-ferry", name: "Night Ferry" });
  expect(await startedBy(ask)).toBe(1);
  const cards = await ask();
  expect(new Set(cards.map((card) => card?.name)).size).toBe(1);
  // Nothing that is drawn has changed.
  await change({ id: "night-ferry", story: "Another story." });
  expect(await startedBy(ask)).toBe(0);
});

test("the window's card is named once for each change of what is sold, and made once for each of what is drawn", async () => {
  const items = shownFirst(await currentItems());
  const [first] = items;
  let looks = 0;
  /** Whoever makes a sheet looks for its pictures. */
  const watched = (item: Item) =>
    new Proxy(item, {
      get: (of, name) => {
        if (name === "picture") looks += 1;
        return Reflect.get(of, name) as unknown;
      },
    });
  const before = items.map(watched);
  const named = windowCard(before, "en");
  expect(looks).toBeGreaterThan(0);
  looks = 0;
  // For another visitor the list is made anew, and what is in it is not.
  expect([windowCard([...before], "en"), looks]).toEqual([named, 0]);
  const sold = before.map((item, index) => (index === 0 ? watched({ ...item, version: item.version + 1 }) : item));
  expect(windowCard(sold, "en")).toBe(named);
  expect(looks).toBeGreaterThan(0);

  const ask = () => currentCard({ language: "en" });
  await ask();
  await change({ id: first?.id ?? "", story: "A third story." });
  expect(await startedBy(ask)).toBe(0);
  await change({ id: first?.id ?? "", picture: "/favicon.svg" });
  expect(await startedBy(ask)).toBe(1);
});

test("whatever version is asked for, the card is as the item is now, and is kept for ever under its own name alone", async () => {
  const now = await fetch(`${shop.url}/cards/${ITEM}.jpg`);
  expect([now.status, now.headers.get("cache-control")]).toEqual([200, "public, max-age=60"]);
  const made = await Promise.all(
    Array.from({ length: 20 }, () => fetch(`${shop.url}/cards/${ITEM}.jpg?v=${randomUUID()}`)),
  );
  for (const card of made)
    expect([card.status, card.headers.get("etag"), card.headers.get("cache-control")]).toEqual([
      200,
      now.headers.get("etag"),
      "public, max-age=60",
    ]);
  for (const path of ["/cards/no-such.jpg", "/cards/-.jpg", "/cards/tin-comet.png", "/cards/"])
    expect((await fetch(shop.url + path)).status).toBe(404);
});

test("a draft has no card, and stands in no list of pages", async () => {
  await db.$executeRaw`
    INSERT INTO items (id, name, tagline, story, picture, picture_alt, price_amount, currency, starting_quantity, status, position)
    VALUES ('secret', 'Secret', '', '', '/items/moon-moth.svg', 'A moth', 100, 'EUR', 1, 'draft', 99)`;
  expect((await fetch(`${shop.url}/cards/secret.jpg`)).status).toBe(404);
  const map = await pageOf("/sitemap.xml");
  expect([...map.matchAll(/<loc>([^<]*)<\/loc>/g)].map(([, address]) => address)).toEqual(
    [
      "/",
      "/items/moon-moth",
      `/items/${ITEM}`,
      "/items/last-lighthouse",
      "/items/night-ferry",
      "/items/paper-garden",
      "/terms",
    ].map((path) => WHERE + path),
  );
});

test("searches are told where the pages are, and to leave alone what is one person's", async () => {
  const robots = await pageOf("/robots.txt");
  for (const line of ["User-agent: *", "Disallow: /operator", "Disallow: /orders/", "Disallow: /api"])
    expect(robots.split("\n")).toContain(line);
  expect(robots).toContain(`Sitemap: ${WHERE}/sitemap.xml`);
  const noindex = { robots: "noindex" };
  for (const path of ["/operator/sign-in", `/orders/${randomUUID()}`])
    expect(tagsOf(await pageOf(path))).toMatchObject(noindex);
  for (const path of ["/", "/orders", `/items/${ITEM}`]) expect(tagsOf(await pageOf(path))).not.toMatchObject(noindex);
});
