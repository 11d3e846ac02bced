/** Cookies of this shop, as they come and as they are given. */
import type { Exchange } from "./exchange.server.ts";

/**
 * All that came under this name: another page of the same host may have left one. By https a plain one counts for nothing, and no sister
 * domain and no plain page can plant one that counts: whoever has planted its own valid cookie would read the victim's pages later.
 */
export function cookiesNamed(exchange: Exchange, name: string): string[] {
  const { cookie } = exchange.request.headers;
  if (cookie === undefined) return [];
  const wanted = nameOf(exchange, name);
  const pairs = cookie.split(";").map((pair) => pair.trim().split(/=(.*)/s));
  return pairs.filter(([sent]) => sent === wanted).flatMap(([, value]) => value || []);
}

/** The Set-Cookie header that gives one to a browser, for so many seconds. */
export function cookieLine(exchange: Exchange, name: string, value: string, seconds: number): string {
  const secure = exchange.isHttps ? "; Secure" : "";
  return `${nameOf(exchange, name)}=${value}; Max-Age=${seconds}; Path=/; HttpOnly${secure}; SameSite=Lax`;
}

function nameOf({ isHttps }: Exchange, name: string): string {
  return isHttps ? `__Host-${name}` : name;
}
