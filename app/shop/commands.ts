/** What is asked of an item's till, and what it answers. */
import type { Act } from "./acts.server.ts";
import type { EndReason, Hold } from "./holds.ts";
import type { Order, Price, Stock } from "./item.ts";

/** A buyer wants units: an order where there is nothing to pay, or else a hold. */
export interface Wish {
  kind: "buy";
  buyerId: string;
  /** The buyer's name for this attempt. The same key again finds the same order or hold. */
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
  /** Why the buyer's address may hold no more of what is paid for. `until`, in ISO 8601: it must wait, after holds that lapsed. */
  heldByAddress?: { limit: number; until?: string | undefined } | undefined;
  /** The buyers this key stands for when sent without a cookie (one per secret in use). If `buyerId` is one of them, this request came without a cookie. */
  namelessBuyerIds?: readonly string[];
}

/** The payment of a hold begins. */
export interface StartPayment {
  kind: "start_payment";
  holdId: string;
  /** The person, as a limit for each buyer counts it. */
  party: Uint8Array;
}

/** The provider has authorised a payment for a hold. */
export interface Confirm {
  kind: "confirm";
  holdId: string;
  authorised: Authorised;
}

/** What a provider has authorised: `intent` is its name for it. */
export interface Authorised extends Price {
  intent: string;
}

/** A hold is ended before its time. */
export interface Release {
  kind: "release";
  holdId: string;
  why: EndReason;
  /** Whose doing it is, where an operator asked for it: written with the end, and only by what ends it. */
  act?: Act | undefined;
}

/** Goods of an order came back, or never will. */
export interface TakeBack {
  kind: "take_back";
  orderId: string;
  units: number;
  goods: "back" | "gone";
  /** An operator's name for this change. */
  key: string;
  /** Whose doing it is, where an operator asked for it: written with the line, and so once. */
  act?: Act | undefined;
}

/** Somebody only wants what has had its time to be ended. */
export interface Look {
  kind: "look";
}

export type Command = Wish | StartPayment | Confirm | Release | TakeBack | Look;

export type Decision =
  | { kind: "purchased"; order: Order }
  /** `own`: it is this buyer's. Otherwise it came without a cookie then, and the key opens its receipt. */
  | { kind: "repeated"; order: Order; own: boolean }
  | { kind: "held"; hold: Hold }
  /** The key has made this hold before, or the buyer has it open. `own` as above. */
  | { kind: "held_before"; hold: Hold; own: boolean }
  /** The buyer has another hold of this item open, of another quantity. */
  | { kind: "hold_open"; hold: Hold; stock: Stock }
  /** The key already made an order of something else, or, to one who comes without a cookie, an order that only its buyer's cookie opens. */
  | { kind: "key_reused" }
  | { kind: "not_open"; opensAt: Date; stock: Stock }
  | { kind: "closed"; closesAt: Date; stock: Stock }
  /** An operator has stopped the sale for now. */
  | { kind: "paused"; stock: Stock }
  /** The quantity was 0 while this buyer held the row, and nothing was held. */
  | { kind: "sold_out"; stock: Stock }
  /** Nothing was available, but something was held: at `nextReleaseAt`, in ISO 8601, it may be free. */
  | { kind: "all_held"; nextReleaseAt: string; stock: Stock }
  /** The buyer was shown another price than the item has. */
  | { kind: "price_changed"; was: Price; now: Price; stock: Stock }
  /** The item limits its buyers, and this one has no cookie yet, or one that is too young. Later, the same attempt can buy. */
  | { kind: "cookie_needed"; retryAfterSeconds: number; stock: Stock }
  /** Some are left, but fewer than asked for. */
  | { kind: "not_enough"; stock: Stock }
  /**
   * `limit` units an order may have, or in a run a buyer, who owns `owned` of them, or all buyers from one address. With `until`, in ISO 8601:
   * `limit` holds were not paid for, and whoever let them lapse may hold again from then on.
   */
  | {
      kind: "limit_reached";
      limit: number;
      per: "order" | "buyer" | "address";
      owned: number;
      until?: string | undefined;
      stock: Stock;
    };

export type StartDecision =
  | { kind: "started"; hold: Hold }
  | { kind: "hold_ended"; hold: Hold }
  /** The person has or holds as many as one may have. Whether by another order is not said. */
  | { kind: "limit_reached"; limit: number }
  | { kind: "already_sold"; order: Order };

export type ConfirmDecision =
  | { kind: "sold"; order: Order }
  /** The authorisation is to be let go. `unavailable`: the hold had had its time, and nothing was there to take it anew. */
  | { kind: "not_sold"; why: EndReason | "amount" | "other_payment" | "unavailable" };

export type ReleaseDecision = { kind: "ended"; hold: Hold } | { kind: "already_sold"; order: Order };

export type TakeBackDecision =
  | { kind: "done" | "repeated"; units: number; stock: Stock }
  /** It would be more than the order had. */
  | { kind: "too_many"; left: number };

/** What a command may be answered with. `not_found`: no such hold or order of this item. */
export interface Answers {
  buy: Decision;
  start_payment: StartDecision | { kind: "not_found" };
  confirm: ConfirmDecision | { kind: "not_found" };
  release: ReleaseDecision | { kind: "not_found" };
  take_back: TakeBackDecision | { kind: "not_found" } | { kind: "key_reused" };
  look: { kind: "looked" };
}

export type Answer = Answers[Command["kind"]];
export type AnswerTo<C extends Command> = Answers[C["kind"]];

/** Whoever has a hold has paid, or gives something back: nobody who only wants something comes before, and none of these is turned away. */
export function goesFirst({ kind }: Command): boolean {
  return kind === "confirm" || kind === "release" || kind === "take_back";
}
