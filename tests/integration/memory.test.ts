/** Promise 6 on the server: every instance tells every change, whatever happens between it and the database. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { db } from "#app/db.server.ts";
import { startPayment } from "#app/shop/holding.server.ts";
import { startEmbeddedPostgres } from "#server/embedded-postgres.ts";
import { type Shop, startShop, until, Visitor } from "#harness/shop.ts";
import { startProxy, type SwitchableProxy } from "#harness/switchable-proxy.ts";
import { copyDataDir } from "../setup/data-dir.ts";

const ITEM = "night-ferry";
/** Milliseconds after which all streams tell the truth again, whatever has happened. */
const RIGHT_AGAIN = 2_000;
let one: Shop;
let other: Shop;
let proxy: SwitchableProxy;
const watchers: Watcher[] = [];

beforeAll(async () => {
  proxy = await startProxy(process.env.DATABASE_URL ?? "");
  [one, other] = await Promise.all([startShop(), startShop({ DATABASE_URL: proxy.url })]);
});
afterEach(() => watchers.splice(0).forEach((watcher) => watcher.leave()));
afterAll(async () => {
  await Promise.all([one.stop(), other.stop()]);
  proxy.close();
});

interface Told {
  state: string;
  quantity: number;
  held: number;
  version: number;
  edition: number;
  run: number;
  nextReleaseAt?: string;
  opensAt?: string;
  closesAt?: string;
}

/** What a stream tells of every item, in this order. */
const STOCK = ["id", "quantity", "held", "version", "edition", "epoch", "run", "state"] as const;

/** A browser's end of a stream, without the browser. */
class Watcher {
  readonly told: Told[] = [];
  readonly #left = new AbortController();
  ended = false;

  static async open(shop: Pick<Shop, "url">): Promise<Watcher> {
    const watcher = new Watcher();
    watchers.push(watcher);
    const response = await fetch(`${shop.url}/live?items=${ITEM}`, { signal: watcher.#left.signal });
    expect(response.status).toBe(200);
    void watcher.#read(response).catch(() => undefined);
    await until(() => watcher.told.length > 0);
    return watcher;
  }

  get last(): Told | undefined {
    return this.told.at(-1);
  }

  leave(): void {
    this.#left.abort();
  }

  async #read(response: Response): Promise<void> {
    let text = "";
    const reader = response.body?.getReader();
    for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
      const events = (text + Buffer.from(part.value).toString()).split("\n\n");
      text = events.pop() ?? "";
      for (const event of events)
        if (event.startsWith("event: stock")) this.told.push(JSON.parse(event.split("data: ")[1] ?? "") as Told);
    }
    this.ended = true;
  }
}

const reset = (shop: Pick<Shop, "url">, quantity: number) =>
  new Visitor(shop.url).fetch(`/api/items/${ITEM}/reset`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ quantity }),
  });
const buy = (shop: Pick<Shop, "url">) => new Visitor(shop.url).buyByJson(ITEM, randomUUID());
const pageOf = async (shop: Pick<Shop, "url">) =>
  Number(/data-quantity[^>]*>(\d+)</.exec(await (await fetch(`${shop.url}/items/${ITEM}`)).text())?.[1]);
const rightVersion = async () => (await db.stock.findUniqueOrThrow({ where: { itemId: ITEM } })).version;

function neverGoesBack({ told }: Watcher): void {
  expect(told.map(({ version }) => version)).toEqual(
    [...new Set(told.map(({ version }) => version))].sort((a, b) => a - b),
  );
}

test("a sale on one instance is told by the other, and the next page shows it, of the other instance within a second", async () => {
  await reset(one, 9);
  const [here, there] = await Promise.all([Watcher.open(one), Watcher.open(other)]);
  expect((await buy(one)).status).toBe(201);
  expect(await pageOf(one)).toBe(8);
  await until(async () => (await pageOf(other)) === 8, undefined, 1_000);
  await until(() => here.last?.quantity === 8 && there.last?.quantity === 8, undefined, 1_000);
  [here, there].forEach(neverGoesBack);
});

