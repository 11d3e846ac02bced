/** The end of a shop that has others beside it, and of connections on which nobody asks for anything. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { Agent, request as ask } from "node:http";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { startBalancingProxy } from "#harness/balancing-proxy.ts";
import { type Shop, startShop, until, Visitor } from "#harness/shop.ts";

const shops: Shop[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(shops.splice(0).map((shop) => shop.stop()));
});

async function start(settings: Record<string, string> = {}): Promise<Shop> {
  const shop = await startShop(settings);
  shops.push(shop);
  return shop;
}

/** A connection on which this much has been sent. */
async function connection(shop: Shop, sent = ""): Promise<Socket> {
  const socket = connect(shop.port, "127.0.0.1");
  sockets.push(socket);
  socket.on("error", () => undefined).resume();
  await once(socket, "connect");
  if (sent) await new Promise((resolve) => socket.write(sent, resolve));
  return socket;
}

const HALF_A_HEAD = "POST /api/items/tin-comet/purchases HTTP/1.1\r\nHost: shop\r\n";
const HALF_A_BODY = `${HALF_A_HEAD}Content-Type: application/json\r\nIdempotency-Key: ${randomUUID()}\r\nContent-Length: 100\r\n\r\n{"quantity"`;

test("nobody is cut off by the end who has not asked for anything: silence, half a head, half a body, a stream that is not read", async () => {
  const shop = await start();
  for (const sent of ["", HALF_A_HEAD, HALF_A_BODY]) await connection(shop, sent);
  const stream = await connection(shop, "GET /live HTTP/1.1\r\nHost: shop\r\n\r\n");
  await once(stream, "data");
  stream.pause();
  expect(await shop.stop()).toBe(0);
  expect(shop.output()).not.toContain("shutdown_forced");
});

test("a connection is ended when no head comes within ten seconds, and no body, by a fresh server, too", async () => {
  const shop = await start();
  const closed = await Promise.all(
    ["", HALF_A_HEAD, HALF_A_BODY].map(async (sent) => {
      const socket = await connection(shop, sent);
      const told = text(socket);
      await until(() => socket.closed || socket.readableEnded, undefined, 20_000);
      return await told;
    }),
  );
  for (const told of closed) expect(told).toMatch(/^HTTP\/1.1 408 Request Timeout\r\n/);
  // Of a body the shop says so itself.
  expect(closed[2]).toContain("urn:lastone:problem:too-slow");
});

test("while it drains it is not ready, takes new connections and sells as before, and says with each answer that it is the last", async () => {
  const shop = await start({ DRAIN: "3000" });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const get = (path: string) =>
    new Promise<[number | undefined, string | undefined]>((resolve, reject) => {
      ask(`${shop.url}${path}`, { agent }, (answer) => {
        answer.resume().on("end", () => resolve([answer.statusCode, answer.headers.connection]));
      })
        .on("error", reject)
        .end();
    });
  expect(await get("/healthz")).toEqual([200, "keep-alive"]);
  const ended = shop.stop();
  await until(async () => (await fetch(`${shop.url}/readyz`)).status === 503);
  expect(await get("/healthz")).toEqual([200, "close"]);
  expect(await get("/items/tin-comet")).toEqual([200, "close"]);
  expect(await get("/favicon.svg")).toEqual([200, "close"]);
  const bought = await new Visitor(shop.url).buyByJson("tin-comet", randomUUID());
  expect([bought.status, bought.headers.get("Connection")]).toEqual([201, "close"]);
  expect(await ended).toBe(0);
  await expect(fetch(shop.url)).rejects.toThrow();
});

test("two instances behind a proxy are started anew one after the other, and not one request of 40 buyers is lost", async () => {
  const settings = { DRAIN: "3000" };
  const instances = await Promise.all([start(settings), start(settings)]);
  const proxy = await startBalancingProxy(instances.map(({ url }) => url));
  await new Visitor(proxy.url).reset("night-ferry", 100_000);
  const statuses = new Map<number, number>();
  const running = { go: true };
  const buyers = Array.from({ length: 40 }, async () => {
    while (running.go) {
      const { status } = await new Visitor(proxy.url).buyByJson("night-ferry", randomUUID());
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  });
  try {
    for (const old of instances) {
      await until(() => proxy.sendsTo(old.url));
      const before = statuses.get(201) ?? 0;
      await until(() => (statuses.get(201) ?? 0) > before + 40);
      expect(await old.stop()).toBe(0);
      expect(old.output()).not.toContain("shutdown_forced");
      await start({ ...settings, PORT: String(old.port) });
      await until(() => proxy.sendsTo(old.url));
    }
  } finally {
    running.go = false;
    await Promise.all(buyers);
    proxy.close();
  }
  expect(proxy.lost).toEqual([]);
  expect([...statuses.keys()]).toEqual([201]);
  // Four starts and two ends with their drain.
}, 120_000);
