/**
 * What an outcome of a purchase is on the wire: the one table that the routes, the README's test and the history's
 * checker read. A new outcome that is missing here does not compile.
 */
import type { PurchaseOutcome } from "#app/shop/outcome.ts";
import { PROBLEMS, type ProblemType } from "./problem-types.ts";

export type OutcomeKind = PurchaseOutcome["kind"];

/** The status is that of a JSON answer, and of the page that answers a form; who has bought is redirected (303) there. */
export const OUTCOMES = {
  purchased: { status: 201 },
  repeated: { status: 200 },
  held: { status: 201 },
  held_before: { status: 200 },
  hold_open: told("hold-open"),
  key_reused: told("key-reused"),
  not_open: told("not-open"),
  closed: told("closed"),
  paused: told("paused"),
  sold_out: told("sold-out"),
  all_held: told("all-held"),
  price_changed: told("price-changed"),
  cookie_needed: told("cookie-needed"),
  not_enough: told("not-enough-left"),
  limit_reached: told("limit-reached"),
  not_found: told("not-found"),
  busy: told("busy"),
} as const satisfies Record<OutcomeKind, { status: number; problem?: ProblemType }>;

/** By the RFC 9457 problem of this type. */
function told<Type extends ProblemType>(problem: Type): { status: (typeof PROBLEMS)[Type]["status"]; problem: Type } {
  return { status: PROBLEMS[problem].status, problem };
}