test("an opening that is moved, and the moment in which an item opens, are told at once, though they make no new version", async () => {
  await reset(one, 9);
  const [here, there] = await Promise.all([Watcher.open(one), Watcher.open(other)]);
  await db.$executeRaw`UPDATE items SET opens_at = clock_timestamp() + interval '4 seconds' WHERE id = ${ITEM}`;
  await until(() => here.last?.state === "not_open" && there.last?.state === "not_open");
  const [opens] = await db.$queryRaw<
    { inMs: number }[]
  >`SELECT extract(epoch FROM opens_at - clock_timestamp())::float * 1000 AS "inMs" FROM items WHERE id = ${ITEM}`;
  // A look comes every second only: so close to the opening, the timer has told it.
  await new Promise((resolve) => setTimeout(resolve, opens?.inMs));
  await until(() => here.last?.state === "available" && there.last?.state === "available", undefined, 500);
  expect((await buy(one)).status).toBe(201);
  await db.$executeRaw`UPDATE items SET opens_at = NULL WHERE id = ${ITEM}`;
  const { edition } = await db.stock.findUniqueOrThrow({ where: { itemId: ITEM } });
  await until(() => here.last?.edition === edition && there.last?.edition === edition);
});

/** Until the last word of both is this. */
const bothSay = (watchers: Watcher[], word: Partial<Told>) =>
  until(() =>
    watchers.every(({ last }) => Object.entries(word).every(([name, value]) => last?.[name as keyof Told] === value)),
  );

test("an opening and a closing that are moved are told by every instance, with the moments, and the closing when it comes", async () => {
  await reset(one, 9);
  const watchers = await Promise.all([Watcher.open(one), Watcher.open(other)]);
  const version = await rightVersion();
  const at = (seconds: number) => new Date(Date.now() + seconds * 1_000);
  const move = async (opensAt: Date | null, closesAt: Date | null) => {
    await db.item.update({ where: { id: ITEM }, data: { opensAt, closesAt } });
    return { edition: (await db.stock.findUniqueOrThrow({ where: { itemId: ITEM } })).edition };
  };
  for (const [opensAt, closesAt] of [
    [at(3_600), at(7_200)],
    [at(1_800), at(5_400)],
  ] as const) {
    const { edition } = await move(opensAt, closesAt);
    const told = { opensAt: opensAt.toISOString(), closesAt: closesAt.toISOString() };
    await bothSay(watchers, { edition, state: "not_open", ...told });
  }
  const closesAt = at(3);
  const { edition } = await move(null, closesAt);
  await bothSay(watchers, { edition, state: "available", closesAt: closesAt.toISOString() });
  await bothSay(watchers, { edition, version, state: "closed" });
  for (const { last } of watchers) expect(Object.keys(last ?? {})).toEqual([...STOCK]);
  expect((await buy(one)).status).toBe(409);
  await bothSay(watchers, { ...(await move(null, null)), state: "available" });
});

test("when the first of what is held may come back is told while there is more, and again when its payment gives it more time", async () => {
  await db.item.update({ where: { id: ITEM }, data: { payment: "card", holdSeconds: 30 } });
  await reset(one, 9);
  const watchers = await Promise.all([Watcher.open(one), Watcher.open(other)]);
  const { hold } = (await (await buy(one)).json()) as { hold: { id: string; expiresAt: string } };
  await bothSay(watchers, { state: "available", quantity: 8, nextReleaseAt: hold.expiresAt });
  const started = await startPayment({ id: hold.id, itemId: ITEM }, Buffer.from("ann"));
  if (started.kind !== "started") throw new Error(started.kind);
  const { version } = await db.stock.findUniqueOrThrow({ where: { itemId: ITEM } });
  const extended = started.hold.expiresAt.toISOString();
  expect(extended > hold.expiresAt).toBe(true);
  await bothSay(watchers, { version, state: "available", nextReleaseAt: extended });
  await db.item.update({ where: { id: ITEM }, data: { payment: "none", holdSeconds: 600 } });
  await reset(one, 9);
  const { edition } = await db.stock.findUniqueOrThrow({ where: { itemId: ITEM } });
  await bothSay(watchers, { edition, held: 0 });
});

