/** What every address owes whoever asks, whatever it is for: its methods, its headers, and no data where there is no page. */
import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Shop, startShop, until, Visitor } from "#harness/shop.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await startShop({ TRUSTED_PROXIES: "127.0.0.1", LIVE_STREAMS_PER_ADDRESS: "2" });
});
afterAll(async () => {
  expect(await shop.stop()).toBe(0);
});

const visit = (target: string, init: RequestInit = {}) => new Visitor(shop.url).fetch(target, init);
const streams = async () => ((await (await visit("/api/live")).json()) as { streams: number }).streams;

test.each(["/live.data", "/live.data?items=tin-comet", "/api/items.data", "/healthz.data", "/readyz.data"])(
  "%s is no page's data: it is answered at once, and holds no place",
  async (target) => {
    const answer = await visit(target);
    expect(answer.status).toBe(404);
    await answer.text();
    expect(await streams()).toBe(0);
    const leave = new AbortController();
    const opened = await Promise.all([1, 2].map(() => visit("/live", { signal: leave.signal })));
    expect(opened.map(({ status }) => status)).toEqual([200, 200]);
    leave.abort();
    await until(async () => (await streams()) === 0);
  },
);

test("behind a trusted proxy each visitor has an address of his own, and a stranger's word for it counts for nothing", async () => {
  const leave = new AbortController();
  const open = (forwardedFor: string) =>
    visit("/live", { signal: leave.signal, headers: { "X-Forwarded-For": forwardedFor } });
  const statuses: number[] = [];
  for (const address of [
    "203.0.113.9",
    "203.0.113.9",
    "1.2.3.4, 203.0.113.9",
    "203.0.113.10",
    "2001:db8::1",
    "2001:db8::2",
    "2001:db8::3",
  ])
    statuses.push((await open(address)).status);
  expect(statuses).toEqual([200, 200, 503, 200, 200, 200, 503]);
  leave.abort();
  await until(async () => (await streams()) === 0);
});

test.each([
  ["/api/items", "GET, HEAD, OPTIONS"],
  ["/api/items/tin-comet", "GET, HEAD, OPTIONS"],
  ["/api/items/tin-comet/purchases", "POST, OPTIONS"],
  ["/api/items/tin-comet/reset", "POST, OPTIONS"],
  ["/live", "GET, HEAD, OPTIONS"],
  ["/healthz", "GET, HEAD, OPTIONS"],
  ["/", "GET, HEAD, POST, OPTIONS"],
  ["/items/tin-comet", "GET, HEAD, POST, OPTIONS"],
])("OPTIONS %s says %s", async (target, allow) => {
  const answer = await visit(target, { method: "OPTIONS" });
  expect([answer.status, answer.headers.get("Allow"), await answer.text()]).toEqual([204, allow, ""]);
});

test.each([
  ["POST", "/?index", "GET, HEAD, OPTIONS"],
  ["PUT", "/items/tin-comet", "GET, HEAD, POST, OPTIONS"],
  ["DELETE", "/orders", "GET, HEAD, POST, OPTIONS"],
  ["PUT", "/?index", "GET, HEAD, OPTIONS"],
  ["POST", "/_root.data?index", "GET, HEAD, OPTIONS"],
  ["PUT", "/_root.data?index", "GET, HEAD, OPTIONS"],
  ["PUT", "/items/tin-comet.data", "GET, HEAD, POST, OPTIONS"],
  ["POST", "/healthz", "GET, HEAD, OPTIONS"],
  ["GET", "/api/items/tin-comet/purchases", "POST, OPTIONS"],
])("%s %s is not allowed, and the answer says what is", async (method, target, allow) => {
  const answer = await visit(target, { method });
  expect([answer.status, answer.headers.get("Allow")]).toEqual([405, allow]);
});

test.each(["/nope.data", "/orders/x.data", "/nope", "/orders/x", "/api/nope", "/items/nope.data"])(
  "%s is a 404 that no cache keeps",
  async (target) => {
    const answer = await visit(target);
    expect(answer.status).toBe(404);
    expect(answer.headers.get("Cache-Control")).toMatch(/no-cache|no-store/);
  },
);

test("a picture that is opened by itself runs nothing, and a page has one policy, its own", async () => {
  const picture = await visit("/items/tin-comet.svg");
  expect(picture.headers.get("Content-Type")).toContain("image/svg+xml");
  expect(picture.headers.get("Content-Security-Policy")).toBe("default-src 'none'; style-src 'unsafe-inline'; sandbox");
  for (const target of ["/", "/nope", "/nope.svg"]) {
    const policy = (await visit(target)).headers.get("Content-Security-Policy");
    expect(policy).toContain("script-src 'self' 'nonce-");
    expect(policy).not.toContain("sandbox");
  }
});

test.each(["/items/tin-comet", "/items/tin-comet.data"])(
  "a form that is packed for %s is not read, either",
  async (target) => {
    const headers = { "Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": "gzip" };
    const answer = await visit(target, { method: "POST", headers, body: new Uint8Array(gzipSync("quantity=1")) });
    expect([answer.status, answer.headers.get("Accept-Encoding")]).toEqual([415, "identity"]);
  },
);

test("a body that is packed is not read: 415, and the answer says how to send it", async () => {
  const answer = await visit("/api/items/tin-comet/purchases", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Content-Encoding": "gzip", "Idempotency-Key": randomUUID() },
    body: new Uint8Array(gzipSync('{"quantity":1}')),
  });
  expect([answer.status, answer.headers.get("Accept-Encoding")]).toEqual([415, "identity"]);
  expect(await answer.json()).toMatchObject({ type: "urn:lastone:problem:unsupported-media-type" });
});

test.each(["00000000-0000-0000-0000-000000000000", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"])(
  "the key %s is anybody's, so it is nobody's",
  async (key) => {
    expect((await new Visitor(shop.url).buyByJson("tin-comet", key)).status).toBe(400);
    expect((await new Visitor(shop.url).pressBuy("tin-comet", { key })).status).toBe(400);
  },
);

test("the server's time comes with the snapshot of a stream", async () => {
  const leave = new AbortController();
  const reader = (await visit("/live?items=tin-comet", { signal: leave.signal })).body
    ?.pipeThrough(new TextDecoderStream())
    .getReader();
  let text = "";
  while (!/event: ping\ndata: .*\n\n/.test(text)) text += (await reader?.read())?.value ?? "";
  const { now } = JSON.parse(/event: ping\ndata: (.*)\n/.exec(text)?.[1] ?? "{}") as { now?: string };
  expect(Math.abs(new Date(now ?? 0).getTime() - Date.now())).toBeLessThan(60_000);
  leave.abort();
});
