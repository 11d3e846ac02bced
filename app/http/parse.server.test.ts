import { expect, test } from "vitest";
import { parsePurchaseForm, parsePurchaseJson, parseReset } from "./parse.server.ts";

const KEY = "3f0c2a4e-1111-4222-8333-444455556666";
const byJson = (body: unknown, key: string | undefined = KEY) => parsePurchaseJson({ "idempotency-key": key }, body);
const byForm = (fields: Record<string, string>) => parsePurchaseForm({ key: KEY, ...fields });

test("a purchase by JSON is its key, its quantity and the price that was shown", () => {
  expect(byJson({ quantity: 2 })).toEqual({ key: KEY, quantity: 2 });
  expect(byJson({ quantity: 1, more: true }, ` "${KEY.toUpperCase()}" `)).toEqual({ key: KEY, quantity: 1 });
  const shown = { amount: 0, currency: "EUR" };
  expect(byJson({ quantity: 1_000, price: { ...shown, more: 1 } })).toEqual({ key: KEY, quantity: 1_000, shown });
});

test.each([
  [undefined, "like { "],
  [null, "like { "],
  [[{ quantity: 1 }], "like { "],
  [{}, "`quantity` is a whole number"],
  [{ quantity: "1" }, "`quantity` is a whole number"],
  [{ quantity: 1.5 }, "`quantity` is a whole number"],
  [{ quantity: Infinity }, "`quantity` is a whole number"],
  [{ quantity: 0 }, "`quantity` is at least 1"],
  [{ quantity: 1_001 }, "`quantity` is at most 1,000"],
  [{ quantity: 1, amount: 100, currency: "EUR" }, "`price` is { amount, currency }"],
  [{ quantity: 1, price: null }, "`price` is { amount, currency }"],
  [{ quantity: 1, price: { amount: -1, currency: "EUR" } }, "`amount` is at least 0"],
  [{ quantity: 1, price: { amount: 2 ** 31, currency: "EUR" } }, "`amount` is at most 2,147,483,647"],
  [{ quantity: 1, price: { amount: 1 } }, "`currency` is missing"],
  [{ quantity: 1, price: { amount: 1, currency: "eur" } }, "`currency` is three capital letters"],
])("%j is no purchase by JSON", (body, why) => expect(() => byJson(body)).toThrow(why));

test.each([
  [undefined, "is missing"],
  ["", "not a UUID."],
  ["7", "not a UUID."],
  ["00000000-0000-0000-0000-000000000000", "not a UUID of your own"],
])("the key %j is none", (key, why) => expect(() => parsePurchaseJson({ "idempotency-key": key }, {})).toThrow(why));

test("a purchase by form is of one unit, unless it says more", () => {
  expect(byForm({})).toEqual({ key: KEY, quantity: 1 });
  const shown = { amount: 4_200, currency: "EUR" };
  expect(byForm({ quantity: "02", amount: "4200", currency: "EUR" })).toEqual({ key: KEY, quantity: 2, shown });
});

test.each<[Record<string, string>, string]>([
  [{ quantity: "" }, "`quantity` is a whole number"],
  [{ quantity: "1e1" }, "`quantity` is a whole number"],
  [{ quantity: "00001" }, "`quantity` is a whole number"],
  [{ quantity: "0" }, "`quantity` is at least 1"],
  [{ amount: "1" }, "belong together"],
  [{ currency: "EUR" }, "belong together"],
  [{ amount: "-1", currency: "EUR" }, "`amount` is a whole number"],
])("%j is no purchase by form", (fields, why) => expect(() => byForm(fields)).toThrow(why));

test("a reset names a quantity, or leaves it as it was", () => {
  for (const body of [undefined, {}]) expect(parseReset(body)).toEqual({});
  expect(parseReset({ quantity: 0 })).toEqual({ quantity: 0 });
  expect(() => parseReset([])).toThrow("like { ");
  expect(() => parseReset({ quantity: 1_000_001 })).toThrow("`quantity` is at most 1,000,000");
});
