import { CURRENCIES } from "#app/shop/money.ts";
import { command } from "./command.ts";

/** What `npm run items` runs, and how it ends. */
export const items = (args: string[], settings?: Record<string, string | undefined>, input?: string) =>
  command("ops/items.ts", args, settings, input);

/** An item in each currency, as a file tells it, all at the same amount: `in-eur`, `in-huf` and so on. */
export const IN_EVERY_CURRENCY = CURRENCIES.map((currency) => ({
  id: `in-${currency.toLowerCase()}`,
  name: currency,
  picture: "/items/moon-moth.svg",
  pictureAlt: "A moth.",
  price: { amount: 1_234_567, currency },
  quantity: 1,
}));
