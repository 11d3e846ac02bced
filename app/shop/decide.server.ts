/** Who gets what: the decision itself, on what the transaction has read under the lock. It reads and writes nothing. */
import type { KeyedOrder, Order, Stock } from "./item.ts";
import { type LockedItem, type Sale, stockOf } from "./ledger.server.ts";

export interface Wish {
  buyerId: string;
  /** The buyer's name for this attempt. The same key again finds the same order. */
  key: string;
  quantity: number;
  /** Whom this key stands for when it comes without a cookie, as it may have come before. `buyerId` among them: it does now. */
  namelessBuyerIds?: readonly string[];
}

export type Decision =
  | { kind: "purchased"; order: Order }
  /** `own`: it is this buyer's. Otherwise it came without a cookie then, and the key opens its receipt. */
  | { kind: "repeated"; order: Order; own: boolean }
  /** The key already made an order of something else, or, to one who comes without a cookie, an order that only its buyer's cookie opens. */
  | { kind: "key_reused" }
  | { kind: "not_open"; opensAt: Date; stock: Stock }
  /** The quantity was 0 while this buyer held the row. */
  | { kind: "sold_out"; stock: Stock }
  /** Some are left, but fewer than asked for. */
  | { kind: "not_enough"; stock: Stock }
  /** `limit` units an order may have, or a buyer in a run. */
  | { kind: "limit_reached"; limit: number; per: "order" | "buyer"; stock: Stock };

export interface Known {
  item: LockedItem;
  /** The orders that the wishes' keys have made before, of whichever buyer and item. */
  earlier: KeyedOrder[];
  /** Units each buyer owns of this run, where the item limits them. */
  owned: ReadonlyMap<string, number>;
}

/**
 * Decides the wishes one after the other, each on what those before have left: all or nothing for each, and one that
 * is refused leaves everything to the next. `makeId` names new orders.
 */
export function decide(
  wishes: Wish[],
  { item, earlier, owned }: Known,
  makeId: () => string,
): { decisions: Decision[]; sales: Sale[]; after: LockedItem } {
  const after = { ...item };
  const sales: Sale[] = [];
  const made = Map.groupBy(earlier, ({ key }) => key);
  const units = new Map(owned);

  const decisions = wishes.map((wish): Decision => {
    const ofThisKey = made.get(wish.key) ?? [];
    const known = orderOf(wish, ofThisKey);
    if (known?.itemId === item.id && known.quantity === wish.quantity)
      return { kind: "repeated", order: known, own: known.buyerId === wish.buyerId };
    if (known || (isNameless(wish) && ofThisKey.length > 0)) return { kind: "key_reused" };

    const refusal = refusalOf(wish, after, units.get(wish.buyerId) ?? 0);
    if (refusal) return refusal;

    after.quantity -= wish.quantity;
    after.version += 1;
    after.lastNumber += 1;
    units.set(wish.buyerId, (units.get(wish.buyerId) ?? 0) + wish.quantity);
    const order: Order = {
      id: makeId(),
      itemId: item.id,
      run: item.run,
      number: after.lastNumber,
      quantity: wish.quantity,
      price: { amount: item.priceAmount, currency: item.currency },
      placedAt: item.lockedAt,
    };
    made.set(wish.key, [...(made.get(wish.key) ?? []), { ...order, buyerId: wish.buyerId, key: wish.key }]);
    sales.push({ order, buyerId: wish.buyerId, key: wish.key, version: after.version, balance: after.quantity });
    return { kind: "purchased", order };
  });
  return { decisions, sales, after };
}

/** Of the orders that the wish's key has made, the wish's own: the buyer's, or one that came without a cookie. */
function orderOf({ buyerId, namelessBuyerIds = [] }: Wish, orders: KeyedOrder[]): KeyedOrder | undefined {
  return (
    orders.find((order) => order.buyerId === buyerId) ??
    orders.find((order) => namelessBuyerIds.includes(order.buyerId))
  );
}

function isNameless({ buyerId, namelessBuyerIds = [] }: Wish): boolean {
  return namelessBuyerIds.includes(buyerId);
}

function refusalOf(wish: Wish, item: LockedItem, owned: number): Decision | undefined {
  const stock = stockOf(item);
  if (item.notOpen && item.opensAt) return { kind: "not_open", opensAt: item.opensAt, stock };
  if (item.quantity === 0) return { kind: "sold_out", stock };
  if (wish.quantity > item.maxPerOrder) return { kind: "limit_reached", limit: item.maxPerOrder, per: "order", stock };
  if (item.limitPerBuyer !== null && owned + wish.quantity > item.limitPerBuyer)
    return { kind: "limit_reached", limit: item.limitPerBuyer, per: "buyer", stock };
  if (wish.quantity > item.quantity) return { kind: "not_enough", stock };
  return undefined;
}