/** A sale makes no new run: that it sells out is all that makes it urgent. */
async function sellOutAndComeBack(): Promise<number[]> {
  for (let rounds = 0; rounds < 2; rounds += 1) {
    await reset(one, 1);
    expect((await buy(one)).status).toBe(201);
  }
  await reset(one, 4);
  return [1, 0, 1, 0, 4];
}

test("selling out and coming back are told on the instance where it happens, each, whatever follows at once", async () => {
  await reset(one, 5);
  const here = await Watcher.open(one);
  const version = await rightVersion();
  const quantities = await sellOutAndComeBack();
  // The first of the resets also takes what is left out of the books.
  await until(() => here.last?.version === version + quantities.length + 1);
  expect(here.told.map(({ quantity }) => quantity)).toEqual([5, ...quantities]);
});

test("selling out and coming back reach the other instance, each, though they follow each other at once", async () => {
  await until(async () => {
    await reset(one, 5);
    const version = await rightVersion();
    const there = await Watcher.open(other);
    await until(() => there.last?.version === version);
    const [clock] = await db.$queryRaw<{ now: string }[]>`SELECT clock_timestamp()::text AS now`;
    const quantities = await sellOutAndComeBack();
    // The first of the resets also takes what is left out of the books.
    await until(() => there.last?.version === version + quantities.length + 1);
    neverGoesBack(there);
    // A look at the rows, once a second, may overtake a hint, and sees the last state only. Nothing else excuses a moment that is missing.
    const looks = await db.$queryRaw<unknown[]>`
      SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'lastone follower' AND query_start >= ${clock?.now}::timestamptz`;
    if (looks.length > 0) return false;
    expect(there.told.slice(-quantities.length).map(({ quantity }) => quantity)).toEqual(quantities);
    return true;
  });
});

test("a change that nobody announced is found within the next look at the rows", async () => {
  await reset(one, 9);
  const [here, there] = await Promise.all([Watcher.open(one), Watcher.open(other)]);
  await db.$transaction([
    db.$executeRaw`
      INSERT INTO movements (item_id, version, run, reason, units, from_account, to_account, available, held, sold, created_at)
      SELECT item_id, version + 1, run, 'correction', 2, 'available', 'outside', available - 2, held, sold, clock_timestamp() FROM stock WHERE item_id = ${ITEM}`,
    db.$executeRaw`UPDATE stock SET available = available - 2, version = version + 1 WHERE item_id = ${ITEM}`,
    db.$executeRaw`UPDATE items SET name = 'Night Ferry, second printing' WHERE id = ${ITEM}`,
  ]);
  await until(() => here.last?.quantity === 7 && there.last?.quantity === 7);
  for (const shop of [one, other])
    await until(async () => (await (await fetch(`${shop.url}/items/${ITEM}`)).text()).includes("second printing"));
});

test("a notification that makes no sense is one line in the log, and nothing more", async () => {
  for (const payload of ["null", "5", "{}", "[null]", '[{"id":"night-ferry"}]', "not JSON"])
    await db.$executeRaw`SELECT pg_notify('lastone_stock', ${payload})`;
  await until(() => one.output().split("notification_invalid").length > 6);
  expect((await fetch(`${one.url}/healthz`)).status).toBe(200);
});

test("with 30 % of the notifications thrown away every stream ends with the truth", async () => {
  let dropped = 0;
  proxy.loseNotifications(0.3, () => (dropped += 1));
  const there = await Watcher.open(other);
  for (let round = 0; round < 40 || dropped < 5; round += 1) await reset(one, round % 7);
  proxy.loseNotifications(0, () => undefined);
  const version = await rightVersion();
  await until(() => there.last?.version === version, undefined, RIGHT_AGAIN);
  neverGoesBack(there);
});

