/** What a purchase and a reset look like on the wire. Whatever does not fit is refused before the shop sees it. */
import type { IncomingHttpHeaders } from "node:http";
import { z } from "zod";
import { MOST_PER_ORDER, MOST_UNITS } from "#app/shop/item-form.ts";
import { isOwnUuid, isUuid, type Price } from "#app/shop/item.ts";
import { BadRequest } from "./refusals.server.ts";

const units = z
  .number({ message: "`quantity` is a whole number." })
  .int("`quantity` is a whole number.")
  .min(1, "`quantity` is at least 1.")
  // Beyond any item's limit: what is larger is a mistake, not a wish.
  .max(MOST_PER_ORDER, `\`quantity\` is at most ${MOST_PER_ORDER}.`);
const key = z
  .string({ message: "The purchase has no key." })
  .refine(isUuid, "The purchase's key is not a UUID.")
  .refine(isOwnUuid, "The purchase's key is not a UUID of your own.")
  .transform((text) => text.toLowerCase());

/** The price that was shown: compared under the lock, so that nobody pays another. */
const amount = z
  .number({ message: "`amount` is a whole number." })
  .int("`amount` is a whole number.")
  .min(0, "`amount` is at least 0.")
  .max(2_147_483_647, "`amount` is too large.");
const currency = z
  .string({ message: "`currency` is missing." })
  .regex(/^[A-Z]{3}$/, "`currency` is three capital letters.");

const purchaseForm = z
  .object({
    key,
    quantity: z
      .string()
      .regex(/^[0-9]{1,4}$/, "`quantity` is a whole number.")
      .transform(Number)
      .pipe(units)
      .default("1"),
    amount: z
      .string()
      .regex(/^[0-9]{1,10}$/, "`amount` is a whole number.")
      .transform(Number)
      .pipe(amount)
      .optional(),
    currency: currency.optional(),
  })
  .refine(
    (form) => (form.amount === undefined) === (form.currency === undefined),
    "`amount` and `currency` belong together.",
  )
  .transform(({ amount, currency, ...purchase }) => ({
    ...purchase,
    shown: amount !== undefined && currency !== undefined ? { amount, currency } : undefined,
  }));
const purchaseJson = z
  .object(
    {
      quantity: units,
      // The form's own names, which would be a price that nobody looks at here.
      amount: z.undefined({ message: "`price` is { amount, currency }." }),
      currency: z.undefined({ message: "`price` is { amount, currency }." }),
      price: z.object({ amount, currency }, { message: "`price` is { amount, currency }." }).optional(),
    },
    { message: 'The body is JSON like { "quantity": 1 }.' },
  )
  .transform(({ quantity, price }) => ({ quantity, shown: price }));
const resetJson = z
  .object({
    quantity: z
      .number()
      .int("`quantity` is a whole number.")
      .min(0, "`quantity` is at least 0.")
      .max(MOST_UNITS, `\`quantity\` is at most ${MOST_UNITS.toLocaleString("en")}.`)
      .optional(),
  })
  .optional()
  .transform((body) => body ?? {});

/** What a request asks for; `shown` is the price of one unit that its sender saw. */
export interface PurchaseBody {
  key: string;
  quantity: number;
  shown?: Price | undefined;
}

export function parsePurchaseForm(fields: Record<string, string>): PurchaseBody {
  return parse(purchaseForm, fields);
}

/** The key of a JSON purchase is its Idempotency-Key header, with or without the draft standard's quotes. */
export function parsePurchaseJson(headers: IncomingHttpHeaders, body: unknown): PurchaseBody {
  const header = String(headers["idempotency-key"] ?? "")
    .trim()
    .replace(/^"(.*)"$/, "$1");
  if (headers["idempotency-key"] === undefined)
    throw new BadRequest("malformed", "The Idempotency-Key header is missing: a UUID of your own for this purchase.");
  return { key: parse(key, header), ...parse(purchaseJson, body) };
}

export function parseReset(body: unknown): { quantity?: number | undefined } {
  return parse(resetJson, body);
}

function parse<T>(schema: z.ZodType<T, z.ZodTypeDef, unknown>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new BadRequest("malformed", parsed.error.issues[0]?.message ?? "The request does not fit.");
}
