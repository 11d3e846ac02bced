import { expect, test } from "vitest";
import { drawable, fit, type Measure } from "./text.ts";

test.each([
  ["Low Tide №3", "Low Tide №3"],
  ["Moon Moth", "Moon Moth"],
  ["  Moon\n Moth ", "Moon Moth"],
  ["🎉 Party 👩‍👩‍👧 hat ❤️ No. 1️⃣ 🇩🇪", "Party hat No. 1"],
  ["Lastone® 20 °C €5", "Lastone® 20 °C €5"],
  ["Ελλάδα Комета שלום القمر", "Ελλάδα Комета שלום القمر"],
  // In letters that none of the fonts has: boxes say nothing.
  ["最後の灯台", ""],
  ["Lamp 灯", ""],
  ["🎉", ""],
])("of %j %j is drawn", (text, drawn) => {
  expect(drawable(text)).toBe(drawn);
});

/** Each character is half as wide as it is high. */
const measure: Measure = (text, _font, size) => (Array.from(text).length * size) / 2;
const limits = {
  ...{ font: { family: "Any", weight: 600 }, width: 400, height: 300, lines: 3 },
  ...{ largest: 80, smallest: 40, measure },
};

test("what is short is as large as it may be", () => {
  expect(fit("Tin Comets", { ...limits, width: 360 })).toEqual({ lines: ["Tin", "Comets"], size: 80 });
});

test("lines are of about one length", () => {
  expect(fit("aaa bbb ccc d", { ...limits, width: 240, largest: 40 }).lines).toEqual(["aaa bbb", "ccc d"]);
});

test("what is long is smaller, and still whole", () => {
  const { lines, size } = fit("A lighthouse at the end of the known world", limits);
  expect(lines.join(" ")).toBe("A lighthouse at the end of the known world");
  expect(size).toBeLessThan(80);
  for (const line of lines) expect(measure(line, limits.font, size)).toBeLessThanOrEqual(400);
});

test("what is longer than there is room for ends behind a word", () => {
  const { lines, size } = fit("word ".repeat(40).trim(), limits);
  expect([lines.length, size]).toEqual([3, 40]);
  expect(lines.at(-1)).toMatch(/ word…$/);
  expect(measure(lines.at(-1) ?? "", limits.font, size)).toBeLessThanOrEqual(400);
});

test("a line that is cut is as full as it can be", () => {
  const line = { ...limits, lines: 1, largest: 40 };
  expect(fit("An extraordinarily long name of a shop", line).lines).toEqual(["An extraordinarily…"]);
  expect(fit("An extraordinarilylongname", line).lines).toEqual(["An extraordinarilyl…"]);
});

test("a word that is wider than the card is broken, and no character of it", () => {
  const word = "Донаукапитан" + "e\u0301".repeat(20);
  const { lines, size } = fit(word, limits);
  expect(lines.join("")).toBe(word);
  for (const line of lines) {
    expect(measure(line, limits.font, size)).toBeLessThanOrEqual(400);
    expect(line.startsWith("\u0301")).toBe(false);
  }
});

test("no words are no lines", () => {
  expect(fit("", limits).lines).toEqual([]);
});
