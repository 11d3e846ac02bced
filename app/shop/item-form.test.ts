import { expect, test } from "vitest";
import { LONGEST, readItemChange, readNewItem } from "./item-form.ts";

const moth = {
  id: "hawk-moth",
  name: "Hawk Moth",
  picture: "/items/moth.svg",
  pictureAlt: "A moth.",
  price: { amount: 900, currency: "EUR" },
  quantity: 2,
};

const mistakesIn = (content: unknown) =>
  (readNewItem(content).mistakes ?? []).map(({ field, says }) => `${field.join(".")}: ${says}`);

test("what is left out has its default", () => {
  expect(readNewItem(moth).item).toEqual({
    id: "hawk-moth",
    name: "Hawk Moth",
    tagline: "",
    story: "",
    picture: "/items/moth.svg",
    pictureAlt: "A moth.",
    price: { amount: 900, currency: "EUR" },
    startingQuantity: 2,
    maxPerOrder: 1,
    limitPerBuyer: null,
    opensAt: null,
    payment: "none",
    holdSeconds: 600,
    ships: false,
    position: null,
  });
});

test("every mistake is told, in the shop's words", () => {
  expect(mistakesIn({})).toEqual([
    "name: is missing",
    "picture: is missing",
    "pictureAlt: is missing",
    "price: is missing",
    "id: is missing",
    "quantity: is missing",
  ]);
  expect(
    mistakesIn({
      ...moth,
      name: 7,
      tagline: null,
      price: { amount: "9.00", currency: "eur", cents: true },
      maxPerOrder: "1",
      limitPerBuyer: 0,
      opensAt: "tomorrow",
      quantity: -1,
      colour: "red",
      __proto: 1,
    }).sort(),
  ).toEqual([
    "__proto: is not a known field",
    "colour: is not a known field",
    "limitPerBuyer: must be a whole number from 1 to 1,000,000",
    "maxPerOrder: must be a whole number without quotes",
    "name: must be text in quotes",
    "opensAt: must be a time with its zone, such as 2027-01-31T18:00:00Z",
    "price.amount: must be a whole number without quotes",
    "price.cents: is not a known field",
    "price.currency: is not a currency code such as EUR",
    "quantity: must be a whole number from 0 to 1,000,000",
    "tagline: must be text in quotes",
  ]);
  for (const content of [7, null, "moth", [moth]])
    expect(mistakesIn(content)).toEqual([': must be an item in braces, such as { "id": "hawk-moth" }']);
  expect(mistakesIn({ ...moth, price: 900 })).toEqual([
    'price: must be a price such as { "amount": 900, "currency": "EUR" }',
  ]);
});

test("one order holds at most a thousand, and a price what the database can keep", () => {
  expect(mistakesIn({ ...moth, maxPerOrder: 1_000 })).toEqual([]);
  expect(mistakesIn({ ...moth, maxPerOrder: 1_001 })).toEqual(["maxPerOrder: must be a whole number from 1 to 1,000"]);
  expect(mistakesIn({ ...moth, price: { amount: 2_147_483_648, currency: "EUR" } })).toEqual([
    "price.amount: must be a whole number from 0 to 2,147,483,647",
  ]);
});

test("a text has a longest length, in characters", () => {
  for (const [field, longest] of Object.entries(LONGEST).filter(([field]) => field !== "picture")) {
    expect(mistakesIn({ ...moth, [field]: "🦋".repeat(longest) })).toEqual([]);
    expect(mistakesIn({ ...moth, [field]: "a".repeat(longest + 1) })).toEqual([
      `${field}: is ${(longest + 1).toLocaleString("en")} characters long; at most ${longest.toLocaleString("en")} are allowed`,
    ]);
  }
  expect(mistakesIn({ ...moth, picture: `/${"a".repeat(LONGEST.picture)}` })).toHaveLength(1);
});

