import { expect, test } from "vitest";
import { exactJson, nameOf } from "./exact-json.ts";

class Price {
  amount = 1;
}

test("what JSON keeps has its JSON, dates included", () => {
  const item = {
    name: "Moth",
    price: { amount: 1, currency: "EUR" },
    opensAt: new Date(0),
    limits: [1, null],
    note: undefined,
  };
  expect(exactJson([item, null, "a", true])).toBe(JSON.stringify([item, null, "a", true]));
});

const cycle: { self?: unknown } = {};
cycle.self = cycle;

test.each<[string, unknown]>([
  ["a Map", new Map([["a", 1]])],
  ["a Set", new Set([1])],
  ["a promise", Promise.resolve(1)],
  ["an instance of a class", new Price()],
  ["a value that answers for itself", { toJSON: () => 1 }],
  ["a function", () => 1],
  ["a symbol", Symbol("a")],
  ["a number beyond JSON", Infinity],
  ["a bigint", 1n],
  ["a date that is none", new Date(NaN)],
  ["bytes", new Uint8Array(1)],
  ["nothing in a list", [undefined]],
  ["what contains itself", cycle],
])("%s has none, however deep it stands", (_name, value) => {
  expect(exactJson(value)).toBeUndefined();
  expect(exactJson({ a: [{ b: value }] })).toBeUndefined();
});

test("what is frozen has the same name whenever it says the same, and another when it says something else", () => {
  const item = (quantity: number) => Object.freeze({ id: "moth", quantity, opensAt: new Date(0) });
  const one = item(1);
  const name = nameOf(["/", 200, { items: [one, item(2)] }]);
  expect(name).toBe(nameOf(["/", 200, { items: [one, item(2)] }]));
  expect(name).toBe(nameOf(["/", 200, { items: [item(1), item(2)] }]));
  for (const items of [[item(2), one], [one], [one, item(3)], [one, { id: "moth", quantity: 2 }]])
    expect(nameOf(["/", 200, { items }])).not.toBe(name);
  expect(nameOf({ a: Object.freeze({ b: new Map() }) })).toBeUndefined();
});
