/** Who is buying: a random id in a signed cookie, made on the first visit. Nobody needs an account. */
import { createHmac, randomUUID } from "node:crypto";
import { createCookie } from "@remix-run/node";
import { env } from "#app/env.server.ts";
import { isUuid } from "#app/shop/item.ts";
import { currentExchange, type Exchange } from "./exchange.server.ts";

const YEAR = 60 * 60 * 24 * 365;
const NAME = "buyer";
/** A page's data alone has no other header to keep it out of a cache that others share. */
const PERSONAL = { "Cache-Control": "private, no-cache" };
const signedWith = (secrets: string[]) =>
  createCookie(NAME, { httpOnly: true, sameSite: "lax", path: "/", maxAge: YEAR, secrets });
const [newest = "", ...retiring] = env.COOKIE_SECRET;
const cookie = signedWith([newest]);
/** What was signed before the secret was changed: accepted, and signed anew, so that the old secret can be dropped one day. */
const earlierCookie = retiring.length > 0 ? signedWith(retiring) : undefined;

export interface Buyer {
  id: string;
  /** For the answer: a cookie for a buyer who has none yet, and that it is for this buyer alone. */
  headers: Headers;
  /** Without a good cookie so far, and so without orders, unless this very request makes one. */
  isNew: boolean;
  /** A cookie came along, but it was not signed by this shop, or not whole. `id` is a new one then. */
  forged: boolean;
}

/** The buyer of a page: known by the cookie, or new. */
export function getBuyer(request: Request): Promise<Buyer> {
  return identify(request, randomUUID);
}

/**
 * The buyer of a purchase. One without a cookie is told by the key instead: when the first answer was lost, cookie
 * and all, the repeat must come from the same buyer, or it would buy twice. `namelessBuyerIds` are for a repeat that has
 * found a cookie meanwhile.
 */
export async function getBuyerOfKey(request: Request, key: string): Promise<Buyer & { namelessBuyerIds: string[] }> {
  const namelessBuyerIds = namelessIds(key);
  return { ...(await identify(request, () => namelessBuyerIds[0] ?? randomUUID())), namelessBuyerIds };
}

/** Whom a key stands for without a cookie: now, and before the secret was changed. */
function namelessIds(key: string): string[] {
  return env.COOKIE_SECRET.map((secret) => derivedUuid(secret, "buyer", key.toLowerCase()));
}

/**
 * Whose orders this request may read: its buyer's, and with `?key=` those of one who came with that key and without a
 * cookie. A key does not open what was bought with a cookie: to others it is just a key.
 */
export async function getReaders(request: Request): Promise<string[]> {
  const { id } = await getBuyer(request);
  const key = new URL(request.url).searchParams.get("key");
  return isUuid(key) ? [id, ...namelessIds(key)] : [id];
}

/**
 * The key that the item page puts into its form for the buyer's n-th order of a run. It follows from what it is for,
 * so a reload, the back button and a second tab carry the same key, and together buy once.
 */
export function formKey(buyerId: string, itemId: string, run: number, nth: number): string {
  return derivedUuid(env.COOKIE_SECRET[0] ?? "", "key", buyerId, itemId, run, nth);
}

/** Kept for the exchange: a page that answers a purchase is rendered for the buyer who made it. */
const identified = new WeakMap<Exchange, Promise<Buyer>>();

function identify(request: Request, makeId: () => string): Promise<Buyer> {
  const exchange = currentExchange();
  const known = identified.get(exchange) ?? readCookie(request, makeId);
  identified.set(exchange, known);
  return known;
}

async function readCookie(request: Request, makeId: () => string): Promise<Buyer> {
  const header = request.headers.get("Cookie");
  const id: unknown = await cookie.parse(header);
  if (isUuid(id)) return { id, headers: new Headers(PERSONAL), isNew: false, forged: false };
  const earlierId: unknown = await earlierCookie?.parse(header);
  if (isUuid(earlierId)) return { id: earlierId, headers: await introducing(earlierId), isNew: false, forged: false };
  const forged = new RegExp(`(^|;\\s*)${NAME}=[^;]`).test(header ?? "");
  const made = forged ? randomUUID() : makeId();
  return { id: made, headers: await introducing(made), isNew: true, forged };
}

/** The headers that make a browser this buyer's. */
async function introducing(id: string): Promise<Headers> {
  return new Headers({ ...PERSONAL, "Set-Cookie": await cookie.serialize(id, { secure: currentExchange().isHttps }) });
}

/** A UUID that only this shop can compute (version 8, RFC 9562: the bits are the maker's own, here an HMAC's). */
function derivedUuid(secret: string, ...parts: (string | number)[]): string {
  const hex = createHmac("sha256", secret).update(JSON.stringify(parts)).digest("hex");
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
