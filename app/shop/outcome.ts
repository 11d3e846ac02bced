import type { Answer, Answers, Command, Decision } from "./commands.ts";

/**
 * There was no decision in time. Sent again with the same key, it cannot buy twice.
 * `certain`: this request bought nothing. Otherwise the database went away before it could be asked how a first try had ended.
 */
export interface Busy {
  kind: "busy";
  retryAfterSeconds: number;
  certain: boolean;
}

/** All that can come of a purchase. */
export type PurchaseOutcome = Decision | { kind: "not_found" } | Busy;

/** All that can come of a command. */
export type Outcome = Answer | { kind: "not_found" } | Busy;
export type OutcomeOf<C extends Command> = Answers[C["kind"]] | { kind: "not_found" } | Busy;

export function busy(certain: boolean): Busy {
  return { kind: "busy", retryAfterSeconds: 1, certain };
}
