import { expect, test } from "vitest";
import { AddressUnits } from "./address-units.ts";

test("an address has so many units of a run, those being decided included, and each run counts anew", () => {
  const units = new AddressUnits(3);
  expect(units.take("moth 1", "10.0.0.7", 2)).toBeDefined();
  expect(units.take("moth 1", "10.0.0.7", 2)).toBeUndefined();
  const back = units.take("moth 1", "10.0.0.7", 1);
  expect(units.take("moth 1", "10.0.0.7", 1)).toBeUndefined();
  expect(units.take("moth 1", "10.0.0.8", 3)).toBeDefined();
  expect(units.take("moth 2", "10.0.0.7", 3)).toBeDefined();
  back?.();
  expect(units.take("moth 1", "10.0.0.7", 1)).toBeDefined();
});

test("what is counted does not grow with the runs that there have been", () => {
  const units = new AddressUnits(1);
  for (let run = 0; run < 5_000; run += 1) units.take(`moth ${run}`, "10.0.0.7", 1);
  expect(units.take("moth 4999", "10.0.0.7", 1)).toBeUndefined();
  expect(units.take("moth 0", "10.0.0.7", 1)).toBeDefined();
});
