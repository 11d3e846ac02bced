/** A form with files is read by its limits alone: one at a time a sender, from this site, and nothing before it is asked for. */
import { once } from "node:events";
import { createServer, request as send, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { currentExchange } from "#app/http/exchange.server.ts";
import { type MultipartForm, readMultipart } from "#app/http/multipart.server.ts";
import { BadRequest } from "#app/http/refusals.server.ts";

let server: Server;
let url: string;
const read: MultipartForm[] = [];

beforeAll(async () => {
  server = createServer((_request, response) => {
    readMultipart(currentExchange(), "a session").then(
      (form) => {
        read.push(form);
        response.end("read");
      },
      (error: unknown) => {
        if (!(error instanceof BadRequest)) throw error;
        response.writeHead(error.status, error.headers).end(error.message);
      },
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => server.close());

function post(body: RequestInit["body"], headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: "POST", body: body ?? null, headers });
}

test("text comes as text, and files as their bytes", async () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, index) => index % 256);
  const form = new FormData();
  form.append("name", "Größe\r\n42");
  form.append("__proto__", "a field");
  form.append("picture", new File([bytes], "a.png", { type: "image/png" }));
  expect((await post(form)).status).toBe(200);
  const { fields, files } = read.pop() ?? { fields: {}, files: {} };
  expect(Object.entries(fields)).toEqual([
    ["name", "Größe\r\n42"],
    ["__proto__", "a field"],
  ]);
  expect(Object.keys(files)).toEqual(["picture"]);
  expect(files.picture).toMatchObject({ name: "a.png", type: "image/png", bytes: Buffer.from(bytes) });
});

test("a field in which no file was chosen is not there", async () => {
  const body =
    '--x\r\nContent-Disposition: form-data; name="picture"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--x--\r\n';
  expect((await post(body, { "Content-Type": "multipart/form-data; boundary=x" })).status).toBe(200);
  expect(read.pop()).toEqual({ fields: {}, files: {} });
});

test.each([
  ["another site's", 403, "x", { Origin: "https://evil.example", "Content-Type": "multipart/form-data; boundary=x" }],
  ["another kind of form", 415, "name=x", { "Content-Type": "application/x-www-form-urlencoded" }],
  ["one without a boundary", 400, "name=x", { "Content-Type": "multipart/form-data" }],
  [
    "one cut off",
    400,
    '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb',
    { "Content-Type": "multipart/form-data; boundary=x" },
  ],
])("%s is refused with %i", async (_name, status, body, headers) => {
  expect((await post(body, headers)).status).toBe(status);
});

test("one that is too large is told so, and not cut off", async () => {
  const form = new FormData();
  form.append("picture", new File([new Uint8Array(22 * 1_048_576)], "a.png"));
  expect((await post(form)).status).toBe(413);
});

test("while one is arriving, a second of the same sender is told to wait; then it is read", async () => {
  const first = send(url, { method: "POST", headers: { "Content-Type": "multipart/form-data; boundary=x" } });
  const answered = once(first, "response") as Promise<[{ statusCode: number }]>;
  first.write("--x\r\n");
  const second = () => {
    const form = new FormData();
    form.append("name", "second");
    return post(form);
  };
  let told = await second();
  while (told.status === 200) told = await second();
  expect([told.status, told.headers.get("retry-after")]).toEqual([429, "5"]);
  first.end('Content-Disposition: form-data; name="name"\r\n\r\nfirst\r\n--x--\r\n');
  expect((await answered)[0].statusCode).toBe(200);
  expect((await second()).status).toBe(200);
});
