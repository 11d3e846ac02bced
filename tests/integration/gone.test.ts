/** The window tells of what is sold out when it went, and how fast, from the ledger alone; of what has closed, when it did. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { type Shop, startShop, until, Visitor } from "#harness/shop.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

const get = async (path: string) => (await fetch(shop.url + path)).text();
const drawnRowOf = async (itemId: string) => {
  const html = await get("/");
  return new RegExp(`<li data-item="${itemId}"[^]*?</li>`).exec(html.slice(html.indexOf("data-gone")))?.[0];
};
const rowOf = async (itemId: string) => (await drawnRowOf(itemId))?.replaceAll(/<[^>]+>/g, " ");
const buy = (itemId: string) => new Visitor(shop.url).buyByJson(itemId, randomUUID());

test("from its opening in the first run; of a later one the day alone", async () => {
  await db.$executeRaw`UPDATE items SET opens_at = now() - interval '245 seconds' WHERE id = 'moon-moth'`;
  expect((await buy("moon-moth")).status).toBe(201);
  await until(async () => (await rowOf("moon-moth")) !== undefined);
  expect(await rowOf("moon-moth")).toMatch(/One of a kind\s+·\s+Sold out \d+ \w+, in (4 min \d+ s|5 min)/);

  await new Visitor(shop.url).reset("moon-moth", 1);
  await until(async () => (await rowOf("moon-moth")) === undefined);
  await buy("moon-moth");
  await until(async () => (await rowOf("moon-moth")) !== undefined);
  expect(await rowOf("moon-moth")).toMatch(/Sold out \d+ \w+\s+Sold out/);
  await db.$executeRaw`UPDATE items SET opens_at = NULL WHERE id = 'moon-moth'`;
});

test("of what has closed, the day on which it did, in the visitor's language", async () => {
  await db.$executeRaw`UPDATE items SET closes_at = '2026-03-05T12:00:00Z' WHERE id = 'moon-moth'`;
  await until(async () => (await rowOf("moon-moth"))?.includes("Closed") ?? false);
  expect(await rowOf("moon-moth")).toMatch(/One of a kind\s+·\s+Closed 5 March\s+Closed/);
  const german = await (await fetch(shop.url, { headers: { "Accept-Language": "de" } })).text();
  expect(german).toContain("Beendet am 5. März");
  // Its picture is as dim as that of what is sold out, on its own page, too.
  for (const drawn of [await drawnRowOf("moon-moth"), await get("/items/moon-moth")])
    expect(drawn).toMatch(/<img[^>]*grayscale/);
  await db.$executeRaw`UPDATE items SET closes_at = NULL WHERE id = 'moon-moth'`;
});
