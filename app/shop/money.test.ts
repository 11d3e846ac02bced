import { expect, test } from "vitest";
import { CURRENCIES, formatPrice, isCurrency, readAmount, writeAmount } from "./money.ts";

test.each([
  [18_000, "EUR", "€180.00"],
  [5, "EUR", "€0.05"],
  [0, "USD", "$0.00"],
  [-250, "USD", "-$2.50"],
  [2_147_483_647, "USD", "$21,474,836.47"],
  [500, "JPY", "¥500"],
  [900_000, "HUF", "HUF\u00a09,000.00"],
  [1_234, "RSD", "RSD\u00a012.34"],
  [5, "KWD", "KWD\u00a00.005"],
  [1_500, "IQD", "IQD\u00a01.500"],
  [7_900, "UGX", "UGX\u00a07,900"],
  [50, "XCG", "XCG\u00a00.50"],
])("%i minor units of %s are %s", (amount, currency, text) => {
  expect(formatPrice({ amount, currency })).toBe(text);
});

test("the digits of every currency are the table's, whatever the language data says", () => {
  for (const currency of CURRENCIES) {
    const [, decimals = ""] = /\.(\d+)$/.exec(formatPrice({ amount: 123_456_789, currency })) ?? [];
    expect([currency, "123456789".endsWith(decimals) || decimals === ""]).toEqual([currency, true]);
    expect(formatPrice({ amount: 123_456_789, currency }).replace(/\D/g, "")).toBe("123456789");
  }
  expect(
    CURRENCIES.filter((currency) => !/\./.test(formatPrice({ amount: 1, currency }).replace(/^.*?(?=\d)/, ""))),
  ).toEqual("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(" "));
});

test("what cannot be paid with is no currency: funds, metals, tests, and money of the past", () => {
  for (const code of ["CLF", "XAU", "XTS", "XXX", "DEM", "ANG", "eur", "EURO", ""])
    expect(isCurrency(code)).toBe(false);
  for (const code of ["EUR", "HUF", "XOF", "XCG"]) expect(isCurrency(code)).toBe(true);
});

test.each([
  ["42", "EUR", 4_200],
  ["42.00", "EUR", 4_200],
  ["42,00", "EUR", 4_200],
  [" 0,5 ", "EUR", 50],
  ["42", "JPY", 42],
  ["1.234", "KWD", 1_234],
  ["42.000", "EUR", undefined],
  ["42.0", "JPY", undefined],
  ["1.234,00", "EUR", undefined],
  ["1 234", "EUR", undefined],
  ["-1", "EUR", undefined],
  ["42.", "EUR", undefined],
  [".5", "EUR", undefined],
  ["4e2", "EUR", undefined],
  ["", "EUR", undefined],
  ["12345678901234567890", "EUR", undefined],
])("%j in %s is %s minor units", (text, currency, amount) => {
  expect(readAmount(text, currency)).toBe(amount);
});

test("an amount that was written is read as what it was, in every currency", () => {
  for (const currency of CURRENCIES)
    for (const amount of [0, 5, 99, 1_234_567])
      expect(readAmount(writeAmount({ amount, currency }), currency)).toBe(amount);
});
