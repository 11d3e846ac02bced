/** What the checker may find, by the promise that it breaks, and an operation in one line. */
import type { Outcome, Purchase } from "./history.ts";

export const VIOLATIONS = {
  oversold: "1: more units ordered than stocked",
  negative: "1: a quantity below nothing",
  numbers: "1: numbers with a gap or a twin",
  over_limit: "1: more sold than an order or a buyer may have",
  sold_early: "1: sold before it was open",
  lost_order: "2: a confirmed order is not in the database as it was confirmed",
  phantom_order: "2: an order that nobody asked for",
  wrong_price: "2: sold at a price that the item did not have then, or that its buyer had not been shown",
  open_receipt: "2: a receipt shown to somebody else",
  closed_receipt: "2: a receipt that its buyer could not read, or not as it was confirmed",
  key_twice: "3: one key made two orders",
  key_forgotten: "3: a key that had its order was answered with something else",
  false_refusal: "4: a refusal that was true at no moment of its request",
  busy_but_bought: "4: busy, certain that nothing was bought, but it was",
  unresolved: "4: an outcome that stayed unknown",
  broken_answer: "4: an answer that is neither a receipt nor a refusal nor busy",
  late_answer: "4: an answer after its time, or none at all",
  overtaken: "4: served before one who had come to the same till earlier",
  row_kept: "4: a frozen instance kept the row",
  ledger: "5: the ledger does not add up",
  lost_change: "5: a confirmed reset or restock is not in the ledger",
  phantom_change: "5: a reset or restock that nobody asked for",
  false_news: "6: streams told a state that never was, or was not yet",
  old_news: "6: streams told an older state after a newer one",
  no_news: "6: streams were not told how it stands at last",
} as const;

export interface Violation {
  kind: keyof typeof VIOLATIONS;
  line: string;
  /** Whose operations tell more. */
  key?: string;
}

/** An operation in one line. */
export function describe({ item, quantity, key, instance, outcome, start, end }: Purchase): string {
  return `${start.toFixed(1)} to ${end.toFixed(1)} ms, ${instance}, key ${key.slice(0, 8)}, ${quantity} × ${item}: ${answerOf(outcome)}`;
}

function answerOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case "ok":
      return `${outcome.replayed ? "replayed" : "new"} order ${outcome.order.id.slice(0, 8)}, run ${outcome.order.run}, number ${outcome.order.number}, quantity ${outcome.order.quantity}`;
    case "refused":
      return `${outcome.why} at version ${outcome.stock.version} of run ${outcome.stock.run}, quantity ${outcome.stock.quantity}`;
    case "busy":
      return "busy, nothing was bought";
    case "key_reused":
      return "key reused";
    case "unknown":
      return `unknown: ${outcome.status ?? ""} ${outcome.why}`;
    default:
      return outcome satisfies never;
  }
}
