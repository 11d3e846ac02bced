import type { IncomingHttpHeaders } from "node:http";

/**
 * Whether a request was made by a page of another site. Browsers say so in Sec-Fetch-Site, older ones in Origin;
 * programs send neither, and have no cookies of a browser to abuse.
 * Behind a proxy, Host (or X-Forwarded-Host) must be the name that browsers use.
 */
export function isCrossSite(headers: IncomingHttpHeaders): boolean {
  const site = headers["sec-fetch-site"];
  if (site && site !== "same-origin" && site !== "none") return true;
  const { origin } = headers;
  if (origin === undefined) return false;
  const forwarded = headers["x-forwarded-host"];
  const host = (Array.isArray(forwarded) ? forwarded[0] : forwarded)?.split(",")[0]?.trim() || headers.host;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}
