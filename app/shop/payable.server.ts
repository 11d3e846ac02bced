import { env } from "#app/env.server.ts";
import { report } from "#app/report.server.ts";
import { takesCards } from "#app/settings.server.ts";
import { singleton } from "#app/singleton.server.ts";
import { isPaid } from "./decide.ts";
import type { Payment } from "./item.ts";

/**
 * The item, paused if it is to be paid by card in a shop that takes none: as after the keys were taken away. What is held already can still be
 * paid for when they are back.
 */
export function unlessUnpayable<T extends { paused: boolean; payment: Payment; priceAmount: number }>(item: T): T {
  if (!isPaid(item) || takesCards(env)) return item;
  singleton("cards-not-taken", () => {
    report("cards_not_taken");
    return true;
  });
  return { ...item, paused: true };
}
