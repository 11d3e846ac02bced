/**
 * What the shop asks of whoever moves the money, in the shop's own words. The truth about a payment is what `find` reads in the
 * provider's books: no other answer and no event is believed. Amounts are in the shop's minor units.
 *
 * Every verb may be repeated. A key is `<verb>:<what it is about>:<attempt>`, and is always sent with the same parameters: the provider
 * answers a repeat as it answered the first time, with an error of its own, too. So what stays away under one key is asked for by
 * `find`, and tried again as the next attempt.
 */
export type Mode = "test" | "live";

export interface Provider {
  /** Stands in each payment, which is only ever settled there. */
  readonly name: "stripe" | "test-bank";
  readonly mode: Mode;
  /** Where its pages are: a form that leads to one must be allowed to. */
  readonly pagesOrigin: string;
  /** Makes a page on which the buyer authorises the sum. Nothing is charged. */
  open(opening: Opening): Promise<Opened>;
  /** `id`: of a page (`reference`), or of the authorisation behind it (`intent`). */
  find(id: string): Promise<Books>;
  /** Closes the page. A buyer who has it open may still press pay: what comes of it is in the books. */
  expire(reference: string, key: string): Promise<void>;
  /** Charges what was authorised, all of it. */
  capture(intent: string, key: string): Promise<void>;
  /** Lets an authorisation go. */
  cancel(intent: string, key: string): Promise<void>;
  refund(refund: Refunding, key: string): Promise<BookedRefund>;
  /** Throws an UnreadableEvent for what was not signed by the provider, or was signed too long ago. */
  readEvent(bytes: Uint8Array, signature: string): ProviderEvent;
}

export interface Opening {
  paymentId: string;
  /** 1 for the first page of a payment. */
  attempt: number;
  orderId: string;
  amount: number;
  currency: string;
  /** What is paid for, as the buyer reads it. */
  description: string;
  email: string;
  /** Where the buyer comes back to. */
  backTo: { paid: string; left: string };
}

export interface Opened {
  reference: string;
  /** The provider's page. */
  payAt: string;
}

export interface Books {
  reference: string;
  /** Undefined until the buyer has tried to pay. */
  intent: string | undefined;
  /** `captured` is said also when all of it has gone back. `failed`: authorised once, and refused since. */
  state: "open" | "expired" | "authorised" | "captured" | "cancelled" | "failed";
  mode: Mode;
  orderId: string | undefined;
  paymentId: string | undefined;
  amount: number;
  currency: string;
  captured: number;
  /** What has gone back, and what is on its way back. */
  refunded: number;
  refunds: BookedRefund[];
  /** The buyer's bank has taken it up, or had. */
  disputed: boolean;
  /** While the page is open. */
  payAt: string | undefined;
}

export interface Refunding {
  intent: string;
  /** The shop's own id, by which the refund is found again. */
  refundId: string;
  amount: number;
  currency: string;
}

export interface BookedRefund {
  /** The provider's. */
  id: string;
  /** The shop's; undefined for a refund that was made at the provider. */
  refundId: string | undefined;
  amount: number;
  currency: string;
  status: "pending" | "done" | "failed";
}

export interface ProviderEvent {
  id: string;
  /** `other`: of no interest. */
  kind: "completed" | "expired" | "authorised" | "cancelled" | "refund" | "dispute" | "other";
  mode: Mode;
  reference?: string | undefined;
  intent?: string | undefined;
  orderId?: string | undefined;
  paymentId?: string | undefined;
  refund?: BookedRefund | undefined;
}

/** No answer, or one that says: later. Whether anything was done is not known. */
export class ProviderAway extends Error {}

/** A final no. Nothing was done. */
export class ProviderRefused extends Error {
  readonly reason: Refusal;

  constructor(reason: Refusal, message: string) {
    super(message);
    this.reason = reason;
  }
}

/**
 * `declined`: the card's bank says no. `wrong-state`: the page or the payment is past that; the books say where it is.
 * `already-refunded`: nothing is left to go back, or less than that.
 */
export type Refusal = "declined" | "wrong-state" | "already-refunded" | "disputed" | "amount" | "email" | "not-found";

export class UnreadableEvent extends Error {
  readonly reason: "signature" | "too-old" | "malformed";

  constructor(reason: UnreadableEvent["reason"], message: string) {
    super(message);
    this.reason = reason;
  }
}
