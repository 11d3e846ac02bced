/** Cards as they come out, by their pixels: the maker asks for no font of the machine's, so what is drawn here is drawn everywhere. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import type { CardJob } from "./card-maker.ts";
import type { CardSheet, ItemSheet } from "./sheet.ts";

const COMET = "/items/tin-comet.svg";
const LOGO = "/favicon.svg";
const publicFile = (address: string) => readFileSync(path.join("public", address)).toString("base64");
const FILES = Object.fromEntries([COMET, LOGO].map((address) => [address, publicFile(address)]));

const SHOP = { shop: "Lastone", logo: LOGO, hasLogo: false, accent: "#b93a1c" };
const ITEM: ItemSheet = {
  ...{ kind: "item", ...SHOP, pictures: [COMET], name: "Tin Comet", edition: "Edition of 10", price: "€64.00" },
  ...{ stand: "3 of 10 left", tone: "accent", bar: { left: 0.3, held: 0.1 }, isOver: false },
};

async function pixelsOf(sheet: CardSheet, files: CardJob["files"] = FILES) {
  const input = JSON.stringify({ sheet, files } satisfies CardJob);
  const made = spawnSync(process.execPath, ["app/cards/card-maker.ts"], { input, maxBuffer: 10_000_000 });
  expect(made.stderr.toString()).toBe("");
  const { data, info } = await sharp(made.stdout).raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, info.channels]).toEqual([1_200, 630, 3]);
  return data;
}

interface Part {
  x: [number, number];
  y: [number, number];
}

const NAME: Part = { x: [650, 1_150], y: [200, 430] };
const WORDS: Part = { x: [650, 1_150], y: [50, 600] };
const PICTURE: Part = { x: [0, 600], y: [0, 630] };

/** In how many pixels of the part two cards differ by more than JPEG does. */
function differing(one: Buffer, other: Buffer, { x, y }: Part): number {
  let count = 0;
  for (let row = y[0]; row < y[1]; row += 1)
    for (let column = x[0]; column < x[1]; column += 1) {
      const at = (row * 1_200 + column) * 3;
      if (Math.abs((one[at] ?? 0) - (other[at] ?? 0)) > 60) count += 1;
    }
  return count;
}

test("a name is drawn in letters, with the fonts of the repository alone", async () => {
  const [named, unnamed, other] = await Promise.all(
    ["Tin Comet", "", "Nit Temoc"].map((name) => pixelsOf({ ...ITEM, name })),
  );
  if (!named || !unnamed || !other) throw new Error("cards are missing");
  expect(differing(named, unnamed, NAME)).toBeGreaterThan(3_000);
  // Of boxes, as where there is no font, as many would look alike.
  expect(differing(named, other, NAME)).toBeGreaterThan(1_000);
});

test("names from right to left, of accents, and with what must be escaped are drawn, and what has no glyph is left out", async () => {
  const unnamed = await pixelsOf({ ...ITEM, name: "" });
  for (const name of ["שלום עולם", "القمر الأخير", "Комета", "Kōhī & <b>Tê</b>", '"'.repeat(30)])
    expect(differing(await pixelsOf({ ...ITEM, name }), unnamed, NAME), name).toBeGreaterThan(1_000);
  const plain = await pixelsOf({ ...ITEM, name: "Moth" });
  expect(differing(await pixelsOf({ ...ITEM, name: "🦋 Moth 🎉" }), plain, NAME)).toBe(0);
  for (const name of ["最後の灯台", "🎉"]) expect(differing(await pixelsOf({ ...ITEM, name }), unnamed, NAME)).toBe(0);
});

test("however long words are, none is drawn outside of its place", async () => {
  const long = "Mastverteidigung und Unterdrückung ".repeat(8);
  const card = await pixelsOf({ ...ITEM, name: long, price: long, stand: long, edition: long, shop: "W".repeat(60) });
  const paper = await pixelsOf({ ...ITEM, name: "", price: "", stand: "", edition: "", shop: "" });
  expect(differing(card, paper, { x: [1_150, 1_200], y: [0, 630] })).toBe(0);
  expect(differing(card, paper, { x: [600, 652], y: [0, 630] })).toBe(0);
  expect(differing(card, paper, { x: [600, 1_200], y: [0, 50] })).toBe(0);
  expect(differing(card, paper, { x: [600, 1_200], y: [590, 630] })).toBe(0);
});

test("a picture of any kind that the shop takes is drawn; one that nobody can read is not, and the words stand alone", async () => {
  const red = sharp({ create: { width: 900, height: 500, channels: 3, background: "#d02010" } });
  const made = await Promise.all([
    red.clone().webp().toBuffer(),
    red.clone().avif().toBuffer(),
    red.clone().jpeg().toBuffer(),
    red.clone().png().toBuffer(),
  ]);
  const drawn = await pixelsOf(ITEM);
  for (const file of made) {
    const card = await pixelsOf(ITEM, { ...FILES, [COMET]: file.toString("base64") });
    expect([...card.subarray(0, 3)].map((part) => Math.round(part / 32))).toEqual([7, 1, 1]);
    expect(differing(card, drawn, WORDS)).toBe(0);
  }
  const broken = await pixelsOf(ITEM, { ...FILES, [COMET]: Buffer.from("no picture").toString("base64") });
  const missing = await pixelsOf(ITEM, { [LOGO]: FILES[LOGO] ?? "" });
  expect(differing(broken, missing, { x: [0, 1_200], y: [0, 630] })).toBe(0);
  expect(differing(broken, drawn, PICTURE)).toBeGreaterThan(30_000);
});

test("a logo stands in the place of the shop's name", async () => {
  const logo = await sharp({ create: { width: 400, height: 100, channels: 3, background: "#2040c0" } })
    .webp()
    .toBuffer();
  const files = { ...FILES, "/logo": logo.toString("base64") };
  const card = await pixelsOf({ ...ITEM, logo: "/logo", hasLogo: true }, files);
  const at = (80 * 1_200 + 700) * 3;
  expect([...card.subarray(at, at + 3)].map((part) => Math.round(part / 32))).toEqual([1, 2, 6]);
});
