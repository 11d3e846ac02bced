import { expect, test } from "vitest";
import { CURRENCIES } from "#app/shop/money.ts";
import { fromProvider, toProvider, whyNotPayable } from "./amounts.ts";

test.each([
  [18_000, "EUR", 18_000],
  [500, "JPY", 500],
  [7_900, "ISK", 790_000],
  [7_900, "UGX", 790_000],
  [900_000, "HUF", 900_000],
  [90_050, "TWD", 90_050],
  [5_120, "KWD", 5_120],
  [250_000, "MGA", 2_500],
  [5_000, "RWF", 5_000],
])("%i minor units of %s are %i to the provider, and back", (amount, currency, units) => {
  expect(toProvider({ amount, currency })).toBe(units);
  expect(fromProvider(units, currency.toLowerCase())).toEqual({ amount, currency });
});

test.each([
  [50, "EUR", 1, undefined],
  [49, "EUR", 1, "is less than €0.50, the least that a card is charged"],
  [17_499, "HUF", 1, "is less than HUF\u00a0175.00, the least that a card is charged"],
  [0, "EUR", 1, undefined],
  [99_999_999, "EUR", 1, undefined],
  [100_000_000, "EUR", 1, "is more than €999,999.99, the most that a card is charged"],
  [
    50_000_000,
    "EUR",
    2,
    "times 2, as many as one order may have, is more than €999,999.99, the most that a card is charged",
  ],
  [999_999, "ISK", 1, undefined],
  [1_000_000, "ISK", 1, "is more than ISK\u00a0999,999, the most that a card is charged"],
  [1, "ISK", 1, undefined],
  [5_124, "KWD", 1, "must be a multiple of KWD\u00a00.010 to be paid by card"],
  [5_120, "KWD", 1, undefined],
  [250, "MGA", 1, "must be a multiple of MGA\u00a01.00 to be paid by card"],
  [200, "MGA", 1, undefined],
  [1_500, "IQD", 1, "is in IQD, in which no card can be charged"],
  [1_500, "LYD", 1, "is in LYD, in which no card can be charged"],
  [1, "VND", 1, undefined],
])("a price of %i %s, at most %i an order: %s", (amount, currency, mostUnits, says) => {
  expect(whyNotPayable({ amount, currency }, mostUnits)).toBe(says);
});

test("what may be asked for in a currency comes back as it went, and is a whole number there", () => {
  for (const currency of CURRENCIES) {
    const payable = [1_000, 17_500, 20_000, 123_400, 999_900].map((amount) => ({ amount, currency }));
    for (const price of payable.filter((one) => whyNotPayable(one) === undefined)) {
      const units = toProvider(price);
      expect([currency, Number.isSafeInteger(units)]).toEqual([currency, true]);
      expect(fromProvider(units, currency.toLowerCase())).toEqual(price);
    }
  }
});

test("the provider's units are ours in all currencies but three", () => {
  const others = CURRENCIES.filter((currency) => whyNotPayable({ amount: 100_000, currency }) === undefined).filter(
    (currency) => toProvider({ amount: 100_000, currency }) !== 100_000,
  );
  expect(others).toEqual(["ISK", "UGX", "MGA"]);
});

test.each([
  [5_124, "KWD"],
  [150, "MGA"],
  [0, "EUR"],
  [-5, "EUR"],
  [2_000_000, "ISK"],
])("%i %s is never sent", (amount, currency) => {
  expect(() => toProvider({ amount, currency })).toThrow("No card can be charged");
});

test("a fraction of what the shop counts in is no sum", () => {
  expect(() => fromProvider(550, "isk")).toThrow("The provider counts a fraction: 550 isk");
});
