/** What an operator does from the command line, beside a shop that is open. */
import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CHANNEL } from "#app/live/announce.server.ts";
import { audit } from "#app/shop/audit.server.ts";
import { startShop, until, Visitor } from "#harness/shop.ts";
import { items } from "../setup/items.ts";
import { buy, connected, headlines, moth, putUp, refused, shop, stateOf } from "../setup/operator.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "lastone-operator-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileOf(content: unknown): Promise<string> {
  const name = path.join(folder, "items.json");
  await writeFile(name, typeof content === "string" || Buffer.isBuffer(content) ? content : JSON.stringify(content));
  return name;
}

test("items are put up, last in the window, and can be bought; restocked and corrected, open pages are told at once", async () => {
  const window = await fetch(`${shop.url}/live`);
  const reader = window.body?.pipeThrough(new TextDecoderStream()).getReader();
  let heard = "";
  void (async () => {
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) heard += part.value;
  })().catch(() => undefined);

  const added = await items([
    "add",
    await fileOf([
      moth,
      { ...moth, id: "owl-moth", maxPerOrder: 3, limitPerBuyer: 3, opensAt: "2999-01-01T00:00:00+01:00" },
    ]),
  ]);
  expect(headlines(added)).toEqual({
    code: 0,
    said: ["hawk-moth: 2 left in run 1, available", "owl-moth: 2 left in run 1, not open"],
    complained: [],
  });
  await until(() => heard.includes('"id":"owl-moth"'));
  expect((await (await fetch(shop.url)).text()).indexOf("/items/hawk-moth")).toBeGreaterThan(0);
  const buyer = new Visitor(shop.url);
  expect((await buyer.pressBuy("hawk-moth", { key: await buyer.openItem("hawk-moth") })).status).toBe(303);

  expect(headlines(await items(["restock", "hawk-moth", "5"]))).toEqual({
    code: 0,
    said: ["hawk-moth: 6 left in run 1, available"],
    complained: [],
  });
  await until(() => heard.includes('"id":"hawk-moth","quantity":6'));
  expect(headlines(await items(["correct", "hawk-moth", "0", "--seen", "3"]))).toEqual({
    code: 0,
    said: ["hawk-moth: 0 left in run 1, sold out"],
    complained: [],
  });
  await until(() => heard.includes('"id":"hawk-moth","quantity":0'));
  expect(headlines(await items(["list"])).said.slice(-2)).toEqual([
    "hawk-moth: 0 left in run 1, sold out",
    "owl-moth: 2 left in run 1, not open",
  ]);
  expect((await audit()).findings).toEqual([]);
  await reader?.cancel();
});

test("the other instances have been told before the command ends", async () => {
  const instance = await connected();
  try {
    let told = "";
    instance.on("notification", ({ payload = "" }) => (told += payload));
    await instance.query(`LISTEN ${CHANNEL}`);
    expect((await items(["restock", "night-ferry", "1"])).code).toBe(0);
    // What was sent before comes with the answer.
    await instance.query("SELECT 1");
    expect(JSON.parse(told)).toMatchObject([{ id: "night-ferry", quantity: 61 }]);
  } finally {
    await instance.end();
  }
});

test("items may come by standard input, a single one without a list", async () => {
  expect(headlines(await items(["add", "-"], {}, JSON.stringify({ ...moth, id: "gold-moth", position: 0 })))).toEqual({
    code: 0,
    said: ["gold-moth: 2 left in run 1, available"],
    complained: [],
  });
  expect(headlines(await items(["list"])).said.slice(0, 2)).toEqual([
    expect.stringContaining("gold-moth:") as string,
    expect.stringContaining("moon-moth:") as string,
  ]);
});

