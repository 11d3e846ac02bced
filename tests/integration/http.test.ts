/** The shop over real HTTP: the contract of its interfaces, and bad input. */
import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { type Shop, startShop, until, Visitor } from "#harness/shop.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(async () => {
  expect(await shop.stop()).toBe(0);
});

const FORM = { "Content-Type": "application/x-www-form-urlencoded" };
const visitor = () => new Visitor(shop.url);
const reset = (itemId: string, quantity?: number) =>
  visitor().fetch(`/api/items/${itemId}/reset`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ quantity }),
  });
const stockOf = async (itemId: string) =>
  (await (await fetch(`${shop.url}/api/items/${itemId}`)).json()) as { quantity: number; run: number; version: number };
const orders = () => db.order.count();

describe("a purchase by form", () => {
  test("goes to a receipt that only its buyer sees", async () => {
    await reset("tin-comet");
    const buyer = visitor();
    const answer = await buyer.pressBuy("tin-comet", { key: await buyer.openItem("tin-comet") });
    expect(answer.status).toBe(303);
    const receipt = answer.headers.get("Location") ?? "";
    expect(receipt).toMatch(/^\/orders\/[0-9a-f-]{36}$/);
    const page = await buyer.fetch(receipt);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("Tin Comet");
    for (const stranger of [visitor(), await visitorWithCookie()]) {
      expect((await stranger.fetch(receipt)).status).toBe(404);
      expect((await stranger.fetch(`/api${receipt}`)).status).toBe(404);
    }
    expect((await buyer.fetch(`/api${receipt}`)).status).toBe(200);
  });

  test("buys once for a double click, a reload, two tabs and the back button", async () => {
    await reset("tin-comet");
    const buyer = visitor();
    const keys = [await buyer.openItem("tin-comet"), await buyer.openItem("tin-comet")];
    expect(keys[0]).toBe(keys[1]);
    const answers = await Promise.all(keys.concat(keys).map((key) => buyer.pressBuy("tin-comet", { key })));
    expect(new Set(answers.map((answer) => answer.headers.get("Location"))).size).toBe(1);
    expect((await stockOf("tin-comet")).quantity).toBe(9);
    expect(await (await buyer.fetch("/items/tin-comet")).text()).toContain("data-owned");
  });

  test("of a browser that keeps no cookie, or finds one only later, leads to the same receipt, which its key opens", async () => {
    await reset("tin-comet");
    const key = randomUUID();
    const first = await visitor().pressBuy("tin-comet", { key });
    const receipt = (first.headers.get("Location") ?? "").split("?")[0] ?? "";
    const later = await visitorWithCookie();
    for (const answer of [
      first,
      await visitor().pressBuy("tin-comet", { key }),
      await later.pressBuy("tin-comet", { key }),
    ]) {
      expect([answer.status, answer.headers.get("Location")]).toEqual([303, `${receipt}?key=${key}`]);
    }
    for (const reader of [later, visitor()]) {
      expect((await reader.fetch(`${receipt}?key=${key}`)).status).toBe(200);
      expect((await reader.fetch(`/api${receipt}?key=${key}`)).status).toBe(200);
      expect((await reader.fetch(receipt)).status).toBe(404);
      expect((await reader.fetch(`${receipt}?key=${randomUUID()}`)).status).toBe(404);
    }
    expect((await stockOf("tin-comet")).quantity).toBe(9);
  });

  test("somebody else's key reveals nothing: not to one with a cookie, not to one without, and it opens no receipt", async () => {
    await reset("tin-comet");
    const buyer = visitor();
    const key = await buyer.openItem("tin-comet");
    const receipt = (await buyer.pressBuy("tin-comet", { key })).headers.get("Location") ?? "";
    expect((await visitor().buyByJson("tin-comet", key)).status).toBe(422);
    expect((await stockOf("tin-comet")).quantity).toBe(9);
    expect((await (await visitorWithCookie()).buyByJson("tin-comet", key)).status).toBe(201);
    for (const stranger of [visitor(), await visitorWithCookie()])
      expect((await stranger.fetch(`${receipt}?key=${key}`)).status).toBe(404);
  });

  test("that came without a cookie before the secret was changed, and with one after it, makes one order", async () => {
    await reset("tin-comet");
    const [old, fresh] = ["an-old-secret-of-the-shop-before-it", "a-new-secret-of-the-shop-after-it-"];
    const before = await startShop({ COOKIE_SECRET: old });
    const key = randomUUID();
    const bought = (await (await new Visitor(before.url).buyByJson("tin-comet", key)).json()) as {
      order: { id: string };
    };
    await before.stop();
    const after = await startShop({ COOKIE_SECRET: `${fresh},${old}` });
    const later = new Visitor(after.url);
    await later.openItem("night-ferry");
    const again = await later.buyByJson("tin-comet", key);
    expect([again.status, await again.json()]).toEqual([200, bought]);
    expect((await later.fetch(`/api/orders/${bought.order.id}?key=${key}`)).status).toBe(200);
    await after.stop();
  });

  test("of a buyer whose cookie an earlier secret has signed is still that buyer's, and the cookie is signed anew", async () => {
    const [old, fresh] = ["an-old-secret-of-the-shop-before-it", "a-new-secret-of-the-shop-after-it-"];
    const before = await startShop({ COOKIE_SECRET: old });
    const buyer = new Visitor(before.url);
    await buyer.openItem("night-ferry");
    const { order } = (await (await buyer.buyByJson("night-ferry", randomUUID())).json()) as { order: { id: string } };
    await before.stop();
    // In between an instance that is not changed yet, as README says to change it, signs with the old one.
    for (const secrets of [`${fresh},${old}`, `${old},${fresh}`, `${fresh},${old}`, fresh]) {
      const shop = await startShop({ COOKIE_SECRET: secrets });
      const later = new Visitor(shop.url);
      later.cookie = buyer.cookie;
      expect((await later.fetch(`/api/orders/${order.id}`)).status).toBe(200);
      await later.fetch("/");
      buyer.cookie = later.cookie;
      await shop.stop();
    }
  });

  test("another one is another wish: the page after an order has a key of its own", async () => {
    await reset("tin-comet");
    const buyer = visitor();
    const first = await buyer.openItem("tin-comet");
    const receipt = (await buyer.pressBuy("tin-comet", { key: first })).headers.get("Location") ?? "";
    const second = await buyer.openItem(`tin-comet?after=${receipt.split("/").at(-1)}`);
    expect(second).not.toBe(first);
    expect((await buyer.pressBuy("tin-comet", { key: second })).status).toBe(303);
    expect((await stockOf("tin-comet")).quantity).toBe(8);
  });

  test("is for the last one where it is the last of several, and just for it where it is one of a kind", async () => {
    const button = async (id: string) =>
      /<button class="button[^>]*>([^<]*)<\/button>/.exec(await (await visitor().fetch(`/items/${id}`)).text())?.[1];
    await Promise.all([reset("moon-moth", 1), reset("tin-comet", 1), reset("clay-whistle", 2)]);
    for (const [id, label] of [
      ["moon-moth", "Buy"],
      ["tin-comet", "Buy the last one"],
      ["clay-whistle", "Buy"],
    ] as const)
      expect([id, await button(id)]).toEqual([id, label]);
  });

  test("that comes too late answers 409 and a page that says so", async () => {
    const buyer = visitor();
    const answer = await buyer.pressBuy("last-lighthouse", { key: await buyer.openItem("last-lighthouse") });
    expect(answer.status).toBe(409);
    const html = await answer.text();
    expect(html).toContain('data-message="sold_out"');
    expect(html).toContain("data-purchase");
  });

  test("100 buyers at once, one unit: one receipt, 99 times sold out, over real HTTP", async () => {
    await reset("moon-moth", 1);
    const buyers = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const buyer = visitor();
        return { buyer, key: await buyer.openItem("moon-moth") };
      }),
    );
    const answers = await Promise.all(buyers.map(({ buyer, key }) => buyer.pressBuy("moon-moth", { key })));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([303, ...Array<number>(99).fill(409)]);
    expect((await stockOf("moon-moth")).quantity).toBe(0);
  });
});

