/** The limit of a client that does not read, on a real server and socket, with changes as fast as the process can make them. */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { writeReadableStreamToWritable } from "@remix-run/node";
import { expect, test } from "vitest";
import { listItems } from "#app/shop/catalogue.server.ts";
import { memory } from "#app/shop/memory.server.ts";
import { countStreams, openStream } from "#app/live/stream.server.ts";
import { until } from "#harness/shop.ts";

test("a client that does not read is dropped at 64 KiB, and one that reads goes on", async () => {
  const responses: { writableLength: number }[] = [];
  const server = createServer((_request, response) => {
    responses.push(response);
    const stream = openStream(undefined);
    response.writeHead(200, Object.fromEntries(stream?.headers ?? []));
    if (stream?.body) void writeReadableStreamToWritable(stream.body, response).catch(() => undefined);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const [first] = await listItems();
  // A long name, so that the kernel's share is full soon.
  const items = first ? [{ ...first, id: "x".repeat(4_000) }] : [];
  memory.replace(items, Date.now());

  const sockets = [0, 1].map(() => connect(port, "127.0.0.1").on("error", () => undefined));
  let heard = "";
  sockets[0]?.on("data", (data: Buffer) => (heard = (heard + data.toString("latin1")).slice(-2_000)));
  sockets[1]?.pause();
  for (const socket of sockets) socket.write("GET /live HTTP/1.1\r\nHost: shop\r\n\r\n");
  await until(() => countStreams() === 2);

  // Selling out and coming back are told at once, each time. The kernel takes some megabytes before Node has to keep any.
  let most = 0;
  let { version } = items[0] ?? { version: 0 };
  await until(async () => {
    for (let change = 0; change < 100; change += 1) {
      version += 1;
      memory.learn({ id: items[0]?.id ?? "", quantity: version % 2, held: 0, version, edition: 1, epoch: 1, run: 1 });
      await new Promise((resolve) => setImmediate(resolve));
    }
    most = Math.max(most, ...responses.map(({ writableLength }) => writableLength));
    return countStreams() === 1;
  });
  expect(most).toBeLessThan(256 * 1_024);
  await until(() => heard.includes(`"version":${version},`));
  for (const socket of sockets) socket.destroy();
  await until(() => countStreams() === 0);
  server.close();
});

test("a client too slow for the snapshot of very many items is not dropped for it, and hears the change that comes after", async () => {
  const server = createServer((_request, response) => {
    const stream = openStream(undefined);
    response.writeHead(200, Object.fromEntries(stream?.headers ?? []));
    if (stream?.body) void writeReadableStreamToWritable(stream.body, response).catch(() => undefined);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const [item] = await listItems();
  if (!item) throw new Error("no items");
  // More than the kernel takes for a client that does not read, which is some megabytes.
  const many = Array.from({ length: 2_000 }, (_, index) => ({ ...item, id: `item-${index}-${"x".repeat(6_000)}` }));
  memory.replace(many, Date.now());

  const slow = connect((server.address() as AddressInfo).port, "127.0.0.1").on("error", () => undefined);
  let heard = "";
  slow.on("data", (data: Buffer) => (heard = (heard + data.toString("latin1")).slice(-2_000)));
  slow.pause();
  slow.write("GET /live HTTP/1.1\r\nHost: shop\r\n\r\n");
  await until(() => countStreams() === 1);
  const change = (version: number) =>
    memory.learn({ id: many[7]?.id ?? "", quantity: version % 2, held: 0, version, edition: 1, epoch: 1, run: 1 });
  change(100);
  await new Promise((resolve) => setImmediate(resolve));
  change(101);
  slow.resume();
  await until(() => heard.includes('"version":101,'));
  expect(countStreams()).toBe(1);
  slow.destroy();
  await until(() => countStreams() === 0);
  server.close();
});

test("a stream tells each change once: none that its snapshot has, and one that comes between the snapshot and the opening", async () => {
  const [item] = await listItems();
  if (!item) throw new Error("no items");
  memory.replace([{ ...item, version: 1, quantity: 9 }], Date.now());
  const change = (version: number) =>
    memory.learn({
      id: item.id,
      quantity: 9,
      held: 0,
      version,
      edition: item.edition,
      epoch: item.epoch,
      run: item.run,
    });
  const told: number[] = [];
  const leave = memory.onChange(({ version }) => told.push(version));
  const server = createServer((_request, response) => {
    change(2);
    // Told with the next of the paced changes, when the stream is long open.
    change(3);
    const stream = openStream([item.id]);
    change(4);
    response.writeHead(200, Object.fromEntries(stream?.headers ?? []));
    if (stream?.body) void writeReadableStreamToWritable(stream.body, response).catch(() => undefined);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1").on("error", () => undefined);
  let heard = "";
  client.on("data", (data: Buffer) => (heard += data.toString("latin1")));
  client.write("GET /live HTTP/1.1\r\nHost: shop\r\n\r\n");
  await until(() => countStreams() === 1 && told.includes(4));
  change(5);
  await until(() => heard.includes('"version":5,'));
  expect([...heard.matchAll(/"version":(\d+)/g)].map(([, version]) => Number(version))).toEqual([3, 4, 5]);
  leave();
  client.destroy();
  await until(() => countStreams() === 0);
  server.close();
});

test("an open stream keeps nothing of the request that asked for it, however much that was", async () => {
  const [item] = await listItems();
  memory.replace(item ? [item] : [], Date.now());
  const requests: (IncomingMessage & { originalUrl?: string })[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    const stream = openStream(new URL(request.url ?? "", "http://shop").searchParams.get("items")?.split(","));
    response.writeHead(200, Object.fromEntries(stream?.headers ?? []));
    if (stream?.body) void writeReadableStreamToWritable(stream.body, response).catch(() => undefined);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1").on("error", () => undefined);
  client.resume();
  const unknown = Array.from({ length: 100 }, (_, index) => `${"x".repeat(60)}-${index}`);
  client.write(
    `GET /live?items=${[item?.id, ...unknown].join(",")} HTTP/1.1\r\nHost: shop\r\nX-Long: ${"y".repeat(2_000)}\r\n\r\n`,
  );
  await until(() => countStreams() === 1);
  const [kept] = requests;
  expect([kept?.url, kept?.originalUrl, kept?.headers, kept?.rawHeaders]).toEqual(["/live", "/live", {}, []]);
  client.destroy();
  await until(() => countStreams() === 0);
  server.close();
});
