/**
 * Times as a clock on a wall shows them, in a zone by its name, and the moments that they are. Offsets come from Intl, which knows
 * every zone's history and its future as far as it has been decided.
 */
import { largestUnits, type Units } from "./span.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** As a field for date and time sends it. */
const LOCAL = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?$/;

const formats = new Map<string, Intl.DateTimeFormat | undefined>();

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  if (formats.has(zone)) return formats.get(zone);
  let format: Intl.DateTimeFormat | undefined;
  try {
    // A name, not an offset such as +01:00, which knows no summer.
    if (/^[A-Za-z][\w+\-/]{0,63}$/.test(zone))
      format = new Intl.DateTimeFormat("en-GB", {
        timeZone: zone,
        hourCycle: "h23",
        ...{ era: "short", year: "numeric", month: "numeric", day: "numeric" },
        ...{ hour: "numeric", minute: "numeric", second: "numeric" },
      });
  } catch {
    format = undefined;
  }
  // Whatever is typed comes here: only what is a zone is kept.
  if (format) formats.set(zone, format);
  return format;
}

export function isZone(name: string): boolean {
  return formatOf(name) !== undefined;
}

/** What the zone's clocks show at a moment, as if it were UTC, in milliseconds. */
function wallClock(moment: number, zone: string): number {
  const format = formatOf(zone);
  if (!format) throw new RangeError(`${zone} is not a time zone`);
  const part = new Map(format.formatToParts(moment).map(({ type, value }) => [type, value]));
  const number = (type: Intl.DateTimeFormatPartTypes) => Number(part.get(type));
  const year = part.get("era") === "BC" ? 1 - number("year") : number("year");
  const whole = Date.UTC(year, number("month") - 1, number("day"), number("hour"), number("minute"), number("second"));
  return whole + (((moment % 1_000) + 1_000) % 1_000);
}

/** What was written, as if it were UTC; undefined if it is no date and time. */
function readLocal(local: string): number | undefined {
  const parts = LOCAL.exec(local);
  if (!parts) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((part: string | undefined) => Number(part ?? 0));
  const moment = Date.UTC(year, month - 1, day, hour, minute, second, Number((parts[7] ?? "").padEnd(3, "0")));
  // 31 April would be 1 May.
  return localText(moment).startsWith(local.slice(0, 16)) ? moment : undefined;
}

function localText(moment: number): string {
  return new Date(moment).toISOString().replace(/(?::00)?\.000Z$|Z$/, "");
}

/** The time that the zone's clocks show at a moment: such as 2027-01-31T19:00, with seconds where there are any. */
export function localTimeOf(moment: Date, zone: string): string {
  return localText(wallClock(moment.getTime(), zone));
}

export type Meant =
  | { kind: "once"; moment: Date }
  /** The clocks are put back, and show it twice. */
  | { kind: "twice"; earlier: Date; later: Date }
  /** The clocks are put forward over it. `suggestion`: as long after the change as was meant before it. */
  | { kind: "never"; suggestion: string }
  | { kind: "no_time" };

/** The moments at which the zone's clocks show this time. The zone must be one. */
export function momentsOf(local: string, zone: string): Meant {
  const asUtc = readLocal(local);
  if (asUtc === undefined) return { kind: "no_time" };
  // No zone changes its offset twice within two days.
  const offsets = [asUtc - DAY, asUtc + DAY].map((around) => wallClock(around, zone) - around);
  const [before = 0, after = 0] = offsets;
  const moments = [...new Set(offsets)]
    .map((offset) => asUtc - offset)
    .filter((moment) => wallClock(moment, zone) === asUtc)
    .sort((one, other) => one - other);
  const [earlier, later] = moments;
  if (earlier === undefined) return { kind: "never", suggestion: localText(asUtc + after - before) };
  if (later === undefined) return { kind: "once", moment: new Date(earlier) };
  return { kind: "twice", earlier: new Date(earlier), later: new Date(later) };
}

/** The zone's distance from UTC at a moment, such as UTC+02:00. */
export function offsetOf(moment: Date, zone: string): string {
  const minutes = Math.round((wallClock(moment.getTime(), zone) - moment.getTime()) / MINUTE);
  if (minutes === 0) return "UTC";
  const [hour, minute] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60].map((part) =>
    String(part).padStart(2, "0"),
  );
  return `UTC${minutes < 0 ? "−" : "+"}${hour}:${minute}`;
}

const WEEKDAY = new Intl.DateTimeFormat("en-GB", { weekday: "long", timeZone: "UTC" });
const MONTH_DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", timeZone: "UTC" });

/** Of the same day, such as "19:00 Europe/Berlin". */
export function clockInZone(moment: Date, zone: string): string {
  return `${new Date(wallClock(moment.getTime(), zone)).toISOString().slice(11, 16)} ${zone}`;
}

/** Such as "19:00 Europe/Berlin, Sunday 31 January 2027". */
function momentInZone(moment: Date, zone: string): string {
  const local = new Date(wallClock(moment.getTime(), zone));
  const clock = localText(local.getTime()).slice(11);
  return `${clock} ${zone}, ${WEEKDAY.format(local)} ${MONTH_DAY.format(local)} ${local.getUTCFullYear()}`;
}

/** The two largest parts of a time, such as "2 days 3 hours". Rounded up to minutes: nobody comes too early for that. */
export function lengthInWords(milliseconds: number): string {
  const minutes = Math.ceil(milliseconds / MINUTE);
  if (minutes <= 1) return "a minute";
  return largestUnits(minutes, UNITS)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? "" : "s"}`)
    .join(" ");
}

const UNITS: Units = [
  ["day", 1_440],
  ["hour", 60],
  ["minute", 1],
];

/** Such as "opens in 2 days 3 hours, 19:00 Europe/Berlin, Sunday 31 January 2027". */
export function openingInWords(opensAt: Date | null, zone: string, now: Date): string {
  return opensAt ? turnInWords({ will: "opens", did: "opened" }, opensAt, zone, now) : "open at once";
}

/** Such as "closes in 2 days 3 hours, 19:00 Europe/Berlin, Sunday 31 January 2027". */
export function closingInWords(closesAt: Date | null, zone: string, now: Date): string {
  return closesAt ? turnInWords({ will: "closes", did: "closed" }, closesAt, zone, now) : "never closes";
}

function turnInWords({ will, did }: Record<"will" | "did", string>, moment: Date, zone: string, now: Date): string {
  const wait = moment.getTime() - now.getTime();
  const when = momentInZone(moment, zone);
  return wait > 0 ? `${will} in ${lengthInWords(wait)}, ${when}` : `${did} ${lengthInWords(-wait)} ago, ${when}`;
}
