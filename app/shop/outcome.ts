import type { Decision } from "./decide.ts";

/** All that can come of a purchase. */
export type PurchaseOutcome =
  | Decision
  | { kind: "not_found" }
  /**
   * There was no decision in time. Sent again with the same key, it cannot buy twice.
   * `certain`: this request bought nothing. Otherwise the database went away before it could be asked how a first try had ended.
   */
  | { kind: "busy"; retryAfterSeconds: number; certain: boolean };

export function busy(certain: boolean): PurchaseOutcome {
  return { kind: "busy", retryAfterSeconds: 1, certain };
}
