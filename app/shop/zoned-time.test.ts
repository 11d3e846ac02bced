import { describe, expect, test } from "vitest";
import {
  closingInWords,
  isZone,
  lengthInWords,
  localTimeOf,
  type Meant,
  momentsOf,
  offsetOf,
  openingInWords,
} from "./zoned-time.ts";

const once = (moment: string): Meant => ({ kind: "once", moment: new Date(moment) });

test.each([
  ["2027-01-31T19:00", "Europe/Berlin", "2027-01-31T18:00:00Z"],
  ["2027-07-31T19:00", "Europe/Berlin", "2027-07-31T17:00:00Z"],
  ["2027-01-31T19:00:30.250", "UTC", "2027-01-31T19:00:30.250Z"],
  ["2027-01-31T19:00", "Asia/Kathmandu", "2027-01-31T13:15:00Z"],
  ["2027-01-31T00:30", "America/Los_Angeles", "2027-01-31T08:30:00Z"],
  // The last minute before the clocks change, and the first after it.
  ["2027-03-28T01:59", "Europe/Berlin", "2027-03-28T00:59:00Z"],
  ["2027-03-28T03:00", "Europe/Berlin", "2027-03-28T01:00:00Z"],
  ["2026-10-25T03:00", "Europe/Berlin", "2026-10-25T02:00:00Z"],
  // A zone of half an hour's summer time.
  ["2027-04-04T02:00", "Australia/Lord_Howe", "2027-04-03T15:30:00Z"],
])("%s in %s is %s", (local, zone, moment) => {
  expect(momentsOf(local, zone)).toEqual(once(moment));
});

test.each([
  ["2027-03-28T02:30", "Europe/Berlin", "2027-03-28T03:30"],
  ["2027-03-28T02:00", "Europe/Berlin", "2027-03-28T03:00"],
  ["2027-03-14T02:15", "America/New_York", "2027-03-14T03:15"],
  ["2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-04T02:45"],
  // Samoa crossed the date line: it had no 30 December.
  ["2011-12-30T12:00", "Pacific/Apia", "2011-12-31T12:00"],
])("%s does not come in %s; %s does", (local, zone, suggestion) => {
  expect(momentsOf(local, zone)).toEqual({ kind: "never", suggestion });
  expect(momentsOf(suggestion, zone).kind).toBe("once");
});

test.each([
  ["2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"],
  ["2026-11-01T01:00", "America/New_York", "2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z"],
  ["2027-04-04T01:45", "Australia/Lord_Howe", "2027-04-03T14:45:00Z", "2027-04-03T15:15:00Z"],
])("%s comes twice in %s", (local, zone, earlier, later) => {
  expect(momentsOf(local, zone)).toEqual({ kind: "twice", earlier: new Date(earlier), later: new Date(later) });
});

test.each([
  "",
  "tomorrow",
  "2027-02-29T12:00",
  "2027-04-31T12:00",
  "2027-01-31T24:00",
  "2027-01-31T12:60",
  "2027-01-31",
])("%j is no time", (local) => {
  expect(momentsOf(local, "UTC")).toEqual({ kind: "no_time" });
});

test.each([
  ["Europe/Berlin", true],
  ["UTC", true],
  ["America/Argentina/Buenos_Aires", true],
  ["Etc/GMT+5", true],
  ["+01:00", false],
  ["Europe/Nowhere", false],
  ["", false],
  ["x".repeat(5_000), false],
])("%s is a zone: %s", (name, expected) => {
  expect(isZone(name)).toBe(expected);
});

describe("every hour around both changes of a year", () => {
  test.each(["Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca"])(
    "in %s is found again by what its clocks show",
    (zone) => {
      const from = (month: number, day: number) =>
        Array.from({ length: 20 * 24 }, (_, hour) => new Date(Date.UTC(2026, month, day, hour)));
      for (const moment of [...from(1, 10), ...from(2, 16), ...from(8, 25), ...from(9, 15)]) {
        const meant = momentsOf(localTimeOf(moment, zone), zone);
        const found =
          meant.kind === "once" ? [meant.moment] : meant.kind === "twice" ? [meant.earlier, meant.later] : [];
        expect(found.map(Number)).toContain(Number(moment));
      }
    },
  );
});

test.each([
  [(2 * 24 + 3) * 3_600_000, "2 days 3 hours"],
  [24 * 3_600_000, "1 day"],
  [(24 * 60 + 5) * 60_000, "1 day"],
  [3_660_000, "1 hour 1 minute"],
  [59_000, "a minute"],
  [0, "a minute"],
  [119_000, "2 minutes"],
])("%i ms are %s", (milliseconds, words) => {
  expect(lengthInWords(milliseconds)).toBe(words);
});

test("an opening is told as how long it takes, and as what the clock shows then", () => {
  const now = new Date("2027-01-29T15:00:00Z");
  const told = (opensAt: string | null) =>
    openingInWords(opensAt === null ? null : new Date(opensAt), "Europe/Berlin", now);
  expect(told("2027-01-31T18:00:00Z")).toBe("opens in 2 days 3 hours, 19:00 Europe/Berlin, Sunday 31 January 2027");
  expect(told("2027-01-29T13:00:00Z")).toBe("opened 2 hours ago, 14:00 Europe/Berlin, Friday 29 January 2027");
  expect(told(null)).toBe("open at once");
});

test("a closing likewise", () => {
  const now = new Date("2027-01-29T15:00:00Z");
  const told = (closesAt: string | null) =>
    closingInWords(closesAt === null ? null : new Date(closesAt), "Europe/Berlin", now);
  expect(told("2027-01-31T18:00:00Z")).toBe("closes in 2 days 3 hours, 19:00 Europe/Berlin, Sunday 31 January 2027");
  expect(told("2027-01-29T13:00:00Z")).toBe("closed 2 hours ago, 14:00 Europe/Berlin, Friday 29 January 2027");
  expect(told(null)).toBe("never closes");
});

test("an offset is told with its sign", () => {
  const summer = new Date("2027-07-01T12:00:00Z");
  expect(["Europe/Berlin", "America/St_Johns", "UTC"].map((zone) => offsetOf(summer, zone))).toEqual([
    "UTC+02:00",
    "UTC−02:30",
    "UTC",
  ]);
});
