/**
 * How the browser asked, as the proxies on the way pass it on. Believed from whoever says it: no page of another site can
 * make a browser send these headers (a script that tries is asked for leave first, and the shop gives none), and a program
 * that lies about them deceives nobody but itself. What counts visitors is another matter: visitor-address.ts.
 */
import type { IncomingHttpHeaders } from "node:http";

/** The shop's name as the browser has it, with its port unless that is the scheme's own. */
export function publicHost(headers: IncomingHttpHeaders): string | undefined {
  return firstOf(headers["x-forwarded-host"]) || headers.host;
}

export function isHttps(headers: IncomingHttpHeaders): boolean {
  return firstOf(headers["x-forwarded-proto"])?.toLowerCase() === "https";
}

/** Each proxy may have added to the list what it was asked; the first is the browser's own. */
function firstOf(list: string | string[] | undefined): string | undefined {
  if (list === undefined) return undefined;
  return String(list).split(",")[0]?.trim();
}
