/** What stands in the first lines of a request, sent as no client library would: over the bare socket. */
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Shop, startShop, Visitor } from "#harness/shop.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(async () => {
  expect(await shop.stop()).toBe(0);
});

/** Sends `lines` as they are, and reads until the shop closes. */
async function send(...lines: string[]): Promise<{ status: number; answer: string }> {
  const socket = connect(shop.port, "127.0.0.1");
  socket.write(`${lines.join("\r\n")}\r\nConnection: close\r\n\r\n`);
  const answer = await text(socket);
  return { status: Number(answer.split(" ")[1]), answer };
}

test.each<[string, string[], number]>([
  ["a fragment", ["GET /items/tin-comet.data#x HTTP/1.1", "Host: shop"], 400],
  ["two hosts", ["GET / HTTP/1.1", "Host: shop", "Host: shop"], 400],
  ["a host with no port's number", ["GET / HTTP/1.1", "Host: a:99999"], 400],
  ["a host that is half an address", ["GET / HTTP/1.1", "Host: ["], 400],
  ["a host with a space", ["GET / HTTP/1.1", "Host: a b"], 400],
  ["a forwarded host with no port's number", ["GET / HTTP/1.1", "Host: shop", "X-Forwarded-Host: a:99999"], 400],
  ["* for anything but OPTIONS", ["GET * HTTP/1.1", "Host: shop"], 400],
  ["TRACE", ["TRACE / HTTP/1.1", "Host: shop"], 501],
  ["PROPFIND", ["PROPFIND /items/tin-comet HTTP/1.1", "Host: shop"], 501],
])("%s is refused as a problem, and the connection closed", async (_name, lines, expected) => {
  const { status, answer } = await send(...lines);
  expect(status).toBe(expected);
  expect(answer).toMatch(/^Content-Type: application\/problem\+json/m);
  expect(answer).toMatch(/^X-Content-Type-Options: nosniff/m);
  expect(answer).toContain('{"type":"urn:lastone:problem:');
});

test.each<[string, string[], number]>([
  ["an absolute address", ["GET http://shop.example/healthz HTTP/1.1", "Host: other"], 200],
  ["an absolute address of a page", ["GET http://shop.example:81/items/tin-comet?a=b HTTP/1.1", "Host: other"], 200],
  ["OPTIONS *", ["OPTIONS * HTTP/1.1", "Host: shop"], 204],
  ["HTTP/1.0 without a host", ["GET /healthz HTTP/1.0"], 200],
  ["a host by its number", ["GET /healthz HTTP/1.1", "Host: [::1]:3000"], 200],
])("%s is answered", async (_name, lines, expected) => {
  expect((await send(...lines)).status).toBe(expected);
});

test("the old kind of data request is a page like any other", async () => {
  const answer = await fetch(`${shop.url}/items/tin-comet?_data=routes%2Fitems.%24id`);
  expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([200, "private, no-cache"]);
  expect(await answer.text()).toContain("data-purchase");
});

test("a page's data carries this visitor's key, however its address is written", async () => {
  const buyer = new Visitor(shop.url);
  const key = await buyer.openItem("tin-comet");
  for (const target of ["/items/tin-comet.data", "/items/tin-comet.data?a=b#c", "/items/./tin-comet.data"]) {
    const data = await (await buyer.fetch(target)).text();
    expect(data.match(/[0-9a-f-]{36}/g)).toEqual([key]);
  }
});

test("none of it is a fault of the shop's: the log tells of no error", () => {
  expect(shop.output()).not.toMatch(/"event":|Error/);
});
