/** In UTC, and from parts that every version of the language data writes alike: the server and every browser must write the same words. */
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", timeZone: "UTC" });
const MINUTE = 60_000;

/** Such as "2 December 2026 at 18:00 UTC". */
export function formatMoment(moment: Date): string {
  return `${formatDay(moment)} ${moment.getUTCFullYear()} at ${moment.toISOString().slice(11, 16)} UTC`;
}

/** Of the next hour or so, such as "18:00 UTC". */
export function formatClock(moment: Date): string {
  return `${moment.toISOString().slice(11, 16)} UTC`;
}

/** Rounded up, as an opening is. */
export function formatClockAfter(moment: Date): string {
  return formatClock(minuteOf(moment));
}

/** Rounded up: nobody is told a minute in which the sale is not open yet. */
export function formatOpening(opensAt: Date): string {
  return formatMoment(minuteOf(opensAt));
}

/** Of the same minute, such as "2 December". */
export function formatOpeningDay(opensAt: Date): string {
  return formatDay(minuteOf(opensAt));
}

function minuteOf(opensAt: Date): Date {
  return new Date(Math.ceil(opensAt.getTime() / MINUTE) * MINUTE);
}

/** Such as "2 December". */
export function formatDay(moment: Date): string {
  return DAY.format(moment);
}
