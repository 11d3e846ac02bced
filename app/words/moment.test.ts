import { expect, test } from "vitest";
import { formatMoment, formatOpening, formatOpeningDay } from "./moment.ts";

test("a moment is told to the minute, in UTC", () => {
  expect(formatMoment(new Date("2026-09-02T07:05:59.999Z"))).toBe("2 September 2026 at 07:05 UTC");
});

test("an opening is never told a minute too early", () => {
  expect(formatOpening(new Date("2026-12-31T18:00:00Z"))).toBe("31 December 2026 at 18:00 UTC");
  expect(formatOpening(new Date("2026-12-31T23:59:00.001Z"))).toBe("1 January 2027 at 00:00 UTC");
  expect(formatOpeningDay(new Date("2026-12-31T23:59:00.000Z"))).toBe("31 December");
  expect(formatOpeningDay(new Date("2026-12-31T23:59:00.001Z"))).toBe("1 January");
});
