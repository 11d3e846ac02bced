import { expect, test } from "vitest";
import { AddressHolds } from "./address-holds.ts";

test("an address holds so many of an item at once, and others as many", () => {
  const holds = new AddressHolds(2);
  holds.hold("moth", "192.0.2.1", "a", 1_000);
  holds.hold("moth", "192.0.2.1", "b", 1_000);
  expect(holds.refusalOf("moth", "192.0.2.1", 10, 0)).toEqual({ limit: 2 });
  expect(holds.refusalOf("owl", "192.0.2.1", 10, 0)).toBeUndefined();
  expect(holds.refusalOf("moth", "192.0.2.2", 10, 0)).toBeUndefined();
  holds.end("a", { sold: false });
  expect(holds.refusalOf("moth", "192.0.2.1", 10, 0)).toBeUndefined();
});

test("after two that lapsed it waits as long as a hold lasts, and one that was paid for forgives them", () => {
  const holds = new AddressHolds(9);
  holds.hold("moth", "192.0.2.1", "a", 1_000);
  holds.hold("moth", "192.0.2.1", "b", 2_000);
  holds.extend("b", 3_000);
  holds.hold("moth", "192.0.2.1", "c", 9_000);
  expect(holds.refusalOf("moth", "192.0.2.1", 10, 2_500)).toBeUndefined();
  expect(holds.refusalOf("moth", "192.0.2.1", 10, 3_000)).toEqual({ limit: 2, until: 13_000 });
  holds.end("c", { sold: true });
  expect(holds.refusalOf("moth", "192.0.2.1", 10, 3_000)).toBeUndefined();
});

test("after the wait it may hold again", () => {
  const holds = new AddressHolds(9);
  for (const id of ["a", "b"]) holds.hold("moth", "192.0.2.1", id, 1_000);
  expect(holds.refusalOf("moth", "192.0.2.1", 10, 10_999)).toEqual({ limit: 2, until: 11_000 });
  expect(holds.refusalOf("moth", "192.0.2.1", 10, 11_000)).toBeUndefined();
});
