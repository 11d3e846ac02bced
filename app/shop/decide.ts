/** Who gets what: the decision itself, on what the transaction has read under the lock. It reads and writes nothing. */
import type {
  Answer,
  Command,
  Confirm,
  ConfirmDecision,
  Decision,
  Release,
  StartPayment,
  TakeBack,
  Wish,
  Answers,
} from "./commands.ts";
import { goesFirst } from "./commands.ts";
import { MOST_LAPSES } from "./address-holds.ts";
import { type Hold, type Person, sumOf } from "./holds.ts";
import type { KeyedOrder, Order, Price } from "./item.ts";
import { type LockedItem, Sheet, stockOf } from "./sheet.ts";

export interface Known {
  item: LockedItem;
  /** The orders that the wishes' keys have made before, of whichever buyer and item, and those that the commands name. */
  earlier: KeyedOrder[];
  /**
   * The holds that the wishes' keys have made before, of whichever buyer and item; of this item also the buyers' open ones, and those of this run that lapsed, those that
   * the commands name, all that have had their time, and of the others the one that ends first.
   */
  holds?: Hold[];
  /** Units each buyer owns of this run, where the item limits them. */
  owned: ReadonlyMap<string, number>;
  /** By hold, where the item limits its buyers: its person, and what that one owns or holds by others. */
  ofParty?: ReadonlyMap<string, Person>;
  /** By order: what was taken back of it, with the names of those changes. */
  takenBack?: ReadonlyMap<string, { units: number; byKey: ReadonlyMap<string, number> }>;
  /** Authorisations that are let go already, among those that would take a hold anew. */
  letGo?: ReadonlySet<string>;
  /** By run: units sold and not taken back, of the runs that have ended and that commands are about. */
  soldOfRuns?: ReadonlyMap<number, number>;
  /** Milliseconds that a cookie must be old to buy what limits its buyers, unless it was given before the opening; 0 asks for none. */
  buyerAge?: number;
  /** Seconds that a hold has at least when its payment begins. */
  paySeconds?: number;
}

export interface Decided {
  /** One for each command, in their order. */
  decisions: Answer[];
  sheet: Sheet;
}

/**
 * Decides the commands one after the other, each on what those before have left: all or nothing for each, and one that
 * is refused leaves everything to the next. Holds that have had their time are ended first; then comes whoever goes first.
 * `makeId` names new orders and holds.
 */
export function decide(commands: Command[], known: Known, makeId: () => string): Decided {
  const counter = new Counter(known, makeId);
  const decisions: Answer[] = new Array<Answer>(commands.length);
  for (const first of [true, false])
    for (const [index, command] of commands.entries())
      if (goesFirst(command) === first) decisions[index] = counter.answer(command);
  return { decisions, sheet: counter.sheet };
}

/** The counter at which one batch is served. */
class Counter {
  readonly sheet: Sheet;
  readonly #known: Known;
  readonly #makeId: () => string;
  readonly #ordersByKey: Map<string, KeyedOrder[]>;
  readonly #ordersById: Map<string, KeyedOrder>;
  readonly #holdsByKey: Map<string, Hold[]>;
  /** Of this item, by buyer. */
  readonly #openHolds = new Map<string, string>();
  /** By buyer, holds of this run that lapsed unpaid since the buyer's last order, and when the last of them ended. */
  readonly #lapsed = new Map<string, { count: number; last: number }>();
  readonly #owned: Map<string, number>;
  readonly #takenBack = new Map<string, number>();
  /** By person, the holds whose payment began in this batch, and those that were taken anew in it. */
  readonly #started = new Map<string, Set<string>>();
  readonly #soldOfRuns: Map<number, number>;
  readonly #letGo: Set<string>;

