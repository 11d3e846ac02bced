/** The life of one stream, on a real server and socket, with a clock that the test moves. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { writeReadableStreamToWritable } from "@remix-run/node";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { listItems } from "#app/shop/catalogue.server.ts";
import { until } from "#harness/shop.ts";

beforeAll(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] }));
afterAll(() => void vi.useRealTimers());

test("a stream opens with the whole state, beats every 15 seconds, and after 10 to 15 minutes asks its browser to renew before it ends", async () => {
  // Loaded only now: its heartbeat begins with it.
  const { openStream } = await import("#app/live/stream.server.ts");
  const { memory } = await import("#app/shop/memory.server.ts");
  const items = await listItems();
  memory.replace(items, Date.now());
  const server = createServer((_request, response) => {
    const stream = openStream(undefined);
    response.writeHead(200, Object.fromEntries(stream?.headers ?? []));
    if (stream?.body) void writeReadableStreamToWritable(stream.body, response).catch(() => undefined);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");

  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  expect(response.headers.get("Cache-Control")).toBe("no-cache, no-transform");
  expect(response.headers.get("X-Accel-Buffering")).toBe("no");
  let text = "";
  let ended = false;
  const read = new WritableStream<string>({ write: (part) => void (text += part), close: () => void (ended = true) });
  void response.body?.pipeThrough(new TextDecoderStream()).pipeTo(read);
  const beat = () => {
    for (let second = 0; second < 15; second += 1) {
      memory.replace(items, Date.now()); // a stream does not outlive the sight of the database
      vi.advanceTimersByTime(1_000);
    }
  };
  const kinds = () => [...text.matchAll(/^event: (\w+)/gm)].map(([, kind]) => kind);
  await until(() => kinds().length > items.length);
  expect(kinds()).toEqual([...items.map(() => "stock"), "ping"]);

  let beats = 0;
  for (; !kinds().includes("renew"); beats += 1) {
    expect(beats).toBeLessThan(61);
    const known = kinds().length;
    beat();
    await until(() => kinds().length > known);
  }
  expect(beats).toBeGreaterThan(40);
  expect(kinds().at(-1)).toBe("renew");
  expect(ended).toBe(false);
  beat();
  await until(() => ended);
  server.close();
});
