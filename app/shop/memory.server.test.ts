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
    pace.changed({
      state: stateOf({ quantity, held: 0, notOpen: false, closed: false, paused: false }),
      run,
      edition: 1,
    });
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

function item(id: string, version: number, quantity: number, position = 0): Item {
  const words = { name: "", tagline: "", story: "", picture: "", pictureAlt: "" };
  return {
    ...words,
    id,
    version,
    quantity,
    held: 0,
    payment: "none",
    holdSeconds: 600,
    ships: false,
    edition: 1,
    epoch: 1,
    position,
    paused: false,
    run: 1,
    price: { amount: 1, currency: "EUR" },
    startingQuantity: 9,
    maxPerOrder: 1,
    limitPerBuyer: null,
    opensAt: null,
    closesAt: null,
    state: "available",
    status: "published",
  };
}

/** What a memory has told, after it has seen one item at version 5. */
function followed() {
  const memory = new Memory();
  const told: Stock[] = [];
  memory.onChange((stock) => told.push(stock));
  memory.replace([item("moth", 5, 4)], Date.now());
  vi.advanceTimersByTime(1_000);
  return { memory, told, look: (...items: Item[]) => memory.replace(items, Date.now()) };
}

const change = (version: number, quantity: number, epoch = 1) => ({
  id: "moth",
  version,
  quantity,
  held: 0,
  edition: 1,
  epoch,
  run: 1,
});

test("what was learned while a row was on its way is newer than the row", () => {
  const { memory, look } = followed();
  memory.learn(change(6, 3));
  expect(memory.learn(change(5, 4))).toBe(false);
  look(item("moth", 5, 4));
  expect(memory.item("moth")).toMatchObject({ version: 6, quantity: 3 });
});

test("a row of a later epoch is the truth, however old it is: the database went back", () => {
  // Also where it has sold since, and is at the lost version again.
  for (const version of [5, 9]) {
    for (const learnIt of [true, false]) {
      const { memory, told, look } = followed();
      memory.learn(change(9, 0));
      if (learnIt) memory.learn(change(version, 4, 2));
      else look({ ...item("moth", version, 4), epoch: 2 });
      expect(memory.item("moth")).toMatchObject({ version, quantity: 4, state: "available" });
      expect(told.at(-1)).toMatchObject({ version, epoch: 2, quantity: 4 });
      // What was lost is not news any more, whoever still tells it.
      expect(memory.learn(change(10, 0))).toBe(false);
    }
  }
});

test("an item that is put up later is told to whoever watches all", () => {
  const { told, look } = followed();
  look(item("moth", 5, 4), item("owl", 1, 9));
  expect(told.map(({ id, version }) => [id, version])).toEqual([["owl", 1]]);
});

test("a change of words and of numbers in one look is told once, with both", () => {
  const { memory, told, look } = followed();
  look({ ...item("moth", 6, 0), edition: 2, name: "Moth" });
  expect(told.map(({ version, edition, state }) => [version, edition, state])).toEqual([[6, 2, "sold_out"]]);
  expect(memory.item("moth")).toMatchObject({ name: "Moth", quantity: 0 });
});

test("of which edition the words are is only known when they are read", () => {
  const { memory } = followed();
  const hint = { ...change(6, 3), edition: 2 };
  expect(memory.learn(hint)).toBe(true);
  expect(memory.item("moth")).toMatchObject({ version: 6, edition: 1 });
  expect(memory.listBehind([hint])).toEqual(["moth"]);
  expect(memory.listBehind([change(7, 2)])).toEqual([]);
});

test("a step of the wall clock opens nothing", () => {
  const memory = new Memory();
  memory.replace([{ ...item("moth", 5, 4), opensAt: new Date(Date.now() + 60_000) }], Date.now());
  vi.setSystemTime(Date.now() + 3_600_000);
  expect(memory.item("moth")?.state).toBe("not_open");
  vi.advanceTimersByTime(61_000);
  expect(memory.item("moth")?.state).toBe("available");
});

test("what changes of items besides their stock is told once, and to no one who has seen nothing before", () => {
  const memory = new Memory();
  const told: string[][] = [];
  memory.onCatalogue((itemIds) => told.push(itemIds));
  const look = (...items: Item[]) => memory.replace(items, Date.now());
  const [moth, owl] = [item("moth", 5, 4), item("owl", 1, 9, 1)];
  look(moth);
  look({ ...moth, version: 6, quantity: 3 });
  expect(told).toEqual([]);
  look(moth, owl);
  look({ ...moth, edition: 2, name: "Moth" }, owl);
  look({ ...moth, edition: 2, name: "Moth" }, owl);
  look({ ...moth, edition: 3, position: 2 }, owl);
  expect(memory.items().map(({ id }) => id)).toEqual(["owl", "moth"]);
  look(owl);
  expect(told).toEqual([["owl"], ["moth"], ["moth"], []]);
  // A payment has begun: its hold lasts longer, and whoever shows the stock is told on the stream.
  const stocks: Stock[] = [];
  memory.onChange((stock) => stocks.push(stock));
  const nextReleaseAt = "2030-01-01T12:00:00.000Z";
  look({ ...owl, held: 1, version: 2, nextReleaseAt: "2030-01-01T11:00:00.000Z" });
  look({ ...owl, held: 1, version: 2, edition: 2, nextReleaseAt });
  expect(told).toHaveLength(4);
  expect(stocks.at(-1)).toMatchObject({ edition: 2, nextReleaseAt });
});

