/** Who gets what: the decision itself, on what the transaction has read under the lock. It reads and writes nothing. */
import { type KeyedOrder, onlyStock, type Order, type Price, type Stock, stateOf } from "./item.ts";

export interface Wish {
  buyerId: string;
  /** The buyer's name for this attempt. The same key again finds the same order. */
  key: string;
  quantity: number;
  /** The price of one unit that the buyer was shown. Absent: the buyer takes the item's price, whatever it is. */
  shown?: Price | undefined;
  /**
   * Milliseconds since the buyer was given a cookie, Infinity when that is too long ago to be known. Absent: no cookie came
   * along. Only a limit for each buyer asks for it, since whoever comes without one is a new buyer each time.
   */
  cookieAge?: number | undefined;
  /** Time (performance.now) at which it was that old: it grows while the wish waits for its decision. */
  askedAt?: number | undefined;
  /** Units of a run that the buyer's address may have, when it would have more with these. */
  addressLimit?: number | undefined;
  /** The buyers this key stands for when sent without a cookie (one per secret in use). If `buyerId` is one of them, this request came without a cookie. */
  namelessBuyerIds?: readonly string[];
}

export type Decision =
  | { kind: "purchased"; order: Order }
  /** `own`: it is this buyer's. Otherwise it came without a cookie then, and the key opens its receipt. */
  | { kind: "repeated"; order: Order; own: boolean }
  /** The key already made an order of something else, or, to one who comes without a cookie, an order that only its buyer's cookie opens. */
  | { kind: "key_reused" }
  | { kind: "not_open"; opensAt: Date; stock: Stock }
  /** An operator has stopped the sale for now. */
  | { kind: "paused"; stock: Stock }
  /** The quantity was 0 while this buyer held the row. */
  | { kind: "sold_out"; stock: Stock }
  /** The buyer was shown another price than the item has. */
  | { kind: "price_changed"; was: Price; now: Price; stock: Stock }
  /** The item limits its buyers, and this one has no cookie yet, or one that is too young. Later, the same attempt can buy. */
  | { kind: "cookie_needed"; retryAfterSeconds: number; stock: Stock }
  /** Some are left, but fewer than asked for. */
  | { kind: "not_enough"; stock: Stock }
  /** `limit` units an order may have, or in a run a buyer, who owns `owned` of them, or all buyers from one address. */
  | { kind: "limit_reached"; limit: number; per: "order" | "buyer" | "address"; owned: number; stock: Stock };

/** An item as it is while its stock is locked. */
export interface LockedItem {
  id: string;
  name: string;
  quantity: number;
  version: number;
  edition: number;
  epoch: number;
  run: number;
  lastNumber: number;
  startingQuantity: number;
  maxPerOrder: number;
  limitPerBuyer: number | null;
  opensAt: Date | null;
  /** By the database's clock, when the lock was given. */
  notOpen: boolean;
  paused: boolean;
  lockedAt: Date;
  priceAmount: number;
  currency: string;
}

/** One order to be written, with the item's version and quantity after it. */
export interface Sale {
  order: Order;
  buyerId: string;
  key: string;
  version: number;
  balance: number;
}

export interface Known {
  item: LockedItem;
  /** The orders that the wishes' keys have made before, of whichever buyer and item. */
  earlier: KeyedOrder[];
  /** Units each buyer owns of this run, where the item limits them. */
  owned: ReadonlyMap<string, number>;
  /** Milliseconds that a cookie must be old to buy what limits its buyers, unless it was given before the opening; 0 asks for none. */
  buyerAge?: number;
}

export interface Decided {
  /** One for each wish, in their order. */
  decisions: Decision[];
  sales: Sale[];
  after: LockedItem;
}

/**
 * Decides the wishes one after the other, each on what those before have left: all or nothing for each, and one that
 * is refused leaves everything to the next. `makeId` names new orders.
 */
export function decide(wishes: Wish[], { item, earlier, owned, buyerAge = 0 }: Known, makeId: () => string): Decided {
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

    const refusal = refusalOf(wish, after, units.get(wish.buyerId) ?? 0, buyerAge);
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
      name: item.name,
      price: priceOf(item),
      placedAt: item.lockedAt,
    };
    made.set(wish.key, [...ofThisKey, { ...order, buyerId: wish.buyerId, key: wish.key }]);
    sales.push({ order, buyerId: wish.buyerId, key: wish.key, version: after.version, balance: after.quantity });
    return { kind: "purchased", order };
  });
  return { decisions, sales, after };
}

/**
 * The decision looked at from the other side, before it is written: a second opinion that shares no line with it.
 * Throws when it would oversell, leave a gap, or lose a unit.
 */
export function assertConsistent(before: LockedItem, { sales, after }: Decided): void {
  const units = sales.reduce((sum, { order }) => sum + order.quantity, 0);
  const broken =
    after.quantity < 0 ||
    after.quantity !== before.quantity - units ||
    after.version !== before.version + sales.length ||
    after.lastNumber !== before.lastNumber + sales.length ||
    sales.some((sale, index) => sale.version !== before.version + 1 + index) ||
    sales.some(({ order }, index) => order.number !== before.lastNumber + 1 + index);
  if (broken) throw new Error(`the decision about ${before.id} at version ${before.version} does not add up`);
}

export function stockOf(item: LockedItem): Stock {
  return onlyStock({ ...item, state: stateOf(item) });
}

function priceOf({ priceAmount, currency }: LockedItem): Price {
  return { amount: priceAmount, currency };
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

function refusalOf(
  { quantity, shown, cookieAge, addressLimit }: Wish,
  item: LockedItem,
  owned: number,
  buyerAge: number,
): Decision | undefined {
  const stock = stockOf(item);
  const { maxPerOrder, limitPerBuyer, opensAt } = item;
  const price = priceOf(item);
  if (item.notOpen && opensAt) return { kind: "not_open", opensAt, stock };
  if (item.paused) return { kind: "paused", stock };
  if (item.quantity === 0) return { kind: "sold_out", stock };
  if (shown && (shown.amount !== price.amount || shown.currency !== price.currency))
    return { kind: "price_changed", was: shown, now: price, stock };
  const wait = limitPerBuyer === null ? 0 : cookieWait(cookieAge, item, buyerAge);
  if (wait > 0) return { kind: "cookie_needed", retryAfterSeconds: Math.ceil(wait / 1_000), stock };
  if (quantity > maxPerOrder) return { kind: "limit_reached", limit: maxPerOrder, per: "order", owned, stock };
  if (limitPerBuyer !== null && owned + quantity > limitPerBuyer)
    return { kind: "limit_reached", limit: limitPerBuyer, per: "buyer", owned, stock };
  if (limitPerBuyer !== null && addressLimit !== undefined)
    return { kind: "limit_reached", limit: addressLimit, per: "address", owned, stock };
  if (quantity > item.quantity) return { kind: "not_enough", stock };
  return undefined;
}

/**
 * Milliseconds until the buyer's cookie is old enough. One that was given before the opening is: whoever waited for it did
 * not come for one unit after the other.
 */
function cookieWait(age: number | undefined, { opensAt, lockedAt }: LockedItem, buyerAge: number): number {
  if (buyerAge === 0) return 0;
  if (age === undefined) return buyerAge;
  const isFromBefore = opensAt !== null && lockedAt.getTime() - age < opensAt.getTime();
  return isFromBefore ? 0 : Math.max(0, buyerAge - age);
}
