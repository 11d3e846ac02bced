/** Between the shop and PostgreSQL may stand a pooler in session mode, and no other. */
import { afterEach, expect, test } from "vitest";
import { nameOf } from "#app/db.server.ts";
import { freePort } from "#server/port.ts";
import { refuseTransactionPooling } from "#server/pooler.ts";
import { launchShop, until } from "#harness/shop.ts";
import { startProxy } from "#harness/switchable-proxy.ts";
import { startTransactionPooler } from "#harness/transaction-pooler.ts";
import { items } from "../setup/items.ts";

const url = process.env.DATABASE_URL ?? "";
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function pooler(size: number): Promise<string> {
  const opened = await startTransactionPooler(url, size);
  closing.push(opened.close);
  return opened.url;
}

const SAID = "DATABASE_URL leads through a pooler in transaction mode";

test.each([1, 2, 5])("a pooler that gives each transaction one of %i connections is found out", async (size) => {
  await expect(refuseTransactionPooling(await pooler(size))).rejects.toThrow(SAID);
});

test("a pooler that gives each session one connection is none to refuse, nor is PostgreSQL itself, nor one that is away", async () => {
  const proxy = await startProxy(url);
  closing.push(proxy.close);
  await refuseTransactionPooling(proxy.url);
  await refuseTransactionPooling(url);
  await refuseTransactionPooling("postgresql://x:y@127.0.0.1:1/none");
});

test("a shop does not start behind it, and a command is refused, both in one line", async () => {
  const DATABASE_URL = await pooler(2);
  const shop = launchShop({ DATABASE_URL, PORT: String(await freePort()) });
  closing.push(shop.stop);
  await until(() => shop.process.exitCode !== null);
  expect([shop.process.exitCode, shop.output().trim().split("\n")]).toEqual([1, [expect.stringContaining(SAID)]]);
  expect(await items(["list"], { DATABASE_URL })).toMatchObject({
    code: 1,
    said: [],
    complained: [expect.stringContaining(SAID)],
  });
});

test("a statement's name comes from its text alone, and of all texts only so many have one", () => {
  const sha256 = "4ATr1bVTKkuFmEpi-K1IqBqjRgwcoHcB84YTXXLN7PU";
  expect(nameOf("SELECT 1")).toBe(`lastone_${sha256}`);
  const names = Array.from({ length: 1_000 }, (_, index) => nameOf(`SELECT ${index} FROM items`));
  expect(nameOf("SELECT 1")).toBe(`lastone_${sha256}`);
  expect(new Set(names).size).toBeLessThanOrEqual(200);
  expect(names.at(-1)).toBe("");
});
