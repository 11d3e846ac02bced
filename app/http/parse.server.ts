/** What a purchase and a reset look like on the wire. Whatever does not fit is refused before the shop sees it. */
import type { IncomingHttpHeaders } from "node:http";
import { MOST_PER_ORDER, MOST_UNITS } from "#app/shop/item-form.ts";
import { isOwnUuid, isUuid, type Price } from "#app/shop/item.ts";
import { BadRequest } from "./refusals.server.ts";

/** What a request asks for; `shown` is the price of one unit that its sender saw. */
export interface PurchaseBody {
  key: string;
  quantity: number;
  shown?: Price | undefined;
}

/** PostgreSQL's largest integer, which is what the shop keeps a price as. */
const MOST_MINOR_UNITS = 2_147_483_647;

export function parsePurchaseForm(fields: Record<string, string>): PurchaseBody {
  const key = keyOf(fields.key);
  const quantity = unitsOf(digitsOf(fields.quantity ?? "1", 4));
  const amount = fields.amount === undefined ? undefined : amountOf(digitsOf(fields.amount, 10));
  const currency = fields.currency === undefined ? undefined : currencyOf(fields.currency);
  if ((amount === undefined) !== (currency === undefined)) throw malformed("`amount` and `currency` belong together.");
  return { key, quantity, shown: amount !== undefined && currency !== undefined ? { amount, currency } : undefined };
}

/** The key of a JSON purchase is its Idempotency-Key header, with or without the draft standard's quotes. */
export function parsePurchaseJson(headers: IncomingHttpHeaders, body: unknown): PurchaseBody {
  const header = headers["idempotency-key"];
  if (header === undefined)
    throw malformed("The Idempotency-Key header is missing: a UUID of your own for this purchase.");
  const key = keyOf(
    String(header)
      .trim()
      .replace(/^"(.*)"$/, "$1"),
  );
  if (!isObject(body)) throw malformed(BODY);
  const quantity = unitsOf(body.quantity);
  // The form's own names, which would be a price that nobody looks at here.
  if (body.amount !== undefined || body.currency !== undefined) throw malformed(PRICE);
  return { key, quantity, shown: body.price === undefined ? undefined : priceOf(body.price) };
}

export function parseReset(body: unknown): { quantity?: number } {
  if (body === undefined) return {};
  if (!isObject(body)) throw malformed(BODY);
  if (body.quantity === undefined) return {};
  return { quantity: wholeNumber("quantity", body.quantity, 0, MOST_UNITS) };
}

const BODY = 'The body is JSON like { "quantity": 1 }.';
const PRICE = "`price` is { amount, currency }.";

function keyOf(text: string | undefined): string {
  if (text === undefined) throw malformed("The purchase has no key.");
  if (!isUuid(text)) throw malformed("The purchase's key is not a UUID.");
  if (!isOwnUuid(text)) throw malformed("The purchase's key is not a UUID of your own.");
  return text.toLowerCase();
}

/** Beyond any item's limit a number is a mistake, not a wish. */
function unitsOf(value: unknown): number {
  return wholeNumber("quantity", value, 1, MOST_PER_ORDER);
}

/** The price that was shown: compared under the lock, so that nobody pays another. */
function priceOf(value: unknown): Price {
  if (!isObject(value)) throw malformed(PRICE);
  return { amount: amountOf(value.amount), currency: currencyOf(value.currency) };
}

function amountOf(value: unknown): number {
  return wholeNumber("amount", value, 0, MOST_MINOR_UNITS);
}

function currencyOf(value: unknown): string {
  if (typeof value !== "string") throw malformed("`currency` is missing.");
  if (!/^[A-Z]{3}$/.test(value)) throw malformed("`currency` is three capital letters.");
  return value;
}

function wholeNumber(name: string, value: unknown, least: number, most: number): number {
  if (typeof value !== "number" || !Number.isInteger(value)) throw malformed(`\`${name}\` is a whole number.`);
  if (value < least) throw malformed(`\`${name}\` is at least ${least}.`);
  if (value > most) throw malformed(`\`${name}\` is at most ${most.toLocaleString("en")}.`);
  return value;
}

/** The number that a form's field says in so many digits at most; undefined if it says none. */
function digitsOf(text: string, most: number): number | undefined {
  return text.length <= most && /^[0-9]+$/.test(text) ? Number(text) : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(detail: string): BadRequest {
  return new BadRequest("malformed", detail);
}
