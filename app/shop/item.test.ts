import { describe, expect, test } from "vitest";
import { formatPrice, isItemId, isUuid, newerOf, stateOf } from "./item.ts";

describe("formatPrice", () => {
  test.each([
    [18_000, "EUR", "€180.00"],
    [5, "EUR", "€0.05"],
    [0, "USD", "$0.00"],
    [2_147_483_647, "USD", "$21,474,836.47"],
    [500, "JPY", "¥500"],
  ])("%i minor units of %s are %s", (amount, currency, text) => {
    expect(formatPrice({ amount, currency })).toBe(text);
  });
});

test("an older state never replaces a newer one, whichever of them arrives last", () => {
  const older = { id: "a", quantity: 3, version: 7, run: 1, state: "available" as const };
  const newer = { id: "a", quantity: 5, version: 8, run: 2, state: "available" as const };
  expect([newerOf(older, newer), newerOf(newer, older), newerOf(undefined, older), newerOf(older, undefined)]).toEqual([
    newer,
    newer,
    older,
    older,
  ]);
});

test("an item that is not open is neither available nor sold out", () => {
  expect([stateOf(1, true), stateOf(0, true), stateOf(1, false), stateOf(0, false)]).toEqual([
    "not_open",
    "not_open",
    "available",
    "sold_out",
  ]);
});

test("only slugs are item ids, and only UUIDs name orders, buyers and keys", () => {
  for (const id of ["moon-moth", "a1"]) expect(isItemId(id)).toBe(true);
  for (const id of ["", "Moon", "a--b", "-a", "a b", "a\0", "a'", "x".repeat(65), undefined])
    expect(isItemId(id)).toBe(false);
  expect(isUuid("3B241101-e2bb-4255-8caf-4136c566a962")).toBe(true);
  for (const id of ["", "3b241101", "3b241101-e2bb-4255-8caf-4136c566a962\n", null]) expect(isUuid(id)).toBe(false);
});
