import type { IncomingHttpHeaders } from "node:http";
import { isHttps, publicHost } from "./forwarded.ts";

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
  if (!URL.canParse(origin)) return true;
  const { protocol, host } = new URL(origin);
  // A page that came in the clear may be anyone's on the way. The other way round it is this shop's behind a proxy that keeps the scheme to itself.
  if (protocol !== "https:" && isHttps(headers)) return true;
  // Read as the origin is, so that `shop.example:443` and `shop.example` are one.
  const own = `${protocol}//${publicHost(headers) ?? ""}`;
  return !URL.canParse(own) || new URL(own).host !== host;
}
