import { expect, test } from "vitest";
import { formatClock, formatDay, formatMoment, formatOpening, formatOpeningSoon } from "./moment.ts";

test("a moment is told to the minute, in UTC", () => {
  expect(formatMoment(new Date("2026-09-02T07:05:59.999Z"))).toBe("2 September 2026 at 07:05 UTC");
});

test("an opening is never told a minute too early", () => {
  expect(formatOpening(new Date("2026-12-31T18:00:00Z"))).toBe("31 December 2026 at 18:00 UTC");
  expect(formatOpening(new Date("2026-12-31T23:59:00.001Z"))).toBe("1 January 2027 at 00:00 UTC");
  expect(formatOpeningSoon(new Date("2026-12-31T23:59:00.000Z"))).toBe("31 December, 23:59 UTC");
  expect(formatOpeningSoon(new Date("2026-12-31T23:59:00.001Z"))).toBe("1 January, 00:00 UTC");
});

test("each language tells a moment in its own way, and in the zone that is asked for", () => {
  const moment = new Date("2026-12-02T18:05:00Z");
  expect(formatMoment(moment, "de")).toBe("2. Dezember 2026 um 18:05 Uhr UTC");
  expect(formatClock(moment, "de")).toBe("18:05 Uhr UTC");
  expect(formatMoment(moment, "en", "Pacific/Auckland")).toBe("3 December 2026 at 07:05 Pacific/Auckland");
  // Noon is on the same day nearly everywhere.
  expect(formatDay(new Date("2026-12-02T12:00:00Z"), "de", "local")).toMatch(/^[123]\. Dezember$/);
  expect(formatClock(moment, "en", "local")).toMatch(/^\d\d:\d\d \S+$/);
});