describe("a purchase by JSON", () => {
  test("201, then 200 for the repeat, with or without the cookie of the first answer", async () => {
    await reset("night-ferry");
    const key = randomUUID();
    const buyer = visitor();
    const first = await buyer.buyByJson("night-ferry", key);
    expect(first.status).toBe(201);
    const body = (await first.json()) as {
      order: { id: string; itemId: string; number: number; quantity: number; run: number; placedAt: string };
    };
    expect(body.order).toMatchObject({ itemId: "night-ferry", number: 1, quantity: 1 });
    expect(Object.keys(body.order).sort()).toEqual([
      "id",
      "itemId",
      "name",
      "number",
      "placedAt",
      "price",
      "quantity",
      "run",
    ]);
    for (const again of [await buyer.buyByJson("night-ferry", key), await visitor().buyByJson("night-ferry", key)]) {
      expect(again.status).toBe(200);
      expect(again.headers.get("Idempotency-Replayed")).toBe("true");
      expect(await again.json()).toEqual(body);
    }
    expect((await stockOf("night-ferry")).quantity).toBe(59);
  });

  test.each([
    ["last-lighthouse", 1, 409, "sold-out"],
    ["paper-garden", 1, 409, "not-open"],
    ["moon-moth", 2, 409, "limit-reached"],
    ["no-such-item", 1, 404, "not-found"],
  ])("%s × %i answers %i %s as a problem", async (itemId, quantity, status, type) => {
    await reset("moon-moth");
    const answer = await visitor().buyByJson(itemId, randomUUID(), { quantity });
    expect(answer.status).toBe(status);
    expect(answer.headers.get("Content-Type")).toMatch("application/problem+json");
    expect(await answer.json()).toMatchObject({ type: `urn:lastone:problem:${type}`, status });
  });
});

