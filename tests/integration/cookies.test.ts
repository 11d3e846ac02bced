/** The buyer's cookie among others that carry its name: over real HTTP. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Shop, startShop, Visitor } from "#harness/shop.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(async () => {
  expect(await shop.stop()).toBe(0);
});

async function visitor(): Promise<Visitor> {
  const someone = new Visitor(shop.url);
  await someone.openItem("night-ferry");
  return someone;
}

test.each(["buyer=junk; ", `buyer=${"A".repeat(52)}.${"B".repeat(43)}; `, "buyer=junk; ".repeat(200)])(
  "a foreign cookie of the same name, %s, locks nobody out: form, JSON and receipt are the buyer's",
  async (foreign) => {
    const buyer = await visitor();
    const own = buyer.cookie;
    buyer.cookie = foreign + own;
    const bought = await buyer.pressBuy("night-ferry", { key: await buyer.openItem("night-ferry") });
    expect(bought.status).toBe(303);
    const receipt = bought.headers.get("Location") ?? "";
    buyer.cookie = foreign + own;
    expect((await buyer.buyByJson("night-ferry", randomUUID())).status).toBe(201);
    for (const cookie of [foreign + own, own]) {
      buyer.cookie = cookie;
      expect((await buyer.fetch(receipt)).status).toBe(200);
      expect((await buyer.fetch(`/api${receipt}`)).status).toBe(200);
    }
  },
);

test("by https the cookie has a name that no sister site can write, the earlier name is still read, and the new one goes first", async () => {
  const https = { "X-Forwarded-Proto": "https" };
  const buyer = await visitor();
  const plain = buyer.cookie;
  const { order } = (await (await buyer.buyByJson("night-ferry", randomUUID())).json()) as { order: { id: string } };
  const secured = (await buyer.fetch("/", { headers: https })).headers.get("Set-Cookie") ?? "";
  expect(secured).toMatch(/^__Host-buyer=[^;]+; Max-Age=31536000; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
  const planted = (await visitor()).cookie;
  for (const cookie of [plain, secured.split(";")[0] ?? "", `${planted}; ${secured.split(";")[0]}`]) {
    buyer.cookie = cookie;
    expect((await buyer.fetch(`/api/orders/${order.id}`, { headers: https })).status).toBe(200);
  }
  // Once it is there, it is not written again with each page.
  buyer.cookie = secured.split(";")[0] ?? "";
  expect((await buyer.fetch("/", { headers: https })).headers.get("Set-Cookie")).toBeNull();
});