test("what is told of an item is changed without a version, and every instance shows it, its price, limits and opening included", async () => {
  const other = await startShop();
  try {
    const readBoth = () =>
      Promise.all([shop, other].map(async ({ url }) => (await fetch(`${url}/items/paper-garden`)).text()));
    await readBoth();
    const [before] = await stateOf("paper-garden");
    const change = {
      id: "paper-garden",
      name: "Glass Garden",
      tagline: "",
      story: "It was paper once.",
      price: { amount: 12_345, currency: "EUR" },
      limitPerBuyer: null,
      opensAt: null,
      position: 99,
    };
    expect(
      await items(["change", await fileOf([change, { id: "tin-comet", picture: "/items/moon-moth.svg" }])]),
    ).toMatchObject({ code: 0, complained: [] });
    await until(async () =>
      (await readBoth()).every(
        (html) =>
          ["€123.45", "It was paper once.", "Glass Garden"].every((text) => html.includes(text)) &&
          !html.includes("not_open"),
      ),
    );
    const [after] = await stateOf("paper-garden");
    expect(after).toEqual({
      ...before,
      edition: Number(before?.edition) + 1,
      name: "Glass Garden",
      tagline: "",
      story: "It was paper once.",
      price_amount: 12_345,
      limit_per_buyer: null,
      opens_at: null,
      position: 99,
    });
    expect((await stateOf("tin-comet"))[0]).toMatchObject({
      picture: "/items/moon-moth.svg",
      name: "Tin Comet",
      max_per_order: 1,
    });
    expect((await new Visitor(other.url).buyByJson("paper-garden", randomUUID())).status).toBe(201);
    expect((await audit()).findings).toEqual([]);
  } finally {
    await other.stop();
  }
});

test("a file of changes is done whole or not at all", async () => {
  const before = await stateOf("tin-comet");
  const good = { id: "tin-comet", name: "Gold Comet" };
  for (const [content, says] of [
    [[good, { id: "no-moth", name: "No Moth" }], "There is no item no-moth. Nothing was changed."],
    [[good, { id: "moon-moth", quantity: 7 }], "moon-moth: quantity is changed by restock or correct"],
  ] as const) {
    expect(await items(["change", await fileOf(content)])).toEqual(refused(says));
  }
  expect(await stateOf("tin-comet")).toEqual(before);
});

test("what cannot be done is said in one line, and changes nothing", { timeout: 180_000 }, async () => {
  const before = (await (await fetch(`${shop.url}/api/items`)).json()) as unknown;
  for (const [args, says] of [
    [["restock", "nothing", "1"], "There is no item"],
    [["restock", "tin-comet", "0"], "not a whole number from 1"],
    [["restock", "tin-comet", "-3"], "not a whole number from 1"],
    [["correct", "tin-comet", "1e3"], "not a whole number from 0"],
    [["add", path.join(folder, "none.json")], "There is no file"],
    [["restock", "tin-comet"], "Usage: npm run items"],
    [["sell"], "Usage: npm run items"],
    [[], "Usage: npm run items"],
  ] as [string[], string][]) {
    expect(await items(args)).toEqual(refused(says));
  }
  for (const [content, says] of [
    ["not JSON", "items.json, line 1: is not JSON"],
    [[], "items.json: contains no items"],
    [
      [
        { ...moth, id: "third-moth" },
        { ...moth, id: "moon-moth" },
      ],
      "An item moon-moth already exists",
    ],
    [
      [
        { ...moth, id: "third-moth" },
        { ...moth, name: " " },
      ],
      "item 2, name: is empty",
    ],
    [Buffer.from(JSON.stringify({ ...moth, name: "Café Moth" }), "latin1"), "items.json, line 1: is not UTF-8"],
    [{ ...moth, opensAt: "0000-01-01T00:00:00Z" }, "item 1, opensAt: must be in the years 2000 to 2999"],
    [
      { ...moth, opensAt: "2027-01-31T18:00:00Z", closesAt: "2027-01-31T18:00:00Z" },
      "item 1, closesAt: must be after the opening",
    ],
  ] as const) {
    expect(await items(["add", await fileOf(content)])).toEqual(refused(says));
  }
  expect(await items(["add", "-"], {}, "not JSON")).toEqual(
    refused("standard input, line 1: is not JSON: expected a value"),
  );
  expect(await items(["add", "-"], {}, "[]")).toEqual(
    refused("standard input: contains no items. Nothing was changed."),
  );
  // All that is wrong at once, each with its line.
  expect(await items(["add", "-"], {}, `[\n${JSON.stringify({ ...moth, price: 9, colour: "red" })}]`)).toEqual({
    code: 1,
    said: [],
    complained: [
      'standard input, line 2, item 1, price: must be a price such as { "amount": 900, "currency": "EUR" }.',
      "standard input, line 2, item 1, colour: is not a known field. Nothing was changed.",
    ],
  });
  expect(await (await fetch(`${shop.url}/api/items`)).json()).toEqual(before);
});

