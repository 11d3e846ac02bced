import { expect, test } from "vitest";
import { spanInUnits, type Units } from "./span.ts";

const UNITS: Units = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
];

test.each([
  [0, "0 s"],
  [0.4, "0 s"],
  [59.9, "59 s"],
  [60, "1 min"],
  [252, "4 min 12 s"],
  [3_600, "1 h"],
  [3_659, "1 h"],
  [3_660, "1 h 1 min"],
  [90_000, "1 d 1 h"],
  [8_640_000, "100 d"],
])("%d seconds: %s", (seconds, text) => {
  expect(spanInUnits(seconds, UNITS)).toBe(text);
});
