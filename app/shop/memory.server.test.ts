import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Item, stateOf, type Stock } from "./item.ts";
import { Memory } from "./memory.server.ts";
import { Pace } from "./pace.ts";

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
  expect(told).toEqual([
    [0, 100],
    [50, 76],
    [100, 51],
    [150, 26],
    [200, 1],
  ]);
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
  expect(told).toEqual([
    [0, 2],
    [0, 0],
    [0, 3],
    [0, 2],
  ]);
});

function item(id: string, version: number, quantity: number): Item {
  const words = { name: "", tagline: "", story: "", picture: "", pictureAlt: "" };
  return {
    ...words,
    id,
    version,
    quantity,
    run: 1,
    price: { amount: 1, currency: "EUR" },
    startingQuantity: 9,
    maxPerOrder: 1,
    limitPerBuyer: null,
    opensAt: null,
    state: "available",
  };
}

/** What a memory has told, after it has seen one item at version 5. */
function followed() {
  const memory = new Memory();
  const told: Stock[] = [];
  memory.onChange((stock) => told.push(stock));
  memory.replace([item("moth", 5, 4)], Date.now(), performance.now());
  vi.advanceTimersByTime(1_000);
  return { memory, told, look: (askedAt: number, ...items: Item[]) => memory.replace(items, Date.now(), askedAt) };
}

test("what was learned while a row was on its way is newer than the row", () => {
  const { memory, look } = followed();
  const askedAt = performance.now();
  vi.advanceTimersByTime(5);
  memory.learn({ id: "moth", version: 6, quantity: 3, run: 1 });
  expect(memory.learn({ id: "moth", version: 5, quantity: 4, run: 1 }, askedAt)).toBe(false);
  look(askedAt, item("moth", 5, 4));
  expect(memory.item("moth")).toMatchObject({ version: 6, quantity: 3 });
  // Another instance's hint was not asked for: it never leads back.
  expect(memory.learn({ id: "moth", version: 5, quantity: 4, run: 1 })).toBe(false);
});

test("an older row that was asked for later is the truth: the database went back", () => {
  // Also where it has sold since, and is at the lost version again.
  for (const [byLook, version] of [
    [true, 5],
    [false, 5],
    [true, 9],
    [false, 9],
  ] as const) {
    const { memory, look } = followed();
    memory.learn({ id: "moth", version: 9, quantity: 0, run: 1 });
    vi.advanceTimersByTime(5);
    if (byLook) look(performance.now(), item("moth", version, 4));
    else memory.learn({ id: "moth", version, quantity: 4, run: 1 }, performance.now());
    expect(memory.item("moth")).toMatchObject({ version, quantity: 4, state: "available" });
  }
});

test("an item that is put up later is told to whoever watches all", () => {
  const { told, look } = followed();
  look(performance.now(), item("moth", 5, 4), item("owl", 1, 9));
  expect(told.map(({ id, version }) => [id, version])).toEqual([["owl", 1]]);
});

test("what changes of items besides their stock is told once, and to no one who has seen nothing before", () => {
  const memory = new Memory();
  const told: string[][] = [];
  memory.onCatalogue((itemIds) => told.push(itemIds));
  const look = (...items: Item[]) => memory.replace(items, Date.now(), performance.now());
  const [moth, owl] = [item("moth", 5, 4), item("owl", 1, 9)];
  look(moth);
  look({ ...moth, version: 6, quantity: 3 });
  expect(told).toEqual([]);
  look(moth, owl);
  look({ ...moth, name: "Moth" }, owl);
  look({ ...moth, name: "Moth" }, owl);
  look(owl, { ...moth, name: "Moth" });
  look(owl);
  expect(told).toEqual([["owl"], ["moth"], [], []]);
});
