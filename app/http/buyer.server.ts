/** Who is buying: a random id in a signed cookie, made on the first visit. Nobody needs an account. */
import { randomUUID } from "node:crypto";
import { env } from "#app/env.server.ts";
import { isUuid } from "#app/shop/item.ts";
import { singleton } from "#app/singleton.server.ts";
import type { AnswerHeaders } from "./answer.ts";
import { cookieLine, cookiesNamed } from "./cookies.server.ts";
import { currentExchange, type Exchange } from "./exchange.server.ts";
import { HmacKey } from "./hmac-key.ts";
import { Arrivals } from "./arrivals.ts";
import { SignedCookie } from "./signed-cookie.ts";

const YEAR = 60 * 60 * 24 * 365;
/** Milliseconds after which a cookie that is used is given anew, so that it never ends while its buyer comes back. */
const RENEWED_AFTER = 30 * 24 * 60 * 60 * 1_000;
const NAME = "buyer";
/** A page's data alone has no other header to keep it out of a cache that others share. */
const PERSONAL = { "Cache-Control": "private, no-cache" };
const keys = env.COOKIE_SECRET.map((secret) => new HmacKey(secret));
const cookie = new SignedCookie(keys);

const newBuyers = singleton("new-buyers", () => new Arrivals(env.NEW_BUYERS_PER_ADDRESS));

/** What a cookie says, signed. Times in milliseconds since 1970, by the clock of the instance that gave it. */
interface Told {
  id: string;
  /** When its buyer came first. Absent in cookies of earlier versions. */
  since?: number | undefined;
  /** Milliseconds that its buyer came too early, as one of too many from one address. */
  wait?: number | undefined;
  /** When it was given, or given anew. */
  at?: number | undefined;
}

export interface Buyer {
  id: string;
  /** For the answer: a cookie for a buyer who has none yet, and that it is for this buyer alone. */
  headers: AnswerHeaders;
  /** Without a good cookie so far, and so without orders, unless this very request makes one. */
  isNew: boolean;
  /** A cookie came along, but it was not signed by this shop, or not whole. `id` is a new one then. */
  forged: boolean;
  /**
   * Milliseconds since the buyer came first, less what it came too early: Infinity of one who came with an earlier version
   * of this shop, undefined of one who is new.
   */
  cookieAge: number | undefined;
}

/** The buyer of a page: known by the cookie, or new. */
export function getBuyer(): Buyer {
  return identify(randomUUID);
}

/**
 * The buyer of a purchase. One without a cookie is told by the key instead: when the first answer was lost, cookie
 * and all, the repeat must come from the same buyer, or it would buy twice. `namelessBuyerIds` are for a repeat that has
 * found a cookie meanwhile.
 */
export function getBuyerOfKey(key: string): Buyer & { namelessBuyerIds: string[] } {
  const namelessBuyerIds = namelessIds(key);
  return { ...identify(() => namelessBuyerIds[0] ?? randomUUID()), namelessBuyerIds };
}

/** Whom a key stands for without a cookie: now, and before the secret was changed. */
function namelessIds(key: string): string[] {
  return keys.map((secret) => derivedUuid(secret, "buyer", key.toLowerCase()));
}

/**
 * Whose orders this request may read: its buyer's, and with `?key=` those of one who came with that key and without a
 * cookie. A key does not open what was bought with a cookie: to others it is just a key.
 */
export function getReaders(): string[] {
  // Who only reads is given no cookie, and is no new buyer.
  const known = recognise(cookiesNamed(currentExchange(), NAME));
  const key = keyHere();
  return [...(known ? [known.told.id] : []), ...(key === undefined ? [] : namelessIds(key))];
}

/** Of an address that leads on from this one: `?key=` again for one who came by it, or nothing. */
export function byKeyHere(): string {
  const key = keyHere();
  return key === undefined ? "" : `?key=${key}`;
}

function keyHere(): string | undefined {
  const key = currentExchange().url.searchParams.get("key");
  return isUuid(key) ? key : undefined;
}

/**
 * The key that the item page puts into its form for the buyer's n-th order of a run. It follows from what it is for,
 * so a reload, the back button and a second tab carry the same key, and together buy once.
 */
export function formKey(buyerId: string, itemId: string, run: number, nth: number): string {
  return derivedUuid(newestKey(), "key", buyerId, itemId, run, nth);
}

function newestKey(): HmacKey {
  const [newest] = keys;
  if (!newest) throw new Error("cookies need a secret");
  return newest;
}

function identify(makeId: () => string): Buyer {
  const exchange = currentExchange();
  return (exchange.buyer ??= readCookie(exchange, makeId));
}

function readCookie(exchange: Exchange, makeId: () => string): Buyer {
  const sent = cookiesNamed(exchange, NAME);
  const known = recognise(sent);
  const now = Date.now();
  if (known) {
    const { told, isNewest } = known;
    const isAsItShouldBe = isNewest && now - (told.at ?? 0) < RENEWED_AFTER;
    return {
      id: told.id,
      headers: isAsItShouldBe ? { ...PERSONAL } : introducing({ ...told, at: now }),
      isNew: false,
      forged: false,
      cookieAge: ageOf(told, now),
    };
  }
  const forged = sent.length > 0;
  const wait = newBuyers.arrive(exchange.address);
  const told: Told = { id: forged ? randomUUID() : makeId(), since: now, at: now, ...(wait > 0 && { wait }) };
  return { id: told.id, headers: introducing(told), isNew: true, forged, cookieAge: undefined };
}

/**
 * Another page of the same host may have left a cookie of the same name: the first that this shop has signed is its own.
 * `isNewest`: by the secret that signs now.
 */
function recognise(sent: string[]): { told: Told; isNewest: boolean } | undefined {
  for (const value of sent) {
    const read = cookie.read(value);
    const told = read && toldBy(read.content);
    if (told) return { told, isNewest: read.isNewest };
  }
  return undefined;
}

/** A cookie's content, if it is a buyer's: earlier versions kept the id alone. */
function toldBy(content: unknown): Told | undefined {
  if (isUuid(content)) return { id: content };
  if (typeof content !== "object" || content === null) return undefined;
  const { id, since, wait, at } = content as Record<string, unknown>;
  if (!isUuid(id)) return undefined;
  const time = (value: unknown) => (typeof value === "number" ? value : undefined);
  return { id, since: time(since), wait: time(wait), at: time(at) };
}

/** By how far apart the two clocks' times are: that of another instance may be ahead. */
function ageOf({ since, wait = 0 }: Told, now: number): number {
  return since === undefined ? Infinity : Math.abs(now - since) - wait;
}

/** The headers that make a browser this buyer's. */
function introducing(told: Told): AnswerHeaders {
  return { ...PERSONAL, "Set-Cookie": cookieLine(currentExchange(), NAME, cookie.write(told), YEAR) };
}

/** A UUID that only this shop can compute (version 8, RFC 9562: the bits are the maker's own, here an HMAC's). */
function derivedUuid(secret: HmacKey, ...parts: (string | number)[]): string {
  // As JSON, so that no two lists of parts make one text.
  const hex = secret.sign(JSON.stringify(parts), "hex");
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
