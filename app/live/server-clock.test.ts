import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ServerClock } from "./server-clock.ts";

const TRUE_NOW = Date.parse("2030-01-01T00:00:00Z");

beforeEach(() => void vi.useFakeTimers({ now: TRUE_NOW }));
afterEach(() => void vi.useRealTimers());

test("is the visitor's until the server was heard, and then the server's, whatever the visitor's says", () => {
  const clock = new ServerClock();
  vi.setSystemTime(TRUE_NOW + 600_000);
  expect(clock.now()).toBe(TRUE_NOW + 600_000);
  clock.hear(TRUE_NOW);
  vi.setSystemTime(TRUE_NOW - 600_000);
  vi.advanceTimersByTime(250);
  expect(clock.now()).toBeCloseTo(TRUE_NOW + 250, 0);
});

test("believes the word that was on its way for the shortest time, and forgets old ones", () => {
  const clock = new ServerClock();
  for (const delay of [800, 5, 3_000]) {
    const said = Date.now();
    vi.advanceTimersByTime(delay);
    clock.hear(said);
  }
  expect(Date.now() - clock.now()).toBeCloseTo(5, 0);
  // The server's clock was put back by a minute: after as many words it is right again.
  for (let word = 0; word < 8; word += 1) {
    vi.advanceTimersByTime(15_000);
    clock.hear(Date.now() - 60_000);
  }
  expect(Date.now() - clock.now()).toBeCloseTo(60_000, 0);
});

test("tells of each word, until nobody listens", () => {
  const clock = new ServerClock();
  const heard: number[] = [];
  const stop = clock.onHeard(() => heard.push(clock.now()));
  clock.hear(TRUE_NOW + 5_000);
  clock.hear(NaN);
  stop();
  clock.hear(TRUE_NOW + 9_000);
  expect(heard).toEqual([TRUE_NOW + 5_000]);
});

test("does not believe nonsense", () => {
  const clock = new ServerClock();
  clock.hear(NaN);
  expect(clock.now()).toBe(TRUE_NOW);
});
