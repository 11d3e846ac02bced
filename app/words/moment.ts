import type { Language } from "./languages.ts";

/**
 * By its name, or "local" for the browser's own. What the server writes, every browser must write alike; only after that it may tell the
 * same in its own zone.
 */
export type Zone = string;

const MINUTE = 60_000;

const LOCALE: Record<Language, string> = { en: "en-GB", de: "de-DE" };

/** Between the day and the time, and after it. */
const AT: Record<Language, [at: string, after: string]> = { en: [" at ", ""], de: [" um ", " Uhr"] };

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one takes longer than all the rest. */
function formatOf(language: Language, zone: Zone, parts: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = [language, zone, ...Object.keys(parts)].join();
  const known = formats.get(name);
  if (known) return known;
  const made = new Intl.DateTimeFormat(LOCALE[language], { ...parts, ...(zone !== "local" && { timeZone: zone }) });
  formats.set(name, made);
  return made;
}

/** Such as "2 December 2026 at 18:00 UTC". */
export function formatMoment(moment: Date, language: Language = "en", zone: Zone = "UTC"): string {
  const [year] = partsOf(moment, language, zone, { year: "numeric" }, "year");
  return `${formatDay(moment, language, zone)} ${year}${AT[language][0]}${formatClock(moment, language, zone)}`;
}

/** Of the next hour or so, such as "18:00 UTC". */
export function formatClock(moment: Date, language: Language = "en", zone: Zone = "UTC"): string {
  const [hour, minute] = partsOf(
    moment,
    language,
    zone,
    { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
    "hour",
    "minute",
  );
  return `${hour}:${minute}${AT[language][1]} ${zoneName(moment, language, zone)}`;
}

/** Rounded up, as an opening is. */
export function formatClockAfter(moment: Date, language: Language = "en", zone: Zone = "UTC"): string {
  return formatClock(minuteOf(moment), language, zone);
}

/** Rounded up: nobody is told a minute in which the sale is not open yet. */
export function formatOpening(opensAt: Date, language: Language = "en", zone: Zone = "UTC"): string {
  return formatMoment(minuteOf(opensAt), language, zone);
}

/** Of the same minute, such as "2 December, 18:00 UTC". */
export function formatOpeningSoon(opensAt: Date, language: Language = "en", zone: Zone = "UTC"): string {
  const minute = minuteOf(opensAt);
  return `${formatDay(minute, language, zone)}, ${formatClock(minute, language, zone)}`;
}

function minuteOf(opensAt: Date): Date {
  return new Date(Math.ceil(opensAt.getTime() / MINUTE) * MINUTE);
}

/** Such as "2 December". */
export function formatDay(moment: Date, language: Language = "en", zone: Zone = "UTC"): string {
  return formatOf(language, zone, { day: "numeric", month: "long" }).format(moment);
}

function zoneName(moment: Date, language: Language, zone: Zone): string {
  if (zone !== "local") return zone;
  return partsOf(moment, language, zone, { timeZoneName: "short" }, "timeZoneName")[0] ?? "";
}

function partsOf(
  moment: Date,
  language: Language,
  zone: Zone,
  asked: Intl.DateTimeFormatOptions,
  ...wanted: Intl.DateTimeFormatPartTypes[]
): string[] {
  const parts = formatOf(language, zone, asked).formatToParts(moment);
  return wanted.map((type) => parts.find((part) => part.type === type)?.value ?? "");
}
