/** Starting and stopping as an operator does it, with an embedded PostgreSQL of its own in an empty folder. */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { appendFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import pg from "pg";
import { expect, inject, test } from "vitest";
import { migrate, schemaScript } from "#server/migrate.ts";
import { freePort } from "#server/port.ts";
import { startProxy } from "#harness/switchable-proxy.ts";
import { until, Visitor } from "#harness/shop.ts";
import {
  embeddedUrl,
  folder,
  isAlive,
  launch,
  leftBehind,
  postgresPid,
  refusal,
  start,
  startAgain,
  useFolder,
} from "../setup/bare-shop.ts";

/** On the test file's own database. */
const SHARED = { DATABASE_URL: process.env.DATABASE_URL, COOKIE_SECRET: process.env.COOKIE_SECRET, DEMO: "1" };

test("a first start serves six items; a second start keeps the orders; secrets are for the owner's eyes only", async () => {
  const first = await start();
  expect(first.output().trim().split("\n").at(-1)).toBe(`Lastone is open: http://localhost:${first.port}`);
  const buyer = new Visitor(first.url);
  const bought = (await (await buyer.buyByJson("moon-moth", randomUUID())).json()) as { order: { id: string } };
  for (const secret of ["postgres-password", "cookie-secret"])
    expect((await stat(path.join(folder, secret))).mode & 0o777).toBe(0o600);
  const pid = await postgresPid();
  expect(await first.stop()).toBe(0);
  await until(() => !isAlive(pid));

  const second = await start();
  const again = new Visitor(second.url);
  again.cookie = buyer.cookie;
  expect((await again.fetch(`/api/orders/${bought.order.id}`)).status).toBe(200);
});

test("with open streams it ends within 5 s of Ctrl-C, and leaves no process behind", async () => {
  const shop = await startAgain();
  const pid = await postgresPid();
  const streams = await Promise.all(Array.from({ length: 20 }, () => fetch(`${shop.url}/live`)));
  const ended = Promise.all(streams.map((stream) => stream.text()));
  const asked = performance.now();
  expect(await shop.stop("SIGINT")).toBe(0);
  expect(performance.now() - asked).toBeLessThan(5_000);
  expect(shop.output()).not.toContain("shutdown_forced");
  expect(shop.output().trim().split("\n").at(-1)).toBe("Lastone has stopped.");
  await ended;
  expect(isAlive(pid)).toBe(false);
  await expect(fetch(shop.url)).rejects.toThrow();
});

test("Ctrl-C, twice, while a purchase waits for its row: it still gets its true answer", async () => {
  const shop = await startAgain();
  const pid = await postgresPid();
  const children = execFileSync("ps", ["--ppid", String(shop.process.pid), "-o", "pid=,args="], { encoding: "utf8" });
  const served = Number(/^ *(\d+) .*build\/server\/index\.js/m.exec(children)?.[1]);
  const holder = new pg.Client({ connectionString: await embeddedUrl() });
  holder.on("error", () => undefined); // a failing test stops PostgreSQL first
  await holder.connect();
  await holder.query("BEGIN");
  await holder.query("SELECT 1 FROM stock WHERE item_id = 'moon-moth' FOR UPDATE");
  const buying = new Visitor(shop.url).buyByJson("moon-moth", randomUUID());
  const waiting = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'lastone' AND wait_event_type = 'Lock'";
  await until(async () => {
    await holder.query("SELECT pg_stat_clear_snapshot()"); // a transaction sees one and the same activity otherwise
    return (await holder.query(waiting)).rowCount === 1;
  });
  // A terminal sends it to both, and the parent hands its own on. Who sees nothing happen presses again.
  for (const target of [Number(shop.process.pid), served, served, Number(shop.process.pid)])
    process.kill(target, "SIGINT");
  await until(() =>
    fetch(`${shop.url}/healthz`).then(
      () => false,
      () => true,
    ),
  );
  await holder.query("COMMIT");
  await holder.end();
  expect((await buying).status).toBe(201);
  expect(await shop.stop("SIGINT")).toBe(0);
  expect([isAlive(served), isAlive(pid), leftBehind()]).toEqual([false, false, []]);
});

test("PostgreSQL's log does not grow for ever", async () => {
  await useFolder();
  const log = path.join(folder, "postgres/server.log");
  await writeFile(log, "a line\n".repeat(1_000_000));
  await start();
  expect((await stat(log)).size).toBeLessThan(100_000);
  expect((await stat(`${log}.1`)).size).toBe(7_000_000);
});

test.each(["a file", "a file/data", "/proc/data"])(
  "a DATA_DIR that can be no folder is refused in one line: %s",
  async (name) => {
    await writeFile(path.join(folder, "a file"), "");
    const DATA_DIR = path.resolve(folder, name);
    expect(await refusal({ DATA_DIR })).toEqual({
      code: 1,
      said: [expect.stringContaining(`DATA_DIR is ${DATA_DIR}, which cannot be used as a folder`) as string],
    });
    expect(await readdir(folder)).toEqual(["a file"]);
  },
);

test("without the password that its data was made with it says so in one line, and leaves no PostgreSQL running", async () => {
  const shop = await startAgain();
  expect(await shop.stop()).toBe(0);
  await rm(path.join(folder, "postgres-password"));
  expect(await refusal({})).toEqual({
    code: 1,
    said: [expect.stringContaining("postgres-password: that file was deleted or replaced") as string],
  });
  expect(leftBehind()).toEqual([]);
});

test("told to end while initdb makes its data, it leaves neither a half-made cluster nor a process", async () => {
  const shop = await launch();
  await until(() => leftBehind().length > 0);
  expect(await shop.stop("SIGINT")).toBe(0);
  expect([leftBehind(), await readdir(folder), shop.output()]).toEqual([[], ["postgres-password"], ""]);
});

test("told to end while PostgreSQL still recovers, it stops it within 5 s", async () => {
  await useFolder();
  const cluster = path.join(folder, "postgres");
  await writeFile(path.join(cluster, "recovery.signal"), "");
  await appendFile(path.join(cluster, "postgresql.auto.conf"), "restore_command = 'sleep 60'\n");
  const shop = await launch();
  await until(() =>
    stat(path.join(cluster, "postmaster.pid")).then(
      () => true,
      () => false,
    ),
  );
  const asked = performance.now();
  expect(await shop.stop()).toBe(0);
  expect(performance.now() - asked).toBeLessThan(5_000);
  expect([leftBehind(), shop.output()]).toEqual([[], ""]);
});

test("told to end while another instance migrates, it ends within 5 s", async () => {
  const other = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await other.connect();
  try {
    await other.query("SELECT pg_advisory_lock(4711002)");
    const shop = await launch(SHARED);
    const waiting =
      "SELECT 1 FROM pg_stat_activity WHERE application_name = 'lastone migrate' AND wait_event_type = 'Lock'";
    await until(async () => (await other.query(waiting)).rowCount === 1);
    const asked = performance.now();
    expect(await shop.stop()).toBe(0);
    expect(performance.now() - asked).toBeLessThan(5_000);
  } finally {
    await other.end();
  }
});

test("a second shop on the same folder, a taken port, and a wrong PORT are refused in one line", async () => {
  const shop = await startAgain();
  for (const PORT of [String(await freePort()), String(shop.port)]) {
    expect(await refusal({ PORT })).toEqual({
      code: 1,
      said: [expect.stringContaining(`Another Lastone is using ${folder}`) as string],
    });
  }
  const occupant = createServer().listen(0, "127.0.0.1");
  await once(occupant, "listening");
  const address = occupant.address();
  const port = address && typeof address === "object" ? String(address.port) : "";
  expect(await refusal({ PORT: port, DATA_DIR: path.join(folder, "another") })).toEqual({
    code: 1,
    said: [expect.stringContaining("is taken") as string],
  });
  occupant.close();
  expect((await refusal({ PORT: "soon" })).code).toBe(1);
  expect((await fetch(`${shop.url}/healthz`)).status).toBe(200);
});

test("a setting of the shop that is wrong is refused in one line before there is a database, or before it is asked for one", async () => {
  for (const [setting, value] of [
    ["TILL_BATCH", "many"],
    ["DRAIN", "9000"],
    ["TRUSTED_PROXIES", "everybody"],
    ["COOKIE_SECRET", "short"],
  ] as const) {
    const said = [expect.stringContaining(`Settings are missing or wrong (see .env.example). ${setting}: `) as string];
    expect(await refusal({ [setting]: value })).toEqual({ code: 1, said });
    expect(await readdir(folder)).toEqual([]);
    const DATABASE_URL = "postgresql://x:y@127.0.0.1:1/none";
    expect(await refusal({ DATABASE_URL, COOKIE_SECRET: "x".repeat(32), [setting]: value })).toEqual({ code: 1, said });
  }
});

test("a database that is away, refuses the login, or is no URL is refused in one line", async () => {
  const server = new URL(inject("serverUrl"));
  const nobody = new URL(server);
  nobody.password = "wrong";
  for (const DATABASE_URL of ["postgresql://x:y@127.0.0.1:1/none", nobody.href, "no url"]) {
    const { code, said } = await refusal({ DATABASE_URL, COOKIE_SECRET: "x".repeat(32) });
    expect([code, said.length]).toEqual([1, 1]);
    expect(said[0]).toContain("DATABASE_URL");
  }
  const { code, said } = await refusal({ DATABASE_URL: server.href });
  expect([code, said]).toEqual([1, [expect.stringContaining("COOKIE_SECRET is missing") as string]]);
});

test("a seed that was cut off between two sales is finished by the next start", async () => {
  const database = new pg.Client({ connectionString: inject("serverUrl") });
  await database.connect();
  const name = `seeded_${Date.now()}`;
  const url = Object.assign(new URL(inject("serverUrl")), { pathname: `/${name}` }).href;
  await database.query(`CREATE DATABASE ${name}`);
  await migrate(url);
  const saboteur = new pg.Client({ connectionString: url });
  await saboteur.connect();
  try {
    await saboteur.query(`
      CREATE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''cut off''; END';
      CREATE TRIGGER cut_off BEFORE INSERT ON orders FOR EACH ROW WHEN (new.number > 5) EXECUTE FUNCTION cut_off()`);
    const settings = { DATABASE_URL: url, COOKIE_SECRET: "x".repeat(32), DEMO: "1" };
    expect((await refusal(settings)).code).toBe(1);
    await saboteur.query("DROP FUNCTION cut_off CASCADE");
    for (let starts = 0; starts < 2; starts += 1) {
      const shop = await start(settings);
      const items = (await (await fetch(`${shop.url}/api/items`)).json()) as { state: string; version: number }[];
      expect(items.map(({ state, version }) => [state, version])).toEqual([
        ["available", 1],
        ["available", 1],
        ["sold_out", 13],
        ["available", 1],
        ["available", 1],
        ["not_open", 1],
      ]);
      await shop.stop();
    }
  } finally {
    await saboteur.end();
    await database.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await database.end();
  }
});

test("a PostgreSQL older than 15 is refused in one line", async () => {
  const server = new pg.Client({ connectionString: inject("serverUrl") });
  await server.connect();
  const name = `old_${Date.now()}`;
  const { host, href: DATABASE_URL } = Object.assign(new URL(inject("serverUrl")), { pathname: `/${name}` });
  const old = new pg.Client({ connectionString: DATABASE_URL });
  await server.query(`CREATE DATABASE ${name}`);
  try {
    // No older server comes from npm with the shop, so this database says that it is one.
    await old.connect();
    await old.query(
      "CREATE FUNCTION current_setting(text) RETURNS text RETURN CASE $1 WHEN 'server_version' THEN '14.23' ELSE '140023' END",
    );
    await old.query(`ALTER DATABASE ${name} SET search_path = public, pg_catalog`);
    await old.end();
    expect(await refusal({ DATABASE_URL, COOKIE_SECRET: "x".repeat(32) })).toEqual({
      code: 1,
      said: [`The database at ${host}/${name} is PostgreSQL 14.23; Lastone needs 15 or newer.`],
    });
  } finally {
    await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await server.end();
  }
});

test("without demo mode there is no reset, by form or by JSON, and nothing is seeded", async () => {
  const shop = await start({ DEMO: "0" });
  const visitor = new Visitor(shop.url);
  for (const target of ["/items/moon-moth/reset", "/api/items/moon-moth/reset"]) {
    for (const method of ["POST", "GET"]) expect((await visitor.fetch(target, { method })).status).toBe(404);
  }
  expect(await (await visitor.fetch("/api/items/moon-moth/reset", { method: "POST" })).json()).toMatchObject({
    detail: expect.stringContaining("in demo mode only") as string,
  });
  expect(await (await visitor.fetch("/api/items")).json()).toEqual([]);
});

test("a page says that the database is away, with 503 and when to come again, and the log has its reference", async () => {
  const proxy = await startProxy(process.env.DATABASE_URL ?? "");
  const shop = await start({ ...SHARED, DATABASE_URL: proxy.url });
  proxy.off();
  // What was seen a moment ago is still shown.
  let away = await fetch(`${shop.url}/items/moon-moth`);
  await until(async () => (away = await fetch(`${shop.url}/items/moon-moth`)).status === 503);
  expect(away.headers.get("Retry-After")).toBe("5");
  const html = await away.text();
  expect(html).toContain("We’ll be back in a moment");
  expect((await fetch(`${shop.url}/api/items`)).status).toBe(503);
  expect((await fetch(`${shop.url}/healthz`)).status).toBe(200);
  const busy = await new Visitor(shop.url).buyByJson("moon-moth", randomUUID());
  expect([busy.status, busy.headers.has("Retry-After")]).toEqual([503, true]);
  const reference = /<code[^>]*>([0-9a-f]{10})<\/code>/.exec(html)?.[1] ?? "none on the page";
  expect(shop.output().match(new RegExp(`"event":"database_away","reference":"${reference}"`, "g"))).toHaveLength(1);
  proxy.close();
});

test("two instances that start together migrate once, and the migrations add up to schema.prisma", async () => {
  const server = new pg.Client({ connectionString: inject("serverUrl") });
  await server.connect();
  const names = [`migrated_${Date.now()}`, `scripted_${Date.now()}`];
  const urls = names.map((name) => Object.assign(new URL(inject("serverUrl")), { pathname: `/${name}` }).href);
  for (const name of names) await server.query(`CREATE DATABASE ${name}`);
  try {
    const [migrated = "", scripted = ""] = urls;
    const applied = await Promise.all([migrate(migrated), migrate(migrated)]);
    expect(applied.flat()).toHaveLength(new Set(applied.flat()).size);
    const shapes = [];
    for (const [url, script] of [
      [migrated, ""],
      [scripted, await schemaScript(scripted)],
    ] as const) {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      if (script) await client.query(script);
      const columns = await client.query(`
        SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name NOT IN ('_prisma_migrations', 'ledger') ORDER BY 1, 2`);
      // The schema has no words for an index of an expression.
      const indexes = await client.query(
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> '_prisma_migrations' AND indexdef NOT LIKE '%(lower(%' ORDER BY 1",
      );
      shapes.push([columns.rows, indexes.rows]);
      await client.end();
    }
    expect(shapes[0]).toEqual(shapes[1]);
  } finally {
    for (const name of names) await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await server.end();
  }
});

test("a purchase that is cut off at the end is in the log, and the exit code says so", async () => {
  const shop = await startAgain({ STOP_WITHIN: "300" });
  const holder = new pg.Client({ connectionString: await embeddedUrl() });
  holder.on("error", () => undefined); // PostgreSQL stops under it
  await holder.connect();
  await holder.query("BEGIN");
  await holder.query("SELECT 1 FROM stock WHERE item_id = 'moon-moth' FOR UPDATE");
  const buying = new Visitor(shop.url).buyByJson("moon-moth", randomUUID()).then(
    ({ status }) => status,
    () => "cut off",
  );
  await until(async () => {
    await holder.query("SELECT pg_stat_clear_snapshot()"); // a transaction sees one and the same activity otherwise
    return (
      ((
        await holder.query(
          "SELECT 1 FROM pg_stat_activity WHERE application_name = 'lastone' AND wait_event_type = 'Lock'",
        )
      ).rowCount ?? 0) > 0
    );
  });
  expect(await shop.stop()).toBe(1);
  expect(shop.output()).toMatch(/"event":"shutdown_forced","purchases":1,/);
  expect(await buying).toBe("cut off");
  await holder.end().catch(() => undefined);
});
