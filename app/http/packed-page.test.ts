import { gunzipSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { fillPacked, packPieces } from "./packed-page.ts";

const buffers = (texts: string[]) => texts.map((text) => Buffer.from(text));
const whole = (pieces: string[], values: string[]) =>
  pieces.map((piece, index) => piece + (values[index] ?? "")).join("");

test("a packed page, filled, unpacks to its pieces and values in turn", async () => {
  const pieces = ["<html>".repeat(400), "", `\0\0\0\0${"é".repeat(70_000)}<html>`, "html>\0\0</html>"];
  const packed = await packPieces(buffers(pieces), [9, 0, 65_535]);
  for (const values of [
    ["nonce-abc", "", "x".repeat(65_535)],
    ["<html><ht", "", "\0".repeat(65_535)],
  ])
    expect(gunzipSync(fillPacked(buffers(pieces), packed, buffers(values))).toString()).toBe(whole(pieces, values));
});

test("its pieces refer to each other over the gaps, so that it is hardly larger than packed as one", async () => {
  const words = Array.from({ length: 400 }, (_, index) => `<p class="text-${index * 7919}">`).join("");
  const pieces = Array.from({ length: 8 }, () => words);
  const values = Array.from({ length: 7 }, (_, index) => `${index}`.repeat(24));
  const page = fillPacked(
    buffers(pieces),
    await packPieces(buffers(pieces), Array<number>(7).fill(24)),
    buffers(values),
  );
  expect(gunzipSync(page).toString()).toBe(whole(pieces, values));
  expect(page.length).toBeLessThan(gzipSync(whole(pieces, values)).length * 1.2);
});

test("packed, it takes as much memory as it is long, and none of what others use", async () => {
  const pieces = buffers(Array.from({ length: 12 }, (_, index) => `<p>${index}</p>`.repeat(50)));
  const { blocks } = await packPieces(pieces, Array<number>(11).fill(36));
  const memory = new Set(blocks.map(({ buffer }) => buffer));
  const taken = [...memory].reduce((sum, { byteLength }) => sum + byteLength, 0);
  expect(taken).toBe(blocks.reduce((sum, { length }) => sum + length, 0));
});
