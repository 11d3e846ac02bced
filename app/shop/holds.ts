/** Units kept for one buyer until a time, while they pay. A hold's id is the later order's. */
import type { Price } from "./item.ts";

/** `time`: it was not paid for in time. `declined`: the payment was refused for good. */
export type EndReason = "time" | "given_up" | "declined" | "reset" | "operator";

export interface Hold {
  id: string;
  itemId: string;
  run: number;
  buyerId: string;
  /** The buyer's name for the attempt that made it. */
  key: string;
  quantity: number;
  /** The item's name when it was held. */
  name: string;
  /** Price of one unit when it was held, at which it is sold. */
  price: Price;
  heldAt: Date;
  expiresAt: Date;
  state: "open" | "ended" | "sold";
  /** Null while it is open, and when it was sold. */
  why: EndReason | null;
  /** Its payment has begun, and it was extended then. */
  paying: boolean;
}

/** What all of a hold's units cost. */
export function sumOf({ price, quantity }: Pick<Hold, "price" | "quantity">): Price {
  return { amount: price.amount * quantity, currency: price.currency };
}

/** What the API tells a hold's buyer. */
export function publicHold({ id, itemId, run, quantity, name, price, expiresAt, state, why }: Hold) {
  return { id, itemId, run, quantity, name, price, expiresAt, state, ...(why && { why }) };
}

/** Whoever has an e-mail address, whatever cookies they have. */
export interface Person {
  /** The address's HMAC, in base64. */
  party: string;
  units: number;
}
