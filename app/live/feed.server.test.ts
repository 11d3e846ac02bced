import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { stateOf } from "#app/shop/item.ts";
import { Pace } from "./feed.server.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What is told, and when, of changes of an item's quantity. */
function paced() {
  const began = performance.now();
  const told: [number, number][] = [];
  let latest = 0;
  const pace = new Pace(() => told.push([Math.round(performance.now() - began), latest]));
  const change = (quantity: number, run = 1) => {
    latest = quantity;
    pace.changed({ state: stateOf(quantity, false), run });
  };
  return { told, change };
}

test("the first change of a quiet item is told at once, the latest of many every 50 ms", () => {
  const { told, change } = paced();
  // Every 2 ms: the timer of each 50 ms comes before the change of that moment.
  for (let quantity = 100; quantity > 0; quantity -= 1) {
    change(quantity);
    vi.advanceTimersByTime(2);
  }
  vi.advanceTimersByTime(100);
  expect(told).toEqual([[0, 100], [50, 76], [100, 51], [150, 26], [200, 1]]);
  change(7);
  expect(told.at(-1)).toEqual([300, 7]);
});

test("selling out, coming back and a new run are told at once, each of them", () => {
  const { told, change } = paced();
  change(2);
  change(1);
  change(0);
  change(3);
  change(2);
  change(2, 2);
  vi.advanceTimersByTime(100);
  expect(told).toEqual([[0, 2], [0, 0], [0, 3], [0, 2]]);
});