test("a closing is put up, printed and moved, and is after the opening that the item has", async () => {
  const closing = { ...moth, id: "closing-moth", opensAt: "2026-01-31T18:00:00Z", closesAt: "2999-01-31T18:00:00Z" };
  for (const twice of [1, 2]) {
    const added = await items(["add", "-"], {}, JSON.stringify(closing));
    expect([twice, added]).toMatchObject([twice, { code: 0, complained: [] }]);
    expect(added.said.join()).toContain("closes 2999-01-31 18:00 UTC");
  }
  const change = (terms: object) => items(["change", "-"], {}, JSON.stringify({ id: "closing-moth", ...terms }));
  for (const terms of [{ closesAt: "2026-01-31T18:00:00Z" }, { opensAt: "2999-01-31T18:00:00Z" }])
    expect(await change(terms)).toEqual(refused("closing-moth: closesAt must be after the opening"));
  expect((await change({ closesAt: "2026-02-01T18:00:00Z" })).said).toEqual(
    expect.arrayContaining([
      expect.stringContaining("closing-moth: 2 left in run 1, closed"),
      "  changed closesAt: 2999-01-31 18:00 UTC → 2026-02-01 18:00 UTC",
    ]),
  );
  expect((await items(["show", "closing-moth"])).said).toContain("  closing       closed 2026-02-01 18:00 UTC");
  expect((await change({ closesAt: null })).said).toContain("  changed closesAt: 2026-02-01 18:00 UTC → none");
});

test("help needs no database, and an item is shown with all that is known of it", async () => {
  for (const args of [["help"], ["--help"], ["restock", "--help"]])
    expect(await items(args, { DATABASE_URL: undefined, DATA_DIR: path.join(folder, "none") })).toEqual({
      code: 0,
      said: expect.arrayContaining([expect.stringContaining("npm run items -- restock hawk-moth 5")]) as string[],
      complained: [],
    });
  expect(await items(["show", "clay-whistle"], { BASE_URL: "https://shop.example/" })).toEqual({
    code: 0,
    said: [
      "clay-whistle: 24 left in run 1, available",
      "  name          Clay Whistle",
      "  tagline       Stoneware bird, two notes",
      expect.stringContaining("  story         Every bird is pinched"),
      "  picture       /items/clay-whistle.svg",
      expect.stringContaining("  picture alt   A plump terracotta"),
      "  price         €38.00",
      "  payment       none: sold by the press",
      "  sent          no",
      "  held          0",
      "  limits        3 per order, 6 per buyer",
      "  opening       open",
      "  closing       never",
      "  status        published",
      "  paused        no",
      "  started with  24",
      "  version       1",
      "  page          https://shop.example/items/clay-whistle",
    ],
    complained: [],
  });
  expect(await items(["show", "clay-wistle"])).toEqual(
    refused("There is no item clay-wistle. Did you mean clay-whistle?"),
  );
});