describe("bad input buys nothing and gets a clear answer:", () => {
  const uuid = "3b241101-e2bb-4255-8caf-4136c566a962";
  test.each<[string, () => Promise<Response>, number]>([
    ["an unknown item's page", () => visitor().fetch("/items/nothing"), 404],
    ["an item id that is no id", () => visitor().fetch("/items/%00"), 404],
    ["an unknown order", () => visitor().fetch(`/orders/${uuid}`), 404],
    ["an order id that is no id", () => visitor().fetch("/orders/1;drop"), 404],
    ["no key", () => visitor().pressBuy("night-ferry", {}), 400],
    ["a key that is no UUID", () => visitor().pressBuy("night-ferry", { key: "1; drop" }), 400],
    ["a key with a NUL byte", () => visitor().pressBuy("night-ferry", { key: `${uuid}\0` }), 400],
    ...["0", "-1", "1.5", "1e9", "1; drop", "", "99999"].map((quantity): [string, () => Promise<Response>, number] => [
      `quantity ${JSON.stringify(quantity)} by form`,
      () => visitor().pressBuy("night-ferry", { key: uuid, quantity }),
      400,
    ]),
    ...[0, -1, 1.5, 1e9, "1; drop", null, undefined].map((quantity): [string, () => Promise<Response>, number] => [
      `quantity ${JSON.stringify(quantity)} by JSON`,
      () => visitor().buyByJson("night-ferry", randomUUID(), { quantity }),
      400,
    ]),
    [
      "no Idempotency-Key",
      () => post("/api/items/night-ferry/purchases", '{"quantity":1}', { "Content-Type": "application/json" }),
      400,
    ],
    ["an Idempotency-Key that is no UUID", () => visitor().buyByJson("night-ferry", "42"), 400],
    ["JSON that is not JSON", () => visitor().buyByJson("night-ferry", randomUUID(), "{quantity"), 400],
    ["JSON that is a list", () => visitor().buyByJson("night-ferry", randomUUID(), "[1]"), 400],
    [
      "a body that is not UTF-8",
      () =>
        post("/api/items/night-ferry/purchases", Buffer.from([0xff, 0xfe, 0xfd]), {
          "Content-Type": "application/json",
          "Idempotency-Key": uuid,
        }),
      400,
    ],
    [
      "the wrong content type for the API",
      () =>
        post("/api/items/night-ferry/purchases", '{"quantity":1}', {
          "Content-Type": "text/plain",
          "Idempotency-Key": uuid,
        }),
      415,
    ],
    [
      "the wrong content type for the form",
      () => post("/items/night-ferry", '{"key":1}', { "Content-Type": "application/json" }),
      415,
    ],
    [
      "a body of 1 MB by JSON",
      () => visitor().buyByJson("night-ferry", randomUUID(), `{"quantity":1,"x":"${"x".repeat(1_000_000)}"}`),
      413,
    ],
    ["a body of 1 MB by form", () => visitor().pressBuy("night-ferry", { key: uuid, x: "x".repeat(1_000_000) }), 413],
    [
      "a form from another origin",
      () => post("/items/night-ferry", `key=${uuid}&quantity=1`, { ...FORM, Origin: "https://evil.example" }),
      403,
    ],
    [
      "a form from a malformed origin",
      () => post("/items/night-ferry", `key=${uuid}&quantity=1`, { ...FORM, Origin: "null" }),
      403,
    ],
    [
      "a form from another site",
      () => post("/items/night-ferry", `key=${uuid}&quantity=1`, { ...FORM, "Sec-Fetch-Site": "cross-site" }),
      403,
    ],
    [
      "JSON from another origin",
      () => visitor().buyByJson("night-ferry", randomUUID(), { quantity: 1 }, { Origin: "https://evil.example" }),
      403,
    ],
    [
      "JSON from another site",
      () => visitor().buyByJson("night-ferry", randomUUID(), { quantity: 1 }, { "Sec-Fetch-Site": "same-site" }),
      403,
    ],
    [
      "a reset from another site",
      () => post("/items/night-ferry/reset", "", { ...FORM, "Sec-Fetch-Site": "cross-site" }),
      403,
    ],
    [
      "a reset to a negative quantity",
      () => post("/api/items/night-ferry/reset", '{"quantity":-1}', { "Content-Type": "application/json" }),
      400,
    ],
    [
      "a forged cookie by form",
      () => post("/items/night-ferry", `key=${uuid}&quantity=1`, { ...FORM, Cookie: "buyer=forged" }),
      400,
    ],
    [
      "a forged cookie by JSON",
      () => visitor().buyByJson("night-ferry", randomUUID(), { quantity: 1 }, { Cookie: "buyer=Zm9yZ2Vk.AAAA" }),
      400,
    ],
    ["the wrong method on a purchase", () => visitor().fetch("/api/items/night-ferry/purchases"), 405],
    ...["PUT", "PATCH", "DELETE"].flatMap((method): [string, () => Promise<Response>, number][] => [
      [
        `${method} of a purchase`,
        () =>
          visitor().fetch("/api/items/night-ferry/purchases", {
            method,
            headers: { "Content-Type": "application/json", "Idempotency-Key": uuid },
            body: '{"quantity":1}',
          }),
        405,
      ],
      [
        `${method} of a reset`,
        () =>
          visitor().fetch("/api/items/night-ferry/reset", {
            method,
            headers: { "Content-Type": "application/json" },
            body: "{}",
          }),
        405,
      ],
      [
        `${method} of the form`,
        () => visitor().fetch("/items/night-ferry", { method, headers: FORM, body: `key=${uuid}&quantity=1` }),
        405,
      ],
    ]),
    ["a POST to the shop window", () => post("/?index", "", FORM), 405],
    ...["/live", "/api/live", "/healthz", "/readyz"].map((target): [string, () => Promise<Response>, number] => [
      `a POST to ${target}`,
      () => post(target, "", FORM),
      405,
    ]),
    ["an unknown page", () => visitor().fetch("/nothing/here"), 404],
    ["an unknown API", () => visitor().fetch("/api/nothing"), 404],
    ["an API address that is not UTF-8", () => visitor().fetch("/api/items/%E0%A4%A"), 404],
    ["a page's address that is not UTF-8", () => visitor().fetch("/items/%E0%A4%A?a=%"), 404],
    ["a form to such an address", () => post("/items/%E0%A4%A", `key=${uuid}&quantity=1`, FORM), 404],
    ["a purchase at such an address", () => visitor().buyByJson("%E0%A4%A", uuid), 404],
    ["an address of a file that is none", () => visitor().fetch("/%"), 404],
    ["a stream of no items", () => visitor().fetch("/live?items=,"), 400],
  ])("%s", async (_name, send, status) => {
    const before = [await orders(), await stockOf("night-ferry")];
    const answer = await send();
    expect(answer.status).toBe(status);
    // The shop's own problem or page, and not what Express or Remix would say.
    const isApi = /^\/(api|live|healthz|readyz)/.test(new URL(answer.url).pathname);
    expect(answer.headers.get("Content-Type")).toContain(isApi ? "application/problem+json" : "text/html");
    expect(await answer.text()).toMatch(isApi ? /^\{"type":"urn:lastone:problem:/ : / · Lastone<\/title>/);
    expect([await orders(), await stockOf("night-ferry")]).toEqual(before);
  });

  test("a key sent again for another item: back to that item's page for a form, 422 for a program, and one order", async () => {
    const buyer = visitor();
    const key = await buyer.openItem("night-ferry");
    expect((await buyer.pressBuy("night-ferry", { key })).status).toBe(303);
    const before = await orders();
    const pressed = await buyer.pressBuy("clay-whistle", { key });
    expect([pressed.status, pressed.headers.get("Location")]).toEqual([303, "/items/clay-whistle"]);
    expect((await buyer.buyByJson("clay-whistle", key)).status).toBe(422);
    expect(await orders()).toBe(before);
  });

  test("a cookie is for https alone where the browser came by https, whatever the proxies after that did", async () => {
    for (const [forwarded, secure] of [
      ["https", true],
      ["https,http", true],
      ["http, https", false],
      ["", false],
    ] as const) {
      const { headers } = await fetch(`${shop.url}/`, { headers: { "X-Forwarded-Proto": forwarded } });
      expect([forwarded, headers.get("Set-Cookie")?.includes("Secure")]).toEqual([forwarded, secure]);
    }
  });

  test("a truncated cookie and one signed with an old secret are replaced, and buy nothing", async () => {
    const good = await visitorWithCookie();
    const signedByOther = `buyer=${encodeURIComponent("IjNiMjQxMTAxLWUyYmItNDI1NS04Y2FmLTQxMzZjNTY2YTk2MiI=.c2lnbmVkIHdpdGggYW5vdGhlciBzZWNyZXQ")}`;
    for (const bad of [good.cookie.slice(0, -5), signedByOther]) {
      const buyer = visitor();
      buyer.cookie = bad;
      const before = await orders();
      const answer = await buyer.pressBuy("night-ferry", { key: randomUUID() });
      expect(answer.status).toBe(400);
      expect(await orders()).toBe(before);
      // The answer brought a good cookie: the same buyer's next attempt works.
      expect((await buyer.pressBuy("night-ferry", { key: await buyer.openItem("night-ferry") })).status).toBe(303);
    }
  });

  test("a body that never ends is answered with 413, and the connection closed", async () => {
    const status = await new Promise<number>((resolve, reject) => {
      const endless = request(`${shop.url}/items/night-ferry`, { method: "POST", headers: FORM });
      endless.on("response", (answer) => {
        clearInterval(feeding);
        endless.destroy();
        resolve(answer.statusCode ?? 0);
      });
      endless.on("error", reject);
      const feeding = setInterval(() => endless.write("x".repeat(8_192)), 5);
    });
    expect(status).toBe(413);
  });
});

describe("every answer", () => {
  test("carries the security headers, and pages a nonce that is new each time", async () => {
    const pages = await Promise.all([fetch(`${shop.url}/`), fetch(`${shop.url}/`), fetch(`${shop.url}/nothing`)]);
    const policies = pages.map((page) => page.headers.get("Content-Security-Policy") ?? "");
    expect(new Set(policies).size).toBe(3);
    for (const policy of policies) {
      expect(policy).toMatch(/script-src 'self' 'nonce-[^']+'/);
      expect(policy).toContain("frame-ancestors 'none'");
    }
    for (const target of ["/", "/healthz", "/favicon.svg", "/api/items", "/api/nothing"]) {
      const answer = await fetch(shop.url + target);
      expect(answer.headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(answer.headers.get("Referrer-Policy")).toBe("same-origin");
    }
  });

  test("of the catalogue has the contract's members", async () => {
    const items = (await (await fetch(`${shop.url}/api/items`)).json()) as Record<string, unknown>[];
    expect(items).toHaveLength(6);
    for (const item of items)
      expect(Object.keys(item).sort()).toEqual([
        ...[
          "closesAt",
          "edition",
          "epoch",
          "held",
          "holdSeconds",
          "id",
          "limitPerBuyer",
          "maxPerOrder",
          "name",
          "opensAt",
          "payment",
        ],
        ...["price", "quantity", "run", "ships", "state", "version"],
      ]);
    const opening = items.find(({ id }) => id === "paper-garden");
    expect(new Date(String(opening?.opensAt)).getTime()).toBeGreaterThan(Date.now());
  });
});

describe("a page that is kept for the next visitor", () => {
  const keyIn = (html: string) =>
    [...html.matchAll(/[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g)].map(([key]) => key);

  test("has each visitor's own key and nonce, on the item's page and on the page of a refusal", async () => {
    await reset("tin-comet", 0);
    const [one, other] = [await visitorWithCookie(), await visitorWithCookie()];
    const seen = new Set<string>();
    const nonces = new Set<string>();
    for (const buyer of [one, other, one, other]) {
      for (const answer of [
        await buyer.fetch("/items/tin-comet"),
        await buyer.pressBuy("tin-comet", { key: randomUUID() }),
      ]) {
        const html = await answer.text();
        const [nonce = ""] = /(?<='nonce-)[^']+/.exec(answer.headers.get("Content-Security-Policy") ?? "") ?? [];
        expect(html).toContain(`nonce="${nonce}"`);
        expect([...html.matchAll(/nonce="([^"]*)"/g)].every(([, used]) => used === nonce)).toBe(true);
        nonces.add(nonce);
        // One key in the form and in the page's data, whoever's page was rendered before.
        const keys = new Set(keyIn(html));
        expect(keys.size).toBe(1);
        seen.add(`${buyer.cookie} ${[...keys].join()}`);
      }
    }
    expect(nonces.size).toBe(8);
    expect(seen.size).toBe(2);
    expect(new Set([...seen].map((line) => line.split(" ")[1])).size).toBe(2);
  });

  test("is not what a buyer sees who holds the item, and its data alone carries the buyer's key", async () => {
    await reset("tin-comet");
    const buyer = await visitorWithCookie();
    const key = await buyer.openItem("tin-comet");
    const data = await buyer.fetch("/items/tin-comet.data");
    expect(data.headers.get("Cache-Control")).toBe("private, no-cache");
    expect(await data.text()).toContain(key);
    await buyer.pressBuy("tin-comet", { key });
    expect(await (await buyer.fetch("/items/tin-comet")).text()).toContain("data-owned");
    expect(await (await visitor().fetch("/items/tin-comet")).text()).not.toContain("data-owned");
  });

  test("is the same whatever campaign brought a visitor, and shows none of it", async () => {
    const buyer = await visitorWithCookie();
    const read = async (target: string) => {
      const html = await (await buyer.fetch(target)).text();
      return html.replace(/nonce="[^"]*"|\d\d:\d\d:\d\d(\.\d+)?/g, "");
    };
    for (const target of ["/", "/items/clay-whistle"]) {
      const plain = await read(target);
      expect(plain).toContain("Clay Whistle");
      for (const query of ["?utm_source=newsletter", "?fbclid=IwAR0", "?utm_source=other&a=%22%3E"])
        expect(await read(target + query)).toBe(plain);
    }
  });

  test("carries when it was asked for, not when it was rendered", async () => {
    const shown = async () =>
      /As of <time[^>]* dateTime="([^"]+)">(\d\d:\d\d:\d\d UTC)</i.exec(
        await (await fetch(`${shop.url}/items/clay-whistle`)).text(),
      );
    const [first, second] = [await shown(), await shown()];
    for (const seen of [first, second]) expect(seen?.[1]).toContain(seen?.[2]?.slice(0, 8));
    expect(second?.[1]).not.toBe(first?.[1]);
  });

  test("of the window holds no story: that is most of a page of many items, and not shown", async () => {
    expect(await (await fetch(`${shop.url}/items/clay-whistle`)).text()).toContain("before it is fired");
    expect(await (await fetch(`${shop.url}/`)).text()).not.toContain("before it is fired");
  });

  test("is never older than the last change", async () => {
    for (const quantity of [7, 3, 0, 9]) {
      await reset("tin-comet", quantity);
      expect(await (await fetch(`${shop.url}/items/tin-comet`)).text()).toMatch(
        new RegExp(`data-quantity[^>]*>${quantity}<`),
      );
    }
  });
});

describe("streams", () => {
  test("200 browsers come and leave: 0 subscribers are left", async () => {
    const streams = async () => ((await (await fetch(`${shop.url}/api/live`)).json()) as { streams: number }).streams;
    const leave = new AbortController();
    const browsers = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const stream = await fetch(`${shop.url}/live`, { signal: leave.signal });
        expect(stream.headers.get("Content-Type")).toMatch(/^text\/event-stream/);
        expect(stream.headers.get("Cache-Control")).toBe("no-cache, no-transform");
        return stream;
      }),
    );
    // Headers come before the stream is among those that are told.
    await until(async () => (await streams()) === 200);
    // Held until here: fetch hangs up on an answer that nobody holds.
    expect(browsers).toHaveLength(200);
    leave.abort();
    await until(async () => (await streams()) === 0);
  });

  test("whoever accepts JSON has the snapshot alone, and takes no stream's place", async () => {
    await reset("clay-whistle", 6);
    const accepts = { headers: { Accept: "application/json" } };
    const answer = await fetch(`${shop.url}/live?items=clay-whistle,moon-moth`, accepts);
    expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
    const { stocks, now } = (await answer.json()) as { stocks: { id: string; quantity: number }[]; now: string };
    expect(stocks.map(({ id }) => id).toSorted()).toEqual(["clay-whistle", "moon-moth"]);
    expect(stocks.find(({ id }) => id === "clay-whistle")).toMatchObject({ quantity: 6, state: "available" });
    expect(new Date(now).toISOString()).toBe(now);
    expect(await (await fetch(`${shop.url}/api/live`)).json()).toEqual({ streams: 0 });
    expect((await fetch(`${shop.url}/live?items=`, accepts)).status).toBe(400);
  });

  test("open with a snapshot, then tell each sale and each reset, newer only", async () => {
    await reset("clay-whistle");
    const leave = new AbortController();
    const stream = await fetch(`${shop.url}/live?items=clay-whistle`, { signal: leave.signal });
    let text = "";
    const reading = (async () => {
      const reader = stream.body?.getReader();
      for (let part = await reader?.read(); part?.value; part = await reader?.read())
        text += Buffer.from(part.value).toString();
    })().catch(() => undefined);
    const told = () =>
      [...text.matchAll(/event: stock\ndata: (.*)\n\n/g)].map(
        ([, line]) => JSON.parse(line ?? "") as { quantity: number; version: number; run: number },
      );
    await until(() => told().length === 1);
    await visitor().buyByJson("clay-whistle", randomUUID());
    await until(() => told().length === 2);
    await reset("clay-whistle", 0);
    await until(() => told().length === 3);
    leave.abort();
    await reading;
    const [snapshot, sale, restart] = told();
    expect(sale).toMatchObject({ quantity: (snapshot?.quantity ?? 0) - 1, version: (snapshot?.version ?? 0) + 1 });
    expect(restart).toMatchObject({ quantity: 0, run: (snapshot?.run ?? 0) + 1, state: "sold_out" });
  });
});

function post(target: string, body: string | Buffer, headers: Record<string, string>): Promise<Response> {
  return visitor().fetch(target, {
    method: "POST",
    body: typeof body === "string" ? body : new Uint8Array(body),
    headers,
  });
}

async function visitorWithCookie(): Promise<Visitor> {
  const someone = visitor();
  await someone.openItem("night-ferry");
  return someone;
}