test("with its listening connection killed an instance listens again, and tells what happened meanwhile", async () => {
  const [here, there] = await Promise.all([Watcher.open(one), Watcher.open(other)]);
  const killed = await db.$queryRaw<unknown[]>`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'lastone follower'`;
  expect(killed).toHaveLength(2);
  await reset(one, 6);
  await buy(other);
  const version = await rightVersion();
  await until(() => here.last?.version === version && there.last?.version === version, undefined, RIGHT_AGAIN);
  [here, there].forEach(neverGoesBack);
});

test("a connection that is dead, though nobody has closed it, is noticed within ten seconds", async () => {
  await reset(one, 9);
  const there = await Watcher.open(other);
  proxy.hush();
  expect((await buy(one)).status).toBe(201);
  await until(() => there.last?.quantity === 8, undefined, 10_000);
  proxy.off(); // lets go of the silent connections
  proxy.on();
});

test("a database that restarts under open streams does not end them, and they tell the truth when it is back", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "lastone-restart-"));
  await copyDataDir(inject("usedDataDir"), folder);
  let server = await startEmbeddedPostgres(folder);
  const restarting = await startProxy(server.urlOf("lastone"));
  const shop = await startShop({ DATABASE_URL: restarting.url });
  try {
    const watcher = await Watcher.open(shop);
    await buy(shop);
    await server.stop();
    server = await startEmbeddedPostgres(folder);
    restarting.leadTo(server.urlOf("lastone"));
    await until(async () => (await reset(shop, 17)).status === 200);
    await until(() => watcher.last?.quantity === 17, undefined, RIGHT_AGAIN);
    expect(watcher.ended).toBe(false);
    neverGoesBack(watcher);
  } finally {
    await shop.stop();
    restarting.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

test.each(["LIVE_STREAMS", "LIVE_STREAMS_PER_ADDRESS"])(
  "more streams than %s are answered before they begin",
  async (setting) => {
    const small = await startShop({ [setting]: "2" });
    await Promise.all([Watcher.open(small), Watcher.open(small)]);
    const third = await fetch(`${small.url}/live`);
    expect([third.status, third.headers.has("Retry-After"), third.headers.get("Content-Type")]).toEqual([
      503,
      true,
      "application/problem+json; charset=utf-8",
    ]);
    watchers.splice(0).forEach((watcher) => watcher.leave());
    await until(
      async () => ((await (await fetch(`${small.url}/api/live`)).json()) as { streams: number }).streams === 0,
    );
    await Watcher.open(small);
    await small.stop();
  },
);

test("at its end an instance takes nobody new and is not ready, and its streams end with a hint when to come back", async () => {
  const ending = await startShop();
  const visit = () => connect(ending.port, "127.0.0.1").setEncoding("utf8");
  // A proxy's connection, on which a request has begun: closing, a server leaves it open.
  const kept = visit();
  kept.write("GET /readyz HTTP/1.1\r\nHost: localhost\r\n");
  const responses = await Promise.all(Array.from({ length: 20 }, () => fetch(`${ending.url}/live`)));
  let open = responses.length;
  const texts = responses.map((response) => response.text().finally(() => (open -= 1)));
  expect((await fetch(`${ending.url}/readyz`)).status).toBe(200);
  const stopped = ending.stop();
  await until(() => open < responses.length);
  await expect(once(visit(), "connect")).rejects.toThrow("ECONNREFUSED");
  kept.write("\r\n");
  expect((await kept.toArray()).join("")).toMatch(/^HTTP\/1\.1 503 [^]*not ready/);
  // Streams go on ending for a second.
  expect(open).toBeGreaterThan(0);
  for (const text of texts) expect(await text).toMatch(/retry: \d+\n\n$/);
  expect(await stopped).toBe(0);
});
