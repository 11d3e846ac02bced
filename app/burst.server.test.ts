import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { flushBursts, reportBurst } from "./burst.server.ts";

let lines: Record<string, unknown>[] = [];
beforeEach(() => {
  vi.useFakeTimers();
  lines = [];
  vi.spyOn(process.stderr, "write").mockImplementation((line) => {
    lines.push({ ...(JSON.parse(String(line)) as Record<string, unknown>), at: undefined });
    return true;
  });
});
afterEach(() => {
  flushBursts();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test("an outage is one line when it begins, and one with the number of those that followed", () => {
  for (let second = 0; second < 40; second += 1) {
    for (let times = 0; times < 90; times += 1)
      reportBurst("purchase_undecided", { fault: "away" }, { itemId: "moth" });
    vi.advanceTimersByTime(1_000);
  }
  expect(lines).toEqual([{ event: "purchase_undecided", fault: "away", itemId: "moth" }]);
  vi.advanceTimersByTime(10_000);
  expect(lines.slice(1)).toEqual([{ event: "purchase_undecided", fault: "away", more: 3_599, milliseconds: 39_000 }]);
});

test("the next outage is told anew, kinds are told apart, and a single event is one line", () => {
  reportBurst("purchase_undecided", { fault: "away" });
  reportBurst("purchase_undecided", { fault: "busy" });
  vi.advanceTimersByTime(10_000);
  reportBurst("purchase_undecided", { fault: "away" });
  vi.advanceTimersByTime(10_000);
  expect(lines.map(({ fault }) => fault)).toEqual(["away", "busy", "away"]);
});

test("what was only counted is told at the end of the process", () => {
  reportBurst("purchase_undecided", { fault: "away" });
  reportBurst("purchase_undecided", { fault: "away" });
  flushBursts();
  expect(lines.map(({ more }) => more)).toEqual([undefined, 1]);
});
