/** A purchase: a buyer's wish, joined to the item's till, and what comes of it. */
import { getItem } from "./catalogue.server.ts";
import type { Wish } from "./decide.ts";
import { isItemId, isUuid } from "./item.ts";
import { memory } from "./memory.server.ts";
import type { PurchaseOutcome } from "./outcome.ts";
import { shopTills, type Tills } from "./tills.server.ts";

export interface PurchaseRequest extends Wish {
  itemId: string;
}

/**
 * Buys, all or nothing. Anything a buyer or a busy database can cause is an outcome, not an exception. It throws only
 * for bugs, and for an unknown item while the database is unreachable.
 */
export async function purchase(request: PurchaseRequest, tills: Tills = shopTills): Promise<PurchaseOutcome> {
  const { itemId, ...wish } = request;
  if (!isItemId(itemId)) return { kind: "not_found" };
  if (!isUuid(wish.buyerId) || !isUuid(wish.key)) throw new TypeError("buyerId and key are UUIDs");
  // A till for each name that somebody makes up would take the connections that sell. One added a moment ago is not remembered yet.
  if (memory.isFresh && !memory.item(itemId) && !(await getItem(itemId))) return { kind: "not_found" };
  return tills.join(itemId, { ...wish, buyerId: wish.buyerId.toLowerCase(), key: wish.key.toLowerCase() });
}