  constructor(known: Known, makeId: () => string) {
    const { item, earlier, holds = [], owned, soldOfRuns = new Map<number, number>() } = known;
    this.#known = known;
    this.#makeId = makeId;
    this.sheet = new Sheet(
      item,
      holds.filter(({ itemId }) => itemId === item.id),
    );
    this.#ordersByKey = Map.groupBy(earlier, ({ key }) => key);
    this.#ordersById = new Map(earlier.map((order) => [order.id, order]));
    this.#holdsByKey = Map.groupBy(holds, ({ key }) => key);
    this.#owned = new Map(owned);
    this.#soldOfRuns = new Map(soldOfRuns);
    this.#letGo = new Set(known.letGo);
    this.sheet.endDue();
    for (const { id, run, buyerId, state, why, expiresAt } of this.sheet.holds.values()) {
      if (state === "open") this.#openHolds.set(buyerId, id);
      if (why !== "time" || run !== item.run || this.#ordersById.has(id)) continue;
      const { count, last } = this.#lapsed.get(buyerId) ?? { count: 0, last: 0 };
      this.#lapsed.set(buyerId, { count: count + 1, last: Math.max(last, expiresAt.getTime()) });
    }
  }

  answer(command: Command): Answer {
    switch (command.kind) {
      case "buy":
        return this.#buy(command);
      case "start_payment":
        return this.#startPayment(command);
      case "confirm":
        return this.#confirm(command);
      case "release":
        return this.#release(command);
      case "take_back":
        return this.#takeBack(command);
      case "look":
        return { kind: "looked" };
      default:
        return command satisfies never;
    }
  }

  #buy(wish: Wish): Decision {
    const { item, buyerAge = 0 } = this.#known;
    const { buyerId, key, quantity } = wish;
    const before = this.#madeBefore(wish);
    if (before) return before;
    const { after } = this.sheet;
    const open = this.#openHoldOf(buyerId);
    if (open)
      return open.quantity === quantity
        ? { kind: "held_before", hold: open, own: true }
        : { kind: "hold_open", hold: open, stock: stockOf(after) };
    const owned = this.#owned.get(buyerId) ?? 0;
    const refusal = refusalOf(wish, after, owned, buyerAge) ?? (isPaid(item) ? this.#waitOf(wish, owned) : undefined);
    if (refusal) return refusal;

    const terms = { id: this.#makeId(), name: item.name, price: priceOf(item) };
    if (isPaid(item)) {
      const expiresAt = new Date(item.lockedAt.getTime() + item.holdSeconds * 1_000);
      const { id: itemId, run, lockedAt: heldAt } = item;
      const of = { ...terms, itemId, run, buyerId, key, quantity, heldAt, expiresAt };
      const hold = this.sheet.hold({ ...of, state: "open", why: null, paying: false });
      this.#openHolds.set(buyerId, hold.id);
      addTo(this.#holdsByKey, key, hold);
      return { kind: "held", hold };
    }
    const order = this.sheet.sell(quantity, { buyerId, key, authorisation: null }, terms);
    this.#own(order, buyerId, key);
    return { kind: "purchased", order };
  }

  /** Who lets holds lapse, and whose address holds many, leaves the units to others for a while. */
  #waitOf({ buyerId, heldByAddress }: Wish, owned: number): Decision | undefined {
    const { after } = this.sheet;
    const { lockedAt, holdSeconds } = after;
    const lapsed = this.#lapsed.get(buyerId);
    const until = new Date((lapsed?.last ?? 0) + holdSeconds * 1_000);
    const own =
      lapsed && lapsed.count >= MOST_LAPSES && lockedAt < until
        ? { limit: MOST_LAPSES, until: until.toISOString() }
        : undefined;
    const found = own ?? heldByAddress;
    return found && { kind: "limit_reached", per: "address", owned, stock: stockOf(after), ...found };
  }

  /** What the wish's key has made already. */
  #madeBefore(wish: Wish): Decision | undefined {
    const { item } = this.#known;
    const orders = this.#ordersByKey.get(wish.key) ?? [];
    const holds = this.#holdsByKey.get(wish.key) ?? [];
    const isThis = (made: Order | Hold) => made.itemId === item.id && made.quantity === wish.quantity;
    const order = ownOf(wish, orders);
    if (order && isThis(order)) return { kind: "repeated", order, own: order.buyerId === wish.buyerId };
    const made = ownOf(wish, holds);
    const hold = made && (this.sheet.holds.get(made.id) ?? made);
    if (!order && hold && isThis(hold)) return { kind: "held_before", hold, own: hold.buyerId === wish.buyerId };
    const isUsed = orders.length > 0 || holds.length > 0;
    return order || hold || (isNameless(wish) && isUsed) ? { kind: "key_reused" } : undefined;
  }

  #startPayment({ holdId, party }: StartPayment): Answers["start_payment"] {
    const { item, paySeconds = 0 } = this.#known;
    const order = this.#ordersById.get(holdId);
    if (order) return { kind: "already_sold", order };
    const hold = this.sheet.holds.get(holdId);
    if (!hold) return { kind: "not_found" };
    if (hold.state !== "open") return { kind: "hold_ended", hold };
    const { limitPerBuyer } = item;
    if (limitPerBuyer !== null && this.#ofOtherHolds(holdId) + hold.quantity > limitPerBuyer)
      return { kind: "limit_reached", limit: limitPerBuyer };
    this.#countForPerson(holdId);
    const until = new Date(item.lockedAt.getTime() + paySeconds * 1_000);
    const open = hold.paying ? hold : this.sheet.beginPayment(hold, until);
    this.sheet.parties.push({ holdId, party });
    this.sheet.tasks.push({ kind: "settle", subject: holdId, lane: holdId, dueAt: open.expiresAt });
    return { kind: "started", hold: open };
  }

  #confirm({ holdId, authorised: { intent, ...sum } }: Confirm): Answers["confirm"] {
    const order = this.#ordersById.get(holdId);
    const hold = this.sheet.holds.get(holdId);
    if (order)
      return order.authorisation === intent ? { kind: "sold", order } : this.#dropped(holdId, intent, "other_payment");
    if (!hold) return { kind: "not_found" };
    const due = sumOf(hold);
    if (sum.amount !== due.amount || sum.currency !== due.currency) return this.#dropped(holdId, intent, "amount");
    if (hold.state !== "open") {
      if (hold.why !== null && hold.why !== "time") return this.#dropped(holdId, intent, hold.why);
      // Sold now, it would be an order whose money is on its way back.
      if (this.#letGo.has(intent) || !this.#mayBeTakenAnew(hold)) return this.#dropped(holdId, intent, "unavailable");
    }
    if (hold.state !== "open") this.#countForPerson(holdId);
    const { id, name, price, buyerId, key, quantity } = hold;
    const sold = this.sheet.sell(quantity, { buyerId, key, authorisation: intent }, { id, name, price }, hold);
    this.#own(sold, buyerId, key, intent);
    // One that had had its time may be sold while its buyer holds another.
    if (this.#openHolds.get(buyerId) === id) this.#openHolds.delete(buyerId);
    this.sheet.tasks.push({ kind: "capture", subject: id, part: intent, lane: id });
    return { kind: "sold", order: sold };
  }

  #dropped(
    holdId: string,
    intent: string,
    why: Extract<ConfirmDecision, { kind: "not_sold" }>["why"],
  ): ConfirmDecision {
    this.#letGo.add(intent);
    this.sheet.tasks.push({ kind: "cancel", subject: holdId, part: intent, lane: holdId });
    return { kind: "not_sold", why };
  }

  /** One that had had its time gets what anybody would get now, always at its own price. */
  #mayBeTakenAnew({ id, run, buyerId, quantity }: Hold): boolean {
    const { after } = this.sheet;
    const { limitPerBuyer } = after;
    const owned = Math.max(this.#unitsOf(buyerId), this.#ofOtherHolds(id));
    return (
      run === after.run &&
      !after.notOpen &&
      !after.closed &&
      !after.paused &&
      after.status === "published" &&
      quantity <= after.quantity &&
      (limitPerBuyer === null || owned + quantity <= limitPerBuyer)
    );
  }

  #release({ holdId, why, act }: Release): Answers["release"] {
    const order = this.#ordersById.get(holdId);
    if (order) return { kind: "already_sold", order };
    const hold = this.sheet.holds.get(holdId);
    if (!hold) return { kind: "not_found" };
    if (hold.state !== "open") return { kind: "ended", hold };
    this.#openHolds.delete(hold.buyerId);
    // Its page at the provider is closed at once. At its time, the task that settles it does so.
    if (hold.paying) this.sheet.tasks.push({ kind: "expire", subject: holdId, lane: holdId });
    if (act) this.sheet.acts.push(act);
    return { kind: "ended", hold: this.sheet.release(hold, why) };
  }

