import { expect, test } from "vitest";
import { isStuck, waitAfter } from "./back-off.ts";

test("waits double from a second to five minutes, and are an hour once a task is stuck", () => {
  const longest = (attempts: number) => waitAfter(attempts, 1) / 1_000;
  expect([1, 2, 3, 8, 9, 10, 19].map(longest)).toEqual([1, 2, 4, 128, 256, 300, 300]);
  expect([19, 20, 21].map(isStuck)).toEqual([false, true, true]);
  expect([20, 500].map(longest)).toEqual([3_600, 3_600]);
});

test("half of a wait is chance", () => {
  expect([waitAfter(5, 0), waitAfter(5, 1)]).toEqual([8_000, 16_000]);
});
