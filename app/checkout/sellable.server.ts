/** Whether what an operator wants to be paid by card can be: by the price, and in this shop. */
import { env } from "#app/env.server.ts";
import { takesCards } from "#app/settings.server.ts";
import type { Item } from "#app/shop/item.ts";
import { whyNotPayable } from "./amounts.ts";

export type NotSellable = { field: "price"; says: string } | { field: "payment" };

/** `says`: the end of a sentence that begins with the price. Of `payment`: the shop takes no cards. Undefined when it can be sold. */
export function whyNotSellable({
  payment,
  price,
  maxPerOrder,
}: Pick<Item, "payment" | "price" | "maxPerOrder">): NotSellable | undefined {
  if (payment !== "card" || price.amount === 0) return undefined;
  const says = whyNotPayable(price, maxPerOrder);
  if (says) return { field: "price", says };
  return takesCards(env) ? undefined : { field: "payment" };
}