  #takeBack({ orderId, units, goods, key, act }: TakeBack): Answers["take_back"] {
    const order = this.#ordersById.get(orderId);
    if (order?.itemId !== this.#known.item.id) return { kind: "not_found" };
    const before = this.#known.takenBack?.get(orderId);
    const stock = () => stockOf(this.sheet.after);
    const sameKey = before?.byKey.get(key);
    if (sameKey !== undefined)
      return sameKey === units ? { kind: "repeated", units, stock: stock() } : { kind: "key_reused" };
    const taken = this.#takenBack.get(orderId) ?? before?.units ?? 0;
    if (taken + units > order.quantity) return { kind: "too_many", left: order.quantity - taken };
    this.#takenBack.set(orderId, taken + units);
    if (act) this.sheet.acts.push(act);
    const isOn = order.run === this.sheet.after.run;
    if (isOn) this.sheet.move(goods === "back" ? "return" : "scrap", units, { orderId, key });
    else {
      const sold = this.#soldOfRuns.get(order.run) ?? 0;
      this.sheet.scrapOfEarlierRun(order.run, sold, units, { orderId, key });
      this.#soldOfRuns.set(order.run, sold - units);
    }
    return { kind: "done", units, stock: stock() };
  }

  #own(order: Order, buyerId: string, key: string, authorisation: string | null = null): void {
    const made: KeyedOrder = { ...order, buyerId, key, authorisation };
    addTo(this.#ordersByKey, key, made);
    this.#ordersById.set(order.id, made);
    this.#owned.set(buyerId, (this.#owned.get(buyerId) ?? 0) + order.quantity);
  }