test("a name shows what it holds: nothing unseen, nothing that turns the line, and something to see", () => {
  for (const [text, code] of [
    ["a\u0000b", "U+0000"],
    ["a\u001b[31mb", "U+001B"],
    ["a\nb", "U+000A"],
    ["a\u0085b", "U+0085"],
    ["gpj.\u202egreen", "U+202E"],
    ["a\u2066b", "U+2066"],
    ["a\u2028b", "U+2028"],
  ])
    for (const field of ["name", "tagline", "pictureAlt"])
      expect(mistakesIn({ ...moth, [field]: text })).toEqual([`${field}: contains ${code}, an invisible character`]);
  for (const text of ["", " ", "\u200b\u200d", "\ufeff", "\u2060 \u00ad", "\u3164", "\u2800"])
    for (const field of ["name", "pictureAlt"])
      expect(mistakesIn({ ...moth, [field]: text })).toEqual([`${field}: is empty`]);
  // Joiners belong to emoji and to scripts that need them; marks of direction to names in two scripts.
  for (const text of ["👩‍🎨 Print", "نمی‌دانم", "Moth \u200fفراشة", "Café"])
    expect(mistakesIn({ ...moth, name: text })).toEqual([]);
});

test("a story has lines, and no other control characters", () => {
  expect(mistakesIn({ ...moth, story: "One.\r\n\tTwo.\n" })).toEqual([]);
  for (const [story, code] of [
    ["a\u0000", "U+0000"],
    ["a\u001b[2J", "U+001B"],
    ["a\u202e", "U+202E"],
  ])
    expect(mistakesIn({ ...moth, story })).toEqual([`story: contains ${code}, an invisible character`]);
});

test("half a character is refused, not stored as another one", () => {
  for (const field of ["name", "tagline", "story", "pictureAlt"])
    expect(mistakesIn({ ...moth, [field]: "a\ud800b" })).toEqual([
      `${field}: contains half a character (a lone surrogate, such as \\ud800)`,
    ]);
});

test("an opening is a day that there is, with its zone, in a year that is meant", () => {
  expect(readNewItem({ ...moth, opensAt: "2028-02-29T18:00:00.5+01:00" }).item?.opensAt).toEqual(
    new Date("2028-02-29T17:00:00.500Z"),
  );
  for (const opensAt of [
    "2027-02-29T18:00:00Z",
    "2027-01-31T18:00:00",
    "2027-01-31",
    "2027-01-31T18:00:00+99:99",
    1,
    "now",
  ])
    expect(mistakesIn({ ...moth, opensAt })).toEqual([
      "opensAt: must be a time with its zone, such as 2027-01-31T18:00:00Z",
    ]);
  for (const opensAt of [
    "0000-01-01T00:00:00Z",
    "0202-01-31T18:00:00Z",
    "1999-12-31T23:59:59Z",
    "3000-01-01T00:00:00Z",
  ])
    expect(mistakesIn({ ...moth, opensAt })).toEqual(["opensAt: must be in the years 2000 to 2999"]);
});

test("pictures come from the shop alone", () => {
  for (const picture of [
    "//elsewhere/moth.png",
    "https://elsewhere/moth.png",
    "data:,x",
    "/a?b",
    "/a#b",
    "/%2e%2e/a",
    "/\\elsewhere",
    "moth.png",
  ])
    expect(mistakesIn({ ...moth, picture })).toEqual([
      "picture: must be a path under public/, such as /items/moth.svg",
    ]);
});

test("a change names what is to change, with null for what may be none, and never a quantity", () => {
  expect(readItemChange({ id: "hawk-moth", limitPerBuyer: null, opensAt: null }).item).toEqual({
    id: "hawk-moth",
    limitPerBuyer: null,
    opensAt: null,
  });
  const mistakesOf = (content: unknown) =>
    readItemChange(content).mistakes?.map(({ field, says }) => [field.join("."), says]);
  expect(mistakesOf({ id: "hawk-moth" })).toEqual([["", "contains nothing to change"]]);
  expect(mistakesOf({ id: "hawk-moth", quantity: 7 })).toEqual([
    ["quantity", "is changed by restock or correct, not here"],
  ]);
  expect(mistakesOf({ id: "hawk-moth", name: null })).toEqual([["name", "must be text in quotes"]]);
  expect(mistakesOf({ name: "Moth" })).toEqual([["id", "is missing"]]);
});