/** A memory of one item that opens in so many milliseconds, and what it has told. */
function openingIn(milliseconds: number) {
  const memory = new Memory();
  const now = Date.now();
  const opening = { ...item("moth", 1, 5), opensAt: new Date(now + milliseconds), state: "not_open" as const };
  memory.replace([opening], now);
  const told: Stock[] = [];
  memory.onChange((stock) => told.push(stock));
  return { memory, now, opening, told };
}

test("an opening is told when a look at the database comes between its moment and its timer", () => {
  vi.useRealTimers();
  // The clock moves, and no timer fires: so it is on a busy machine.
  vi.useFakeTimers({ toFake: ["performance"] });
  const { memory, now, opening, told } = openingIn(1_000);
  vi.advanceTimersByTime(1_001);
  memory.see([opening], [], now + 1_001);
  expect(told.map(({ state }) => state)).toEqual(["available"]);
  memory.see([opening], [], now + 1_002);
  expect(told).toHaveLength(1);
});

test("a look whose answer comes late closes nothing that has opened, and one that proves the clock wrong sets it", () => {
  const { memory, now, opening, told } = openingIn(1_000);
  const asked = performance.now() + 900;
  vi.advanceTimersByTime(1_500);
  memory.see([opening], [], now + 901, asked, performance.now());
  vi.advanceTimersByTime(100);
  expect([memory.item("moth")?.state, memory.now.getTime(), told.map(({ state }) => state)]).toEqual([
    "available",
    now + 1_600,
    ["available"],
  ]);
  // It is ahead of what was believed; then it was set back.
  memory.see([opening], [], now + 1_700, performance.now() - 50, performance.now());
  expect(memory.now.getTime()).toBe(now + 1_700);
  memory.see([opening], [], now + 300, performance.now() - 50, performance.now());
  expect([memory.item("moth")?.state, memory.now.getTime()]).toEqual(["not_open", now + 350]);
});

test("an opening is told while the database is away for as long as streams go on without it", () => {
  const { memory, told } = openingIn(9_000);
  vi.advanceTimersByTime(9_500);
  expect(memory.isKnown).toBe(true);
  expect(told.map(({ state }) => state)).toEqual(["available"]);
});

test("a closing is told at its moment, also one that comes soon after the opening, while the database is away", () => {
  const memory = new Memory();
  const now = Date.now();
  const [opensAt, closesAt] = [new Date(now + 3_000), new Date(now + 6_000)];
  memory.replace([{ ...item("moth", 1, 5), opensAt, closesAt, state: "not_open" }], now);
  const told: Stock[] = [];
  memory.onChange((stock, urgent) => urgent && told.push(stock));
  vi.advanceTimersByTime(5_990);
  expect(told).toMatchObject([{ state: "available", closesAt }]);
  expect(told[0]).not.toHaveProperty("opensAt");
  vi.advanceTimersByTime(20);
  expect(told).toHaveLength(2);
  expect(told[1]).toMatchObject({ state: "closed", quantity: 5 });
  expect(told[1]).not.toHaveProperty("closesAt");
});

test("an opening or a closing that is moved is told with its edition, and once", () => {
  const { told, look } = followed();
  const at = (minutes: number) => new Date(Date.now() + minutes * 60_000);
  const [opensAt, later, closesAt] = [at(10), at(20), at(30)];
  look({ ...item("moth", 5, 4), edition: 2, opensAt });
  for (let looks = 0; looks < 2; looks += 1) look({ ...item("moth", 5, 4), edition: 3, opensAt: later, closesAt });
  look({ ...item("moth", 5, 4), edition: 4, opensAt: null });
  expect(told.map(({ edition, state, ...stock }) => [edition, state, stock.opensAt, stock.closesAt])).toEqual([
    [2, "not_open", opensAt, undefined],
    [3, "not_open", later, closesAt],
    [4, "available", undefined, undefined],
  ]);
});

test("whoever asks for the stock of one item among many looks at that one alone", () => {
  const memory = new Memory();
  let looks = 0;
  const others = Array.from({ length: 1_000 }, (_, index) =>
    Object.defineProperty(item(`owl-${index}`, 1, 9), "opensAt", {
      enumerable: true,
      get: () => {
        looks += 1;
        return null;
      },
    }),
  );
  memory.replace([item("moth", 5, 4), ...others], Date.now());
  looks = 0;
  expect(memory.stock(["moth"])).toMatchObject([{ id: "moth", version: 5 }]);
  expect(looks).toBe(0);
  expect(memory.stock()).toHaveLength(1_001);
  expect(looks).toBeGreaterThan(0);
});

test("each hold that has had its time is told of, whoever told of the one before left out when the next one ends", () => {
  const memory = new Memory();
  const began = Date.now();
  const at = (milliseconds: number) => new Date(began + milliseconds).toISOString();
  const holding = (version: number, held: number, nextReleaseAt: string) => ({
    ...item("moth", version, 9 - held),
    held,
    nextReleaseAt,
  });
  const due: number[] = [];
  memory.onDue(() => due.push(Date.now() - began));
  memory.replace([holding(2, 2, at(1_000))], began);
  vi.advanceTimersByTime(1_500);
  expect(due).toEqual([1_002]);
  // Told of by this process, with the time of the next one: no look is needed.
  memory.learn(holding(3, 1, at(2_000)));
  vi.advanceTimersByTime(1_000);
  expect(due).toEqual([1_002, 2_002]);
  // By somebody who does not say it: the next look does.
  memory.learn({ ...change(4, 8), held: 1 });
  memory.see([holding(4, 1, at(3_000))], [], Date.now());
  vi.advanceTimersByTime(1_000);
  expect(due).toEqual([1_002, 2_002, 3_002]);
});
