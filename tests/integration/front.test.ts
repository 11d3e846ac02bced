/** What the front answers, and Remix without it: the same. And what only the front does: packed pages and the log. */
import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { connect } from "node:net";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { type Shop, startShop, until, Visitor } from "#harness/shop.ts";

const ITEM = "tin-comet";
let shop: Shop;
let behind: Shop;
beforeAll(async () => {
  // One address for both: pages name it.
  const where = { SHOP_URL: "https://shop.example" };
  [shop, behind] = await Promise.all([startShop({ ...where, ACCESS_LOG: "1" }), startShop({ ...where, FRONT: "0" })]);
});
afterAll(async () => {
  await Promise.all([shop.stop(), behind.stop()]);
});

interface Got {
  status: number | undefined;
  headers: Record<string, unknown>;
  body: Buffer;
}

/** By Node's own client, which adds nothing and unpacks nothing. */
function get(url: string, target: string, headers: Record<string, string> = {}, method = "GET"): Promise<Got> {
  const { promise, resolve, reject } = Promise.withResolvers<Got>();
  request(`${url}${target}`, { method, headers }, (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("end", () =>
      resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
    );
  })
    .on("error", reject)
    .end();
  return promise;
}

/** What two answers to different visitors at different moments have in common. */
function common({ status, headers, body }: Got) {
  const hidden = String(headers["content-security-policy"]).match(/nonce-([^']+)/)?.[1] ?? "no nonce";
  const text = body
    .toString()
    .replaceAll(hidden, "NONCE")
    .replace(/(data-reference=|reference[^a-z]+)"?[0-9a-f]{10}/g, "REFERENCE")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, "KEY")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z|\d\d:\d\d:\d\d UTC/g, "NOW");
  const {
    date,
    connection,
    "keep-alive": _,
    "transfer-encoding": __,
    "content-length": ___,
    etag,
    ...others
  } = headers;
  const cookie = String(others["set-cookie"]).replace(/buyer=[^;]+/, "buyer=COOKIE");
  const policy = String(others["content-security-policy"]).replace(hidden, "NONCE");
  // Express names the charset of what Remix gives without one.
  const type = String(others["content-type"]).replace(/^text\/x-script;.*/, "text/x-script");
  return {
    status,
    headers: { ...others, "content-type": type, "set-cookie": cookie, "content-security-policy": policy },
    text,
  };
}

test.each([
  ["GET", "/healthz"],
  ["GET", "/readyz"],
  ["GET", "/manifest.webmanifest"],
  ["HEAD", "/manifest.webmanifest"],
  ["GET", `/cards/${ITEM}.jpg`],
  ["HEAD", `/cards/${ITEM}.jpg?v=0123456789abcdef`],
  ["GET", "/cards/no-such.jpg"],
  ["GET", "/cards/No%20Id.jpg"],
  ["GET", "/card.jpg"],
  ["GET", `/orders/${randomUUID()}/certificate.jpg`],
  ["GET", "/orders/1/certificate.jpg"],
  ["GET", "/robots.txt"],
  ["GET", "/sitemap.xml"],
  ["GET", "/api/items"],
  ["GET", `/api/items/${ITEM}`],
  ["HEAD", `/api/items/${ITEM}`],
  ["OPTIONS", `/api/items/${ITEM}`],
  ["DELETE", `/api/items/${ITEM}`],
  ["GET", "/api/items/no-such"],
  ["GET", "/api/items/No%20Id"],
  ["GET", `/api/items/${ITEM}/purchases`],
  ["GET", "/api/nothing"],
  ["GET", "/api/live"],
  ["GET", `/api/items/${ITEM}/reset`],
  ["GET", `/api/items/${ITEM}.data`],
  ["DELETE", `/items/${ITEM}`],
  ["OPTIONS", `/items/${ITEM}`],
  ["POST", "/"],
  ["GET", `/items/${ITEM}.data`],
  ["GET", "/_root.data"],
  ["GET", "/api/orders/1"],
  ["GET", "/"],
  ["GET", `/items/${ITEM}`],
  ["HEAD", `/items/${ITEM}`],
  ["GET", `/items/${ITEM}?utm=a&after=b`],
  ["GET", `/items/${ITEM}/`],
  ["GET", "/items/no-such"],
  ["GET", `/orders/${randomUUID()}`],
  ["GET", "/nothing"],
])("%s %s is answered alike with and without the front", async (method, target) => {
  const [before, without] = await Promise.all([get(shop.url, target, {}, method), get(behind.url, target, {}, method)]);
  expect(common(before)).toEqual(common(without));
  // The page that is kept now is the page that was rendered.
  expect(common(await get(shop.url, target, {}, method))).toEqual(common(without));
});

const SOLD_OUT = "last-lighthouse";

test.each<[string, string, Record<string, string>, number]>([
  ["that buys", "night-ferry", {}, 303],
  ["for what is sold out", SOLD_OUT, {}, 409],
  ["without a key", ITEM, { key: "" }, 400],
  ["for more than there can be", ITEM, { quantity: "1001" }, 400],
  ["for another price", ITEM, { amount: "1", currency: "EUR" }, 409],
  ["for an item that is not there", "no-such", {}, 404],
])("a form %s is answered alike with and without the front", async (_name, item, fields, status) => {
  const post = async ({ url }: Shop) => {
    const body = new URLSearchParams({ key: randomUUID(), quantity: "1", ...fields });
    const answer = await fetch(`${url}/items/${item}`, { method: "POST", body, redirect: "manual" });
    const got = { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.bytes() };
    const { location, "content-encoding": _, ...headers } = got.headers;
    const receipt = location?.replace(/[0-9a-f-]{36}/g, "ID");
    return { receipt, ...common({ ...got, headers, body: Buffer.from(got.body) }) };
  };
  const [by, behindIt] = [await post(shop), await post(behind)];
  expect(by.status).toBe(status);
  expect(by).toEqual(behindIt);
  // Once more, now that a page of it is kept.
  expect(await post(shop)).toEqual(behindIt);
});

test("what the front answers has a length, which remix-serve's chain does not know before it sends", async () => {
  for (const target of ["/healthz", `/api/items/${ITEM}`, "/", `/items/${ITEM}`, "/items/no-such"]) {
    expect((await get(shop.url, target)).headers).toHaveProperty("content-length");
    expect((await get(behind.url, target)).headers).not.toHaveProperty("content-length");
  }
});

test("a kept page goes out packed to whoever takes it so, with each visitor's own key and nonce in it", async () => {
  const plain = await get(shop.url, `/items/${ITEM}`);
  const packed = await Promise.all(
    [1, 2].map(() => get(shop.url, `/items/${ITEM}`, { "Accept-Encoding": "gzip, br" })),
  );
  const keys = new Set<string>();
  for (const page of packed) {
    expect(page.headers).toMatchObject({ "content-encoding": "gzip", vary: "Accept-Encoding, Accept-Language" });
    expect(page.body.length).toBeLessThan(plain.body.length / 2);
    const { headers, ...rest } = page;
    const unpacked = { ...rest, headers: { ...headers, "content-encoding": undefined }, body: gunzipSync(page.body) };
    expect(common(unpacked).text).toBe(common(plain).text);
    expect(unpacked.body.toString()).toContain(
      String(headers["content-security-policy"])
        .match(/nonce-[^']+/)?.[0]
        .slice(6),
    );
    keys.add(/name="key" value="([^"]+)"/.exec(unpacked.body.toString())?.[1] ?? "");
  }
  expect(keys.size).toBe(2);
  expect((await get(shop.url, `/items/${ITEM}`, { "Accept-Encoding": "gzip;q=0" })).headers).not.toHaveProperty(
    "content-encoding",
  );
});

test("a page whose characters meet the ends of React's buffers has no NUL in it, and unpacks", async () => {
  // React leaves the rest of a buffer empty where the next character does not fit: here at some shift of these.
  for (let shift = 0; shift < 4; shift += 1) {
    const [name, story] = [`${"N".repeat(60 + shift)}${"é".repeat(30)}`, "😀".repeat(330)];
    await db.$executeRaw`UPDATE items SET name = ${name}, story = ${story} WHERE id = 'clay-whistle'`;
    await until(async () => (await get(shop.url, "/items/clay-whistle")).body.includes(`>${name}<`));
    const plain = await get(shop.url, "/items/clay-whistle");
    const packed = await get(shop.url, "/items/clay-whistle", { "Accept-Encoding": "gzip" });
    expect(plain.body.includes(0)).toBe(false);
    expect(common({ ...packed, body: gunzipSync(packed.body) }).text).toBe(common(plain).text);
  }
});

test("a page asks for few scripts, and for each of them after all that it shows", async () => {
  for (const path of ["/", `/items/${ITEM}`]) {
    const page = (await get(shop.url, path)).body.toString();
    const scripts = page.match(/<link rel="modulepreload"[^>]*>/g) ?? [];
    expect(scripts.length, path).toBeGreaterThan(2);
    expect(scripts.length, path).toBeLessThanOrEqual(6);
    for (const script of scripts) expect(script).toContain('fetchpriority="low"');
    expect(page.match(/<img [^>]*fetchpriority="high"/g), path).toHaveLength(1);
  }
});

test("HEAD never says that there is nothing where GET has something", async () => {
  for (const target of ["/items/no-such", `/orders/${randomUUID()}`, "/_root.data", "/nothing"]) {
    const { status, headers } = await get(shop.url, target, {}, "HEAD");
    expect([status, headers["content-length"]]).toEqual([(await get(shop.url, target)).status, undefined]);
  }
});

test("a connection on which hundreds of requests come before one answer has gone is closed", async () => {
  const socket = connect(shop.port, "127.0.0.1").on("error", () => undefined);
  let told = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => (told += chunk));
  socket.write("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n".repeat(5_000));
  await until(() => socket.closed);
  expect(told.split("HTTP/1.1 200").length - 1).toBeLessThan(5_000);
  expect((await get(shop.url, "/healthz")).status).toBe(200);
});

test("a list of items goes out packed, too", async () => {
  const packed = await get(shop.url, "/api/items", { "Accept-Encoding": "gzip" });
  expect(packed.headers["content-encoding"]).toBe("gzip");
  expect(gunzipSync(packed.body).toString()).toBe((await get(shop.url, "/api/items")).body.toString());
});

test("who says no-cache is told what the database has, before any hint has come", async () => {
  const [before] = await db.$queryRaw<{ available: number }[]>`SELECT available FROM stock WHERE item_id = ${ITEM}`;
  // As another program would, of which no instance is told.
  await db.$executeRaw`UPDATE items SET name = 'Tin Comet II' WHERE id = ${ITEM}`;
  const { body } = await get(shop.url, `/api/items/${ITEM}`, { "Cache-Control": "no-cache" });
  expect(JSON.parse(body.toString())).toMatchObject({ name: "Tin Comet II", quantity: before?.available });
  await db.$executeRaw`UPDATE items SET name = 'Tin Comet' WHERE id = ${ITEM}`;
});

test("each request is one line of the log, without the key of a receipt, and remix-serve's own lines are dropped", async () => {
  const key = randomUUID();
  const bought = await new Visitor(shop.url).buyByJson(ITEM, key);
  const { order } = (await bought.json()) as { order: { id: string } };
  const targets = [`/api/orders/${order.id}`, `/orders/${order.id}`, "/favicon.svg", "/nowhere"];
  for (const target of targets) await get(shop.url, `${target}?key=${key}`);
  const logged = () =>
    shop
      .output()
      .split("\n")
      .filter((line) => line.includes('"event":"request"'))
      .map((line) => JSON.parse(line) as { method: string; path: string; status: number });
  await until(() => logged().some(({ path }) => path === "/nowhere"));
  for (const [index, target] of targets.entries())
    expect(logged().filter(({ path }) => path === target)).toMatchObject([
      { method: "GET", status: index === 3 ? 404 : 200 },
    ]);
  expect(logged()).toContainEqual(expect.objectContaining({ method: "POST", path: `/api/items/${ITEM}/purchases` }));
  expect(shop.output()).not.toContain(key);
  expect(shop.output()).not.toMatch(/^GET /m);
  expect(behind.output()).not.toContain('"event":"request"');
});