  #openHoldOf(buyerId: string): Hold | undefined {
    const id = this.#openHolds.get(buyerId);
    return id === undefined ? undefined : this.sheet.holds.get(id);
  }

  /** What the buyer owns and holds. */
  #unitsOf(buyerId: string): number {
    return (this.#owned.get(buyerId) ?? 0) + (this.#openHoldOf(buyerId)?.quantity ?? 0);
  }

  /** What the hold's person owns or holds by others, also by those of this batch. */
  #ofOtherHolds(holdId: string): number {
    const person = this.#known.ofParty?.get(holdId);
    const ofBatch = [...(this.#started.get(person?.party ?? "") ?? [])].filter((id) => id !== holdId);
    return ofBatch.reduce((sum, id) => sum + this.#quantityOf(id), person?.units ?? 0);
  }

  #countForPerson(holdId: string): void {
    const party = this.#known.ofParty?.get(holdId)?.party;
    if (party !== undefined) this.#started.set(party, (this.#started.get(party) ?? new Set<string>()).add(holdId));
  }

  #quantityOf(holdId: string): number {
    return this.sheet.holds.get(holdId)?.quantity ?? 0;
  }
}

/** Whether it is paid for: what costs nothing is sold at once. */
export function isPaid({ payment, priceAmount }: Pick<LockedItem, "payment" | "priceAmount">): boolean {
  return payment === "card" && priceAmount > 0;
}

function addTo<T>(lists: Map<string, T[]>, key: string, made: T): void {
  lists.set(key, [...(lists.get(key) ?? []), made]);
}

function priceOf({ priceAmount, currency }: LockedItem): Price {
  return { amount: priceAmount, currency };
}

/** Of what the wish's key has made, the wish's own: the buyer's, or one that came without a cookie. */
function ownOf<T extends { buyerId: string }>({ buyerId, namelessBuyerIds = [] }: Wish, made: T[]): T | undefined {
  return made.find((one) => one.buyerId === buyerId) ?? made.find((one) => namelessBuyerIds.includes(one.buyerId));
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
  const { maxPerOrder, limitPerBuyer, opensAt, closesAt, nextReleaseAt } = item;
  const price = priceOf(item);
  if (item.status === "archived") return { kind: "paused", stock };
  if (item.notOpen && opensAt) return { kind: "not_open", opensAt, stock };
  if (item.closed && closesAt) return { kind: "closed", closesAt, stock };
  if (item.paused) return { kind: "paused", stock };
  if (item.quantity === 0)
    return nextReleaseAt === null ? { kind: "sold_out", stock } : { kind: "all_held", nextReleaseAt, stock };
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
