import { expect, test } from "vitest";
import { isText, LONGEST_TEXT, mistakesIn } from "./shop-settings.ts";

test.each([
  ["https://shop.example/terms", false],
  ["/terms.html", false],
  ["", false],
  ["https://shop.example/the terms", false],
  ["We ship on Mondays.", true],
  ["https://shop.example has our terms.", true],
  ["https://shop.example/terms\nand the rest", true],
  ["/ships/\n\nOn Mondays.", true],
])("%j is a text of a page: %j", (value, expected) => {
  expect([isText(value), mistakesIn({ terms: value })]).toEqual([expected, {}]);
});

test.each([
  "javascript:alert(1)",
  "//elsewhere.example",
  "\\\\elsewhere",
  "mailto:a@b.example",
  "Soon",
  "\u200b \u200b",
])("%j is neither a text nor a link", (value) => {
  expect(mistakesIn({ about: value }).about).toBeDefined();
});

test("a text may be as long as twenty thousand characters, and have lines and tabs; a link is one line of three hundred", () => {
  const long = "𝄞 ".repeat(LONGEST_TEXT / 2);
  expect(mistakesIn({ shipping: long, returns: "- one\n\t- two" })).toEqual({});
  expect(mistakesIn({ shipping: `${long}x`, returns: "a\u202eb c" })).toEqual({
    shipping: "Use at most 20000 characters.",
    returns: expect.stringContaining("characters that nobody sees") as string,
  });
  expect(mistakesIn({ terms: `/${"x".repeat(300)}` }).terms).toBe("Use at most 300 characters.");
});
