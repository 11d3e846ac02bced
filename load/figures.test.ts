import { expect, test } from "vitest";
import { median, percentile, table } from "./figures.ts";

test("a percentile is a value that was measured", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  expect([0, 0.5, 0.99, 1].map((share) => percentile(hundred, share))).toEqual([1, 50, 99, 100]);
  expect(percentile([7], 0.99)).toBe(7);
  expect(percentile([], 0.99)).toBeNaN();
});

test("a median needs no order, and lies between the two in the middle of an even number", () => {
  expect([median([9, 1, 10]), median([4, 1, 3, 2]), median([5])]).toEqual([9, 2.5, 5]);
  expect(median([])).toBeNaN();
});

test("a table aligns names to the left and figures to the right", () => {
  const rows = [
    ["way", "orders/s"],
    ["one", "7"],
    ["another", "1,234"],
  ];
  expect(table(rows)).toBe("way       orders/s\none              7\nanother      1,234");
  expect(table(rows, "markdown")).toBe(
    "| way     | orders/s |\n| ------- | -------: |\n| one     |        7 |\n| another |    1,234 |",
  );
});