test("the orders of an item are listed as their receipts name them", async () => {
  await putUp("listed-moth", 3);
  const listed = () => items(["orders", "listed-moth"], { BASE_URL: "https://shop.example" });
  expect(await listed()).toEqual({ code: 0, said: ["No orders of listed-moth yet."], complained: [] });
  const said: unknown[] = [];
  for (const number of [1, 2]) {
    const { order } = (await (await buy("listed-moth")).json()) as { order: { id: string } };
    said.push(
      expect.stringMatching(
        new RegExp(`^run 1, No\\. ${number}: 1 at €9\\.00, \\d{4}-.* UTC, https://shop\\.example/orders/${order.id}$`),
      ),
    );
  }
  expect(await listed()).toEqual({ code: 0, said, complained: [] });
  expect(await items(["orders", "listed-mot"])).toEqual(refused("Did you mean listed-moth?"));
});

test(
  "a paused item is not sold from the next decision on, keeps its count and run, and says so everywhere, until it is resumed",
  { timeout: 120_000 },
  async () => {
    await putUp("pause-moth", 3);
    await until(async () => (await buy("pause-moth")).status === 201);
    expect(headlines(await items(["pause", "pause-moth"]))).toEqual({
      code: 0,
      said: ["pause-moth: 2 left in run 1, paused"],
      complained: [],
    });
    const refusal = await buy("pause-moth");
    expect([refusal.status, await refusal.json()]).toMatchObject([
      409,
      { type: expect.stringContaining("paused") as string },
    ]);
    await until(
      async () =>
        ((await (await fetch(`${shop.url}/api/items/pause-moth`)).json()) as { state: string }).state === "paused",
    );
    expect(await (await fetch(`${shop.url}/items/pause-moth`)).text()).toContain('data-state="paused"');
    expect(await stateOf("pause-moth")).toMatchObject([{ available: 2, run: 1, version: 2 }]);
    // Twice is once.
    expect((await items(["pause", "pause-moth"])).code).toBe(0);
    expect(headlines(await items(["resume", "pause-moth"])).said).toEqual(["pause-moth: 2 left in run 1, available"]);
    expect((await buy("pause-moth")).status).toBe(201);
    expect(await items(["pause", "no-moth"])).toEqual(refused("There is no item no-moth."));
  },
);

test("an item that somebody holds, and a database that is away, are said in one line", async () => {
  const holder = await connected();
  try {
    await holder.query("BEGIN");
    await holder.query("SELECT 1 FROM stock WHERE item_id = 'tin-comet' FOR UPDATE");
    expect(headlines(await items(["restock", "tin-comet", "1"]))).toEqual(refused("is busy, and nothing was changed"));
  } finally {
    await holder.end();
  }
  expect(await items(["restock", "tin-comet", "1"], { DATABASE_URL: "postgresql://x:y@127.0.0.1:1/none" })).toEqual(
    refused("cannot be reached"),
  );
});

test(
  "a folder without a database is refused, and none is made; in one with a database items are put up while the shop is not running",
  { timeout: 120_000 },
  async () => {
    const bare = {
      DATA_DIR: path.join(folder, "data"),
      DATABASE_URL: undefined,
      COOKIE_SECRET: undefined,
      DEMO: undefined,
    };
    expect(await items(["list"], bare)).toEqual(refused(`There is no database in ${bare.DATA_DIR}`));
    expect(await readdir(folder)).not.toContain("data");
    await (await startShop({ ...bare, DEMO: "0" })).stop();
    expect(await items(["list"], bare)).toEqual({
      code: 0,
      said: [expect.stringContaining("No items yet.")],
      complained: [],
    });
    expect(headlines(await items(["add", await fileOf(moth)], bare))).toEqual({
      code: 0,
      said: ["hawk-moth: 2 left in run 1, available"],
      complained: [],
    });
    // In demo mode, too, a shop that has items gets no others.
    const own = await startShop(bare);
    try {
      expect(await (await fetch(`${own.url}/api/items`)).json()).toMatchObject([{ id: "hawk-moth", quantity: 2 }]);
      // Beside a shop with an embedded database.
      expect(headlines(await items(["restock", "hawk-moth", "1"], bare)).said).toEqual([
        "hawk-moth: 3 left in run 1, available",
      ]);
    } finally {
      await own.stop();
    }
  },
);
