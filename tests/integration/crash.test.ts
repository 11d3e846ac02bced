/** What kill -9 leaves of a shop and of its embedded PostgreSQL is in nobody's way, and what was confirmed is there. */
import { randomUUID } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import path from "node:path";
import pg from "pg";
import { expect, inject, test } from "vitest";
import { until, Visitor } from "#harness/shop.ts";
import {
  embeddedUrl,
  folder,
  isAlive,
  leftBehind,
  postgresPid,
  refusal,
  start,
  startAgain,
  useFolder,
} from "../setup/bare-shop.ts";

test("an order that was confirmed survives kill -9 of the shop and of PostgreSQL", async () => {
  const shop = await startAgain();
  const buyer = new Visitor(shop.url);
  const bought = (await (await buyer.buyByJson("tin-comet", randomUUID())).json()) as { order: { id: string } };
  process.kill(await postgresPid(), "SIGKILL");
  await shop.stop("SIGKILL");
  // The stale pid file and the port of the dead server are in the way of this one.
  const back = await start({ PORT: String(shop.port) });
  const again = new Visitor(back.url);
  again.cookie = buyer.cookie;
  expect((await again.fetch(`/api/orders/${bought.order.id}`)).status).toBe(200);
});

test("PostgreSQL killed with -9 under a running shop is started again: what was confirmed is there, and the shop sells on", async () => {
  const shop = await startAgain();
  const buyer = new Visitor(shop.url);
  const bought = (await (await buyer.buyByJson("tin-comet", randomUUID())).json()) as { order: { id: string } };
  const url = await embeddedUrl();
  const [key, before] = [randomUUID(), await postgresPid()];
  process.kill(before, "SIGKILL");
  await until(async () => (await buyer.buyByJson("tin-comet", key)).status === 201);
  await until(async () => (await fetch(`${shop.url}/readyz`)).status === 200);
  // A connection that was cut is found out by whoever uses it next.
  await until(async () => (await buyer.fetch(`/api/orders/${bought.order.id}`)).status === 200);
  expect(await embeddedUrl()).toBe(url);
  // Whoever sells may be quicker than who has started it.
  await until(() => /"event":"database_server_lost".*\n(.*\n)*.*"event":"database_server_back"/.test(shop.output()));
  // It is this shop's own again: no second one may use it, and it ends with the shop.
  expect((await refusal({})).said).toEqual([expect.stringContaining("Another Lastone is using") as string]);
  expect(await shop.stop()).toBe(0);
  expect(leftBehind()).toEqual([]);
});

test("a session that PostgreSQL recovers from by throwing everybody out leaves the data this shop's own", async () => {
  const shop = await startAgain();
  const session = new pg.Client({ connectionString: await embeddedUrl() });
  session.on("error", () => undefined);
  await session.connect();
  const { rows } = await session.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  process.kill(rows[0]?.pid ?? 0, "SIGKILL");
  await until(() => shop.output().includes("database_server_back"));
  expect((await refusal({})).said).toEqual([expect.stringContaining("Another Lastone is using") as string]);
  expect(await shop.stop()).toBe(0);
});

test("a PostgreSQL that cannot be started again ends the shop with one line and exit code 1", async () => {
  const shop = await startAgain();
  const pid = await postgresPid();
  await rename(path.join(folder, "postgres"), path.join(folder, "moved-away"));
  process.kill(pid, "SIGKILL");
  await until(() => shop.process.exitCode !== null);
  expect(shop.process.exitCode).toBe(1);
  expect(shop.output()).toContain("The embedded PostgreSQL has died, and cannot be started again: ");
});

test("the pid of a crashed PostgreSQL that another PostgreSQL has by now is in nobody's way", async () => {
  await useFolder();
  // The tests' own server, whose data are elsewhere.
  const other = new pg.Client({ connectionString: inject("serverUrl") });
  await other.connect();
  const { rows } = await other.query<{ file: string }>("SELECT pg_read_file('postmaster.pid') AS file");
  await other.end();
  await writeFile(path.join(folder, "postgres/postmaster.pid"), rows[0]?.file ?? "");
  const shop = await start();
  expect((await fetch(`${shop.url}/readyz`)).status).toBe(200);
  expect(await shop.stop()).toBe(0);
});

test("after kill -9 of the shop alone, the next start takes its running PostgreSQL over", async () => {
  const shop = await startAgain();
  const pid = await postgresPid();
  await shop.stop("SIGKILL");
  const back = await start({ PORT: String(shop.port) });
  expect(await postgresPid()).toBe(pid);
  await back.stop();
  await until(() => !isAlive(pid));
});
