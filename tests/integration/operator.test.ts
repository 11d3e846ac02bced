/** What an operator does from the command line, beside a shop that is open. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { audit } from "#app/shop/ledger.server.ts";
import { type Shop, startShop, until, Visitor } from "../setup/shop.ts";

let shop: Shop;
let folder: string;
beforeAll(async () => {
  [shop, folder] = await Promise.all([startShop(), mkdtemp(path.join(tmpdir(), "lastone-operator-"))]);
});
afterAll(async () => {
  await shop.stop();
  await rm(folder, { recursive: true });
});

/** What `npm run items` runs, and how it ends. */
function items(...args: string[]): Promise<{ code: number; said: string[]; complained: string[] }> {
  const lines = (text: string) => text.split("\n").filter((line) => line !== "");
  return new Promise((resolve) =>
    execFile(process.execPath, ["prisma/with-database.ts", "node", "prisma/items.ts", ...args], (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, said: lines(stdout), complained: lines(stderr) });
    }),
  );
}

async function fileOf(content: unknown): Promise<string> {
  const name = path.join(folder, "items.json");
  await writeFile(name, typeof content === "string" ? content : JSON.stringify(content));
  return name;
}

const stockOf = async (id: string) => (await (await fetch(`${shop.url}/api/items/${id}`)).json()) as { quantity: number; run: number };
const moth = { id: "hawk-moth", name: "Hawk Moth", picture: "/items/moon-moth.svg", pictureAlt: "A moth.", price: { amount: 900, currency: "EUR" }, quantity: 2 };

test("items are put up, last in the window, and can be bought; restocked and corrected, open pages are told at once", async () => {
  const window = await fetch(`${shop.url}/live`);
  const reader = window.body?.pipeThrough(new TextDecoderStream()).getReader();
  let heard = "";
  void (async () => {
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) heard += part.value;
  })().catch(() => undefined);

  const added = await items("add", await fileOf([moth, { ...moth, id: "owl-moth", maxPerOrder: 3, limitPerBuyer: 3, opensAt: "2999-01-01T00:00:00+01:00" }]));
  expect(added).toEqual({ code: 0, said: ["hawk-moth: 2 left in run 1, available", "owl-moth: 2 left in run 1, not open"], complained: [] });
  await until(() => heard.includes('"id":"owl-moth"'));
  expect((await (await fetch(shop.url)).text()).indexOf("/items/hawk-moth")).toBeGreaterThan(0);
  const buyer = new Visitor(shop.url);
  expect((await buyer.pressBuy("hawk-moth", { key: await buyer.openItem("hawk-moth") })).status).toBe(303);

  expect(await items("restock", "hawk-moth", "5")).toEqual({ code: 0, said: ["hawk-moth: 6 left in run 1, available"], complained: [] });
  await until(() => heard.includes('"id":"hawk-moth","quantity":6'));
  expect(await items("correct", "hawk-moth", "0")).toEqual({ code: 0, said: ["hawk-moth: 0 left in run 1, sold out"], complained: [] });
  await until(() => heard.includes('"id":"hawk-moth","quantity":0'));
  expect((await items("list")).said.slice(-2)).toEqual(["hawk-moth: 0 left in run 1, sold out", "owl-moth: 2 left in run 1, not open"]);
  expect((await audit()).findings).toEqual([]);
  await reader?.cancel();
});

test("what cannot be done is said in one line, and changes nothing", async () => {
  const before = await (await fetch(`${shop.url}/api/items`)).json() as unknown[];
  const refused: [string[], string][] = [
    [["add", await fileOf([{ ...moth, id: "third-moth" }, { ...moth, id: "moon-moth" }])], "There is an item moon-moth already"],
    [["restock", "nothing", "1"], "There is no item"],
    [["restock", "tin-comet", "0"], "not a whole number from 1"],
    [["restock", "tin-comet", "-3"], "not a whole number from 1"],
    [["correct", "tin-comet", "1e3"], "not a whole number from 0"],
    [["add", path.join(folder, "none.json")], "There is no file"],
  ];
  for (const [args, says] of refused) {
    const { code, said, complained } = await items(...args);
    expect([code, said, complained]).toEqual([1, [], [expect.stringContaining(says) as string]]);
  }
  for (const [content, says] of [
    ["not JSON", "is not JSON of an item"],
    [[], "is not JSON of an item"],
    [{ ...moth, id: "Big Moth" }, "item 1: id:"],
    [[moth, { ...moth, price: { amount: 1.5, currency: "EUR" } }], "item 2: price.amount:"],
    [{ ...moth, quantity: -1 }, "item 1: quantity:"],
    [{ ...moth, picture: "https://elsewhere/moth.png" }, "item 1: picture:"],
    [{ ...moth, opensAt: "tomorrow" }, "item 1: opensAt:"],
    [{ ...moth, colour: "red" }, "item 1: it: Unrecognized key(s) in object: 'colour'"],
  ] as const) {
    expect(await items("add", await fileOf(content))).toEqual({ code: 1, said: [], complained: [expect.stringContaining(says) as string] });
  }
  expect((await items("sell")).complained[0]).toBe("npm run items -- list");
  expect(await (await fetch(`${shop.url}/api/items`)).json()).toEqual(before);
  expect((await stockOf("tin-comet")).quantity).toBe(10);
});
