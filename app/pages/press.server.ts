import { buy } from "#app/buy.server.ts";
import { readForm } from "#app/http/body.server.ts";
import type { Params } from "#app/http/endpoint.server.ts";
import type { Exchange } from "#app/http/exchange.server.ts";
import { OUTCOMES } from "#app/http/outcomes.ts";
import { parsePurchaseForm } from "#app/http/parse.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import type { PurchaseOutcome } from "#app/shop/outcome.ts";
import type { FormAnswer } from "./answer-page.server.ts";

export type Refused<Kind extends PurchaseOutcome["kind"]> = Extract<PurchaseOutcome, { kind: Kind }>;

/** What came of a purchase that made no order. Busy, the key names the attempt that can be sent again. */
export type Message =
  | Refused<
      | "sold_out"
      | "all_held"
      | "hold_open"
      | "not_enough"
      | "limit_reached"
      | "not_open"
      | "closed"
      | "paused"
      | "price_changed"
      | "cookie_needed"
    >
  | (Refused<"busy"> & { key: string });

/** The item page's button. */
export async function press(exchange: Exchange, { id }: Params): Promise<FormAnswer<Message>> {
  const form = parsePurchaseForm(await readForm(exchange));
  const { outcome, headers, isNew } = await buy(
    exchange,
    id,
    form,
    "You have a new cookie now: go back to the item and buy again.",
  );
  switch (outcome.kind) {
    case "purchased":
    case "repeated": {
      // Who came without a cookie may be one whose browser keeps none: the key opens the receipt.
      const byKey = isNew || (outcome.kind === "repeated" && !outcome.own);
      return { kind: "redirect", location: `/orders/${outcome.order.id}${byKey ? `?key=${form.key}` : ""}`, headers };
    }
    case "held":
    case "held_before": {
      const byKey = isNew || (outcome.kind === "held_before" && !outcome.own);
      return { kind: "redirect", location: `/orders/${outcome.hold.id}${byKey ? `?key=${form.key}` : ""}`, headers };
    }
    case "sold_out":
    case "all_held":
    case "hold_open":
    case "not_enough":
    case "limit_reached":
    case "not_open":
    case "closed":
    case "paused":
    case "price_changed":
    case "cookie_needed":
      return { kind: "message", message: outcome, status: OUTCOMES[outcome.kind].status, headers };
    case "busy":
      return {
        kind: "message",
        message: { ...outcome, key: form.key },
        status: OUTCOMES[outcome.kind].status,
        headers: { ...headers, "Retry-After": String(outcome.retryAfterSeconds) },
      };
    case "not_found":
      throw notFound("item");
    // Another tab has pressed the same form for another quantity. The page shows what came of that, and has a fresh form.
    case "key_reused":
      return { kind: "redirect", location: `/items/${encodeURIComponent(id ?? "")}`, headers };
    default:
      return outcome satisfies never;
  }
}
