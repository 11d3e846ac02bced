/** What is served as it lies there: the build's own files, and those of public/. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { type IncomingMessage, request as ask } from "node:http";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Shop, startShop } from "#harness/shop.ts";

let shop: Shop;
const name = `${randomUUID()}.svg`;
const picture = path.resolve(import.meta.dirname, "../../public", name);

beforeAll(async () => {
  shop = await startShop();
});
afterAll(async () => {
  await rm(picture, { force: true });
  await shop.stop();
});

test("only what has a hash in its name may be kept for good: the scripts and styles that a page asks for", async () => {
  const html = await (await fetch(`${shop.url}/`)).text();
  const asked = [...new Set(html.match(/\/assets\/[\w.-]+\.(js|css)/g))];
  expect(asked.length).toBeGreaterThan(3);
  for (const file of asked) {
    const answer = await fetch(`${shop.url}${file}`);
    expect([file, answer.status, answer.headers.get("Cache-Control")]).toEqual([
      file,
      200,
      "public, max-age=31536000, immutable",
    ]);
  }
  for (const file of ["/favicon.svg", "/items/moon-moth.svg"]) {
    const answer = await fetch(`${shop.url}${file}`);
    expect([file, answer.status, answer.headers.get("Cache-Control")]).toEqual([file, 200, "public, max-age=3600"]);
  }
});

test("a picture that is replaced under its name is served as it is now, and one that is not is not sent again", async () => {
  await writeFile(picture, "<svg/>");
  const before = await get({});
  expect(before.text).toBe("<svg/>");
  const known = { "If-None-Match": before.etag };
  expect((await get(known)).status).toBe(304);
  await writeFile(picture, "<svg><g/></svg>");
  expect(await get(known)).toMatchObject({ status: 200, text: "<svg><g/></svg>" });
});

test.each([
  [416, { Range: "bytes=99999-" }],
  [412, { "If-Match": '"another"' }],
  [412, { "If-Unmodified-Since": "Fri, 01 Jan 1999 00:00:00 GMT" }],
])(
  "a file that is not as it is asked for is refused in a word, and the log tells of no fault: %s %o",
  async (status, asked) => {
    const answer = await fetch(`${shop.url}/favicon.svg`, { headers: asked });
    expect([answer.status, answer.headers.get("Content-Type"), answer.headers.get("Cache-Control")]).toEqual([
      status,
      "text/plain; charset=utf-8",
      "no-store",
    ]);
    expect([answer.headers.get("Content-Range"), answer.headers.get("ETag")]).toEqual([
      status === 416 ? expect.stringMatching(/^bytes \*\/\d+$/) : null,
      null,
    ]);
    expect(shop.output()).not.toMatch(/"event":|Error/);
  },
);

/** As a browser asks that has it already: `fetch` would demand it anew. */
async function get(headers: Record<string, string>): Promise<{ status: number; etag: string; text: string }> {
  const [answer] = (await once(ask(`${shop.url}/${name}`, { headers, agent: false }).end(), "response")) as [
    IncomingMessage,
  ];
  return { status: answer.statusCode ?? 0, etag: answer.headers.etag ?? "", text: await text(answer) };
}
