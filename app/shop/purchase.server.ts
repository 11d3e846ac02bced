/** A purchase: a buyer's wish, joined to the item's till, and what comes of it. */
import { env } from "#app/env.server.ts";
import { singleton } from "#app/singleton.server.ts";
import { AddressUnits } from "./address-units.ts";
import { isPaid } from "./decide.ts";
import { addressHolds } from "./holding-addresses.server.ts";
import { getItem } from "./catalogue.server.ts";
import type { Wish } from "./commands.ts";
import { isItemId, isUuid, type Item } from "./item.ts";
import { memory } from "./memory.server.ts";
import type { PurchaseOutcome } from "./outcome.ts";
import { shopTills, type Tills } from "./tills.server.ts";

export interface PurchaseRequest extends Omit<Wish, "kind" | "addressLimit" | "askedAt"> {
  itemId: string;
  /** The network address the request came from. Absent: it is not counted. */
  address?: string;
}

/** What this instance has sold to each address. Others count for themselves. */
const addressUnits = singleton("address-units", () => new AddressUnits(env.UNITS_PER_ADDRESS));

/**
 * Buys, or holds what is to be paid for, all or nothing. Anything a buyer or a busy database can cause is an outcome, not an exception. It throws only
 * for bugs, and for an unknown item while the database is unreachable.
 */
export async function purchase(request: PurchaseRequest, tills: Tills = shopTills): Promise<PurchaseOutcome> {
  const { itemId, address, ...wish } = request;
  if (!isItemId(itemId)) return { kind: "not_found" };
  if (!isUuid(wish.buyerId) || !isUuid(wish.key)) throw new TypeError("buyerId and key are UUIDs");
  const remembered = memory.item(itemId);
  // A till for each name that somebody makes up would take the connections that sell. One added a moment ago is not remembered yet.
  if (memory.isFresh && !remembered && !(await getItem(itemId))) return { kind: "not_found" };

  const [buyerId, key] = [wish.buyerId.toLowerCase(), wish.key.toLowerCase()];
  const named: Wish = { ...wish, kind: "buy", buyerId, key, askedAt: performance.now() };
  if (address === undefined || !remembered) return tills.join(itemId, named);
  if (isPaid({ ...remembered, priceAmount: remembered.price.amount }))
    return holdFrom(address, remembered, named, tills);
  if (remembered.limitPerBuyer === null) return tills.join(itemId, named);
  return joinFrom(address, remembered, named, tills);
}

/** One script must not hold everything for ever, however many buyers it makes up. */
async function holdFrom(address: string, item: Item, wish: Wish, tills: Tills): Promise<PurchaseOutcome> {
  const refusal = addressHolds?.refusalOf(item.id, address, item.holdSeconds, memory.now.getTime());
  // Not refused here: the key may have held before, and that hold is found first.
  const heldByAddress = refusal && {
    limit: refusal.limit,
    until: refusal.until === undefined ? undefined : new Date(refusal.until).toISOString(),
  };
  const ask = (named: Wish) =>
    item.limitPerBuyer === null ? tills.join(item.id, named) : joinFrom(address, item, named, tills);
  const outcome = await ask(heldByAddress ? { ...wish, heldByAddress } : wish);
  if (outcome.kind === "held") addressHolds?.hold(item.id, address, outcome.hold.id, outcome.hold.expiresAt.getTime());
  return outcome;
}

/** Whoever comes without a cookie is a new buyer each time, whom no limit for each buyer meets: so the address is counted, too. */
async function joinFrom(address: string, item: Item, wish: Wish, tills: Tills): Promise<PurchaseOutcome> {
  const takeBack = addressUnits.take(`${item.id} ${item.run}`, address, wish.quantity);
  // Not refused here: the key may have bought before, and its order is found first.
  if (!takeBack) return tills.join(item.id, { ...wish, addressLimit: env.UNITS_PER_ADDRESS });
  let outcome: PurchaseOutcome | undefined;
  try {
    return (outcome = await tills.join(item.id, wish));
  } finally {
    // Nor is one whose outcome is not known yet: each time it is sent again, it would count again, and lock the address out.
    if (outcome?.kind !== "purchased" && outcome?.kind !== "held") takeBack();
  }
}
