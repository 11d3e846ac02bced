import { expect, test } from "vitest";
import type { NewItem } from "./catalogue.server.ts";
import {
  fieldOf,
  fieldsOf,
  idFrom,
  LONGEST,
  readItemChange,
  readItemChangeForm,
  readNewItem,
  readNewItemForm,
} from "./item-form.ts";

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
    status: "published",
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
    closesAt: null,
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

test("a closing is a moment likewise, after the opening", () => {
  const opensAt = "2027-01-31T18:00:00Z";
  expect(readNewItem({ ...moth, opensAt, closesAt: "2027-01-31T19:00:00.001+01:00" }).item?.closesAt).toEqual(
    new Date("2027-01-31T18:00:00.001Z"),
  );
  for (const closesAt of ["2027-01-31T19:00:00+01:00", "2027-01-31T17:59:59Z"]) {
    expect(mistakesIn({ ...moth, opensAt, closesAt })).toEqual(["closesAt: must be after the opening"]);
    expect(readItemChange({ id: "hawk-moth", opensAt, closesAt }).mistakes).toEqual([
      { field: ["closesAt"], says: "must be after the opening" },
    ]);
  }
  expect(mistakesIn({ ...moth, closesAt: "now" })).toEqual([
    "closesAt: must be a time with its zone, such as 2027-01-31T18:00:00Z",
  ]);
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

test("a change names what is to change, with null for what may be none", () => {
  expect(readItemChange({ id: "hawk-moth", limitPerBuyer: null, opensAt: null }).item).toEqual({
    id: "hawk-moth",
    limitPerBuyer: null,
    opensAt: null,
  });
  const mistakesOf = (content: unknown) =>
    readItemChange(content).mistakes?.map(({ field, says }) => [field.join("."), says]);
  expect(mistakesOf({ id: "hawk-moth" })).toEqual([["", "contains nothing to change"]]);
  expect(readItemChange({ id: "hawk-moth", quantity: 7 }).item).toEqual({ id: "hawk-moth", startingQuantity: 7 });
  expect(mistakesOf({ id: "hawk-moth", name: null })).toEqual([["name", "must be text in quotes"]]);
  expect(mistakesOf({ name: "Moth" })).toEqual([["id", "is missing"]]);
});

const form = {
  ...{ name: "Hawk Moth", picturePath: "/items/moth.svg", pictureAlt: "A pink\r\nmoth.", story: "One.\r\nTwo." },
  ...{ "price.amount": "42,00", "price.currency": "eur", quantity: "2", zone: "Europe/Berlin", opensAt: "" },
};

test("a form says what a file says, as people write it", () => {
  expect(readNewItemForm({ ...form, opensAt: "2027-01-31T19:00", ships: "on" }).item).toEqual({
    ...{ id: "hawk-moth", name: "Hawk Moth", tagline: "", story: "One.\nTwo.", pictureAlt: "A pink moth." },
    ...{ picture: "/items/moth.svg", price: { amount: 4_200, currency: "EUR" }, startingQuantity: 2, maxPerOrder: 1 },
    ...{
      limitPerBuyer: null,
      opensAt: new Date("2027-01-31T18:00:00Z"),
      closesAt: null,
      payment: "none",
      holdSeconds: 600,
    },
    ...{ ships: true, position: null, status: "published" },
  });
  expect(readItemChangeForm("hawk-moth", { opensAt: "", limitPerBuyer: "", ships: "" }).item).toEqual({
    ...{ id: "hawk-moth", opensAt: null, limitPerBuyer: null, ships: false },
  });
});

test.each([
  [{ "price.amount": "" }, "price.amount is missing"],
  [{ "price.amount": "4.2.0" }, "price.amount must be an amount such as 42.00"],
  [{ "price.amount": "1.5", "price.currency": "JPY" }, "price.amount must be an amount such as 42"],
  [{ "price.amount": "21474836.48" }, "price.amount must be at most 21474836.47"],
  [{ "price.amount": "2147483648", "price.currency": "JPY" }, "price.amount must be at most 2147483647"],
  [{ "price.currency": "XXX" }, "price.currency is not a currency code such as EUR"],
  [{ quantity: "" }, "quantity is missing"],
  [{ quantity: "two" }, "quantity must be a whole number"],
  [{ quantity: "-1" }, "quantity must be a whole number"],
  [{ zone: "", opensAt: "2027-01-31T19:00" }, "zone is not a time zone such as Europe/Berlin"],
  [{ opensAt: "soon" }, "opensAt must be a date and a time, such as 2027-01-31T18:00"],
  [{ zone: "", closesAt: "2027-01-31T19:00" }, "zone is not a time zone such as Europe/Berlin"],
  [{ closesAt: "soon" }, "closesAt must be a date and a time, such as 2027-01-31T18:00"],
  [{ opensAt: "2027-01-31T19:00", closesAt: "2027-01-31T19:00" }, "closesAt must be after the opening"],
  [
    // An hour later by the clock, and the same moment.
    { opensAt: "2027-10-31T02:30", which: "later", closesAt: "2027-10-31T02:30", whichClosing: "earlier" },
    "closesAt must be after the opening",
  ],
  [{ name: " " }, "name is empty"],
  [{ picturePath: "" }, "picture is missing"],
  [{ picturePath: "moth.svg" }, "picturePath must be a path under public/, such as /items/moth.svg"],
])("a form with %j: %s", (wrong, says) => {
  const mistakes = readNewItemForm({ ...form, ...wrong }).mistakes ?? [];
  expect(mistakes.map((mistake) => `${fieldOf(mistake)} ${mistake.says}`)).toEqual([says]);
});

test("an item's own form changes nothing of it, in any zone, at any time of the year", () => {
  for (const zone of ["Europe/Berlin", "America/St_Johns", "UTC"])
    for (const opensAt of [null, "2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z", "2027-07-01T12:00:30.250Z"]) {
      const { startingQuantity, ...item } = readNewItemForm(form).item as NewItem;
      const times = {
        opensAt: opensAt === null ? null : new Date(opensAt),
        closesAt: opensAt === null ? null : new Date(Date.parse(opensAt) + 3_600_000),
      };
      const { status, ...now } = { ...item, position: 3, ...times };
      const { quantity, ...fields } = fieldsOf({ ...now, startingQuantity }, zone);
      expect([status, quantity, readItemChangeForm(item.id, fields).item]).toEqual(["published", "2", now]);
    }
});

test.each([
  ["Hawk Moth", "hawk-moth"],
  ["  Größe: 3½ µ – Ærø’s Žluťoučký!  ", "grosse-31-2-aeros-zlutoucky"],
  ["夜蛾", "item"],
  ["a".repeat(80), "a".repeat(60)],
])("%j makes the id %s", (name, id) => {
  expect(idFrom(name)).toBe(id);
});
