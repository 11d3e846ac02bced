import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readItemChange, readNewItem } from "#app/shop/item-form.ts";
import { Refusal } from "#server/refusal.ts";
import { itemsOf } from "./items-file.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "lastone-items-file-"));
});
afterAll(() => rm(folder, { recursive: true }));

const moth = {
  id: "hawk-moth",
  name: "Hawk Moth",
  picture: "/items/moon-moth.svg",
  pictureAlt: "A moth.",
  price: { amount: 900, currency: "EUR" },
  quantity: 2,
};

/** What is said of a file with this content, without the file's name; or its items. */
async function readFileOf(content: unknown, read: typeof readNewItem | typeof readItemChange = readNewItem) {
  const file = path.join(folder, "items.json");
  await writeFile(file, typeof content === "string" || Buffer.isBuffer(content) ? content : JSON.stringify(content));
  return itemsOf(file, read as typeof readNewItem).catch((error: unknown) => {
    if (!(error instanceof Refusal)) throw error;
    return error.message.replaceAll(file, "items.json").split("\n");
  });
}

/** One line, of which only the beginning may be left out here. */
const saying = (says: string) =>
  expect.toSatisfy(
    (line: string) => line.includes(says) && line.endsWith(" Nothing was changed."),
    `${says} … Nothing was changed.`,
  ) as unknown;

test("a file holds a list of items, or one; a byte order mark and UTF-16 are no trouble", async () => {
  const text = JSON.stringify([{ ...moth, name: "Café Moth" }], null, 2).replaceAll("\n", "\r\n");
  for (const content of [text, `\ufeff${text}`, Buffer.from(`\ufeff${text}`, "utf16le")])
    expect(await readFileOf(content)).toMatchObject([{ id: "hawk-moth", name: "Café Moth", startingQuantity: 2 }]);
  expect(await readFileOf(moth)).toMatchObject([{ id: "hawk-moth" }]);
});

test("every mistake of a file is told, in the order of its lines", async () => {
  const file = `[
  { "id": "hawk-moth", "name": " ", "picture": "/items/no-moth.svg",
    "pictureAlt": "A moth.", "price": { "amount": 9.5,
      "currency": "EUP" }, "quantity": 2, "quantity": 3 },
  { "id": "hawk-moth",
    "name": "Hawk\\u0000 Moth", "colour": "red",
    "picture": "/items/moon-moth.svg", "pictureAlt": "A moth.", "quantity": 2 },
  "moth"
]`;
  expect(await readFileOf(file)).toEqual([
    "items.json, line 2, item 1, name: is empty.",
    "items.json, line 2, item 1, picture: is not a file in public/.",
    "items.json, line 3, item 1, price.amount: must be a whole number from 0 to 2,147,483,647.",
    "items.json, line 4, item 1, quantity: appears twice.",
    "items.json, line 4, item 1, price.currency: is not a currency code such as EUR.",
    "items.json, line 5, item 2, price: is missing.",
    "items.json, line 5, item 2, id: is also the id of item 1.",
    "items.json, line 6, item 2, name: contains U+0000, an invisible character.",
    "items.json, line 6, item 2, colour: is not a known field.",
    'items.json, line 8, item 3: must be an item in braces, such as { "id": "hawk-moth" }. Nothing was changed.',
  ]);
});

test("a file full of mistakes is told as its first twenty and a number", async () => {
  const said = await readFileOf(Array.from({ length: 10 }, () => ({})));
  expect(said).toHaveLength(21);
  expect(said[20]).toBe("There are 40 more mistakes. Nothing was changed.");
});

test("one mistake is one line, and so is what is wrong with the file", async () => {
  for (const [content, says] of [
    ["not JSON", 'items.json, line 1: is not JSON: expected a value, but found "not".'],
    ["[\n1,\n]", "items.json, line 3: is not JSON: there is one comma too many before ]."],
    ["", "items.json, line 1: is not JSON: expected a value, but found the end of the text."],
    [[], "items.json: contains no items."],
    [Buffer.from('[{\n"name": "Café"}]', "latin1"), "items.json, line 2: is not UTF-8. Save the file as UTF-8."],
    [7, 'items.json, line 1, item 1: must be an item in braces, such as { "id": "hawk-moth" }.'],
    [
      [moth, { ...moth, price: { amount: 1.5, currency: "EUR" }, id: "owl-moth" }],
      "item 2, price.amount: must be a whole number",
    ],
    [[moth, moth], "item 2, id: is also the id of item 1."],
    [{ ...moth, id: "Big Moth" }, "item 1, id: must be lower-case letters, digits and single hyphens"],
    [{ ...moth, picture: "/items/no-moth.svg" }, "item 1, picture: is not a file in public/."],
    [{ ...moth, picture: "/items" }, "item 1, picture: is not a file in public/."],
    [{ ...moth, picture: "/../package.json" }, "item 1, picture: is not a file in public/."],
    [{ ...moth, "\u001b[2J": 1 }, 'item 1, "\\u001b[2J": is not a known field.'],
    [" ".repeat(4 * 1024 * 1024 + 1), "items.json: is larger than 4 MB. Split it into several files."],
  ] as const)
    expect(await readFileOf(content)).toEqual([saying(says)]);
  await expect(itemsOf(path.join(folder, "none.json"), readNewItem)).rejects.toThrow("There is no file");
  await expect(itemsOf(folder, readNewItem)).rejects.toThrow("There is no file");
});

test("changes are read likewise", async () => {
  const good = { id: "tin-comet", name: "Gold Comet" };
  expect(await readFileOf(good, readItemChange)).toEqual([good]);
  for (const [content, says] of [
    [[good, { id: "moon-moth", quantity: 7.5 }], "item 2, quantity: must be a whole number from 0 to 1,000,000."],
    [[good, { id: "moon-moth" }], "item 2: contains nothing to change."],
    [[good, { id: "moon-moth", name: null }], "item 2, name: must be text in quotes."],
    [[good, { id: "moon-moth", picture: "/items/none.svg" }], "item 2, picture: is not a file in public/."],
    [{ name: "Gold Comet" }, "item 1, id: is missing."],
  ] as const)
    expect(await readFileOf(content, readItemChange)).toEqual([expect.stringContaining(says)]);
});
