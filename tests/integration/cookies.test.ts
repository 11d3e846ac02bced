/** The buyer's cookie among others that carry its name: over real HTTP. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

describe("by https", () => {
  const HTTPS = { "X-Forwarded-Proto": "https" };
  /** The cookie that an answer by https sets. */
  const secured = async (someone: Visitor) =>
    (await someone.fetch("/", { headers: HTTPS })).headers.get("Set-Cookie")?.split(";")[0] ?? "";
  const buy = (someone: Visitor) =>
    someone.buyByJson("night-ferry", randomUUID(), { quantity: 1 }, HTTPS).then(async (answer) => {
      expect(answer.status).toBe(201);
      return ((await answer.json()) as { order: { id: string } }).order.id;
    });
  const reads = async (someone: Visitor, orderId: string) =>
    (await someone.fetch(`/api/orders/${orderId}`, { headers: HTTPS })).status === 200;

  test("the cookie has a name that no sister site can write, and is not written again with each page", async () => {
    const buyer = new Visitor(shop.url);
    const { headers } = await buyer.fetch("/", { headers: HTTPS });
    expect(headers.get("Set-Cookie")).toMatch(
      /^__Host-buyer=[^;]+; Max-Age=31536000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(await reads(buyer, await buy(buyer))).toBe(true);
    expect((await buyer.fetch("/", { headers: HTTPS })).headers.get("Set-Cookie")).toBeNull();
  });

  test("a plain cookie, which somebody else may have planted, makes nobody its buyer: alone it is as none, beside the other it is not seen", async () => {
    const planter = await visitor();
    const planted = planter.cookie;
    const victim = new Visitor(shop.url);
    victim.cookie = planted;
    const own = await secured(victim);
    expect(own).toMatch(/^__Host-buyer=/);
    victim.cookie = `${planted}; ${own}`;
    const orderId = await buy(victim);
    victim.cookie = own;
    expect(await reads(victim, orderId)).toBe(true);
    planter.cookie = planted;
    expect((await planter.fetch(`/api/orders/${orderId}`)).status).toBe(404);
    // Not as a forged one either, which would be refused.
    const stranger = new Visitor(shop.url);
    stranger.cookie = planted;
    const anothers = await buy(stranger);
    planter.cookie = planted;
    expect([await reads(planter, anothers), (await planter.fetch(`/api/orders/${anothers}`)).status]).toEqual([
      false,
      404,
    ]);
  });
});
