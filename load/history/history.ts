/** What a run writes down: every operation with its interval and outcome, every fault, and the database afterwards. */
import type { OUTCOMES } from "#app/http/outcomes.ts";
import type { Price, Stock } from "#app/shop/item.ts";

/** Milliseconds since the harness started, by its monotonic clock. */
export type Moment = number;

export interface Interval {
  start: Moment;
  end: Moment;
}

/** An order as the API tells of it. */
export interface Receipt {
  id: string;
  itemId: string;
  run: number;
  number: number;
  quantity: number;
  price: Price;
  placedAt: string;
}

/** The problems of the shop's own table that say no because of the stock or the item's rules. */
export type Refusal = Extract<(typeof OUTCOMES)[keyof typeof OUTCOMES], { status: 409; problem: string }>["problem"];

export type Outcome =
  /** `replayed`: 200 with `Idempotency-Replayed`; otherwise 201. */
  | { kind: "ok"; order: Receipt; replayed: boolean }
  | { kind: "refused"; why: Refusal; stock: Stock; limit?: number; now?: Price }
  /** 422: the key made an order of something else. */
  | { kind: "key_reused" }
  /** 503 with `certain: true`: this attempt bought nothing. */
  | { kind: "busy" }
  /**
   * No answer, or one that does not say how it ended. `status` where there was one; `unsure` for busy with `certain: false`;
   * `gaveUp` when the buyer stopped waiting. Otherwise the connection broke.
   */
  | { kind: "unknown"; why: string; status?: number; unsure?: boolean; gaveUp?: boolean };

export interface Purchase extends Interval {
  type: "purchase";
  instance: string;
  /** Null when it came without a cookie, and no answer brought one. */
  buyer: string | null;
  /** One buyer's alone. */
  key: string;
  item: string;
  quantity: number;
  /** What the buyer had been shown, and sent along. */
  shown?: Price;
  /** How many of the same key were sent at this moment, this one included. */
  copies: number;
  /** Of those who came to one till one after the other, which is certain: whose line it was, and this buyer's place in it. */
  line?: { id: string; place: number };
  outcome: Outcome;
}

/** Somebody asks for an order: its buyer, a stranger with a good cookie of another buyer, or one who has no cookie at all. */
export interface Reading extends Interval {
  type: "reading";
  instance: string;
  as: "buyer" | "stranger" | "nobody";
  orderId: string;
  /** `shown`: the order, where it was the API that was asked. */
  outcome: { kind: "shown"; order?: Receipt } | { kind: "not_found" } | { kind: "unknown"; why: string };
}

/** A state that an open stream was told. */
export interface Told {
  type: "told";
  at: Moment;
  instance: string;
  stock: Stock;
}

/** What an operator does: `units` is the new quantity of a reset, and what a restock adds. */
export interface Change extends Interval {
  type: "reset" | "restock";
  item: string;
  units: number;
  outcome: { kind: "ok"; stock: Stock } | { kind: "unknown"; why: string };
}

/** A price from now on. */
export interface Repricing extends Interval {
  type: "repricing";
  item: string;
  price: Price;
  outcome: { kind: "ok" } | { kind: "unknown"; why: string };
}

export const FAULTS = {
  killed: "kill -9 of an instance while it held a row",
  killed_after_commit: "kill -9 of an instance whose COMMIT was done, before it heard so",
  terminated: "database session ended while it held a row",
  commit_lost: "connection closed between a sale's COMMIT and its answer",
  commit_reset: "the same, but the connection is reset",
  outage: "closed so, and the database away for a second",
  frozen: "instance stopped while it held a row, until the server took the row back",
} as const;

export type FaultKind = keyof typeof FAULTS;

export interface Fault {
  type: "fault";
  at: Moment;
  /** From `at` until then the instance could not answer: it was down, or stopped. `at` itself where it could. */
  until: Moment;
  /** `row_kept`: an instance was frozen, and the server did not take the row back. */
  kind: FaultKind | "row_kept";
  instance: string;
  /** The last statement of the transaction that was hit. */
  after: string;
}

/** How far the database's clock is ahead of the harness's: at least and at most so many milliseconds. */
export interface Clock {
  low: number;
  high: number;
}

export interface History {
  seed: number;
  clock: Clock;
  /** What is in the database from before is not judged. */
  began: Moment;
  /** From here on nothing is under way but what is sent after it: all instances had ended. */
  quiet: Moment;
  purchases: Purchase[];
  changes: Change[];
  repricings: Repricing[];
  readings: Reading[];
  /** In the order in which they were told. */
  told: Told[];
  faults: Fault[];
  /** The price of each item when it began. */
  prices: Record<string, Price>;
  /** Items whose last state did not reach an instance's streams, though everything was quiet. */
  untold: { instance: string; item: string; last: Stock | undefined }[];
}

/** Times as milliseconds of the database's clock. */
export interface DatabaseState {
  items: { id: string; quantity: number; maxPerOrder: number; limitPerBuyer: number | null; opensAt: number | null }[];
  orders: {
    id: string;
    itemId: string;
    run: number;
    number: number;
    buyer: string;
    key: string;
    quantity: number;
    price: Price;
    placedAt: number;
  }[];
  movements: Movement[];
  /** What the shop's own audit says. */
  findings: { rule: string; itemId: string; line: string }[];
}

export interface Movement {
  itemId: string;
  version: number;
  run: number;
  reason: string;
  delta: number;
  balance: number;
  orderId: string | null;
  createdAt: number;
}

export type { Price, Stock };
