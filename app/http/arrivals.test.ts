import { expect, test } from "vitest";
import { Arrivals } from "./arrivals.ts";

test("an address brings a minute's buyers at once; those beyond it wait, each longer than the one before", () => {
  const buyers = new Arrivals(60);
  const waits = Array.from({ length: 63 }, () => buyers.arrive("10.0.0.7", 1_000));
  expect(waits.slice(0, 60)).toEqual(Array<number>(60).fill(0));
  expect(waits.slice(60)).toEqual([1_000, 2_000, 3_000]);
  expect(buyers.arrive("10.0.0.8", 1_000)).toBe(0);
});

test("a quiet minute makes room again, and evenly spread buyers never wait", () => {
  const buyers = new Arrivals(60);
  for (let count = 0; count < 60; count += 1) buyers.arrive("10.0.0.7", 0);
  expect(buyers.arrive("10.0.0.7", 30_000)).toBe(0);
  for (let second = 0; second < 600; second += 1) expect(buyers.arrive("10.0.0.9", second * 1_000)).toBe(0);
});

test("however many an address brings, the next one waits ten minutes at most", () => {
  const buyers = new Arrivals(60);
  for (let count = 0; count < 10_000; count += 1) buyers.arrive("10.0.0.7", 0);
  expect(buyers.arrive("10.0.0.7", 0)).toBe(600_000);
});

test("of an hour, one more comes every so many minutes", () => {
  const hour = 60 * 60_000;
  const asks = new Arrivals(20, hour);
  const waits = Array.from({ length: 21 }, () => asks.arrive("10.0.0.7", 0));
  expect([waits[19], waits[20]]).toEqual([0, hour / 20]);
  expect(asks.arrive("10.0.0.7", hour / 10)).toBe(0);
});
