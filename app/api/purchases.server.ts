import { type Answer, type AnswerHeaders, json, problem } from "#app/http/answer.ts";
import { readJson } from "#app/http/body.server.ts";
import type { Endpoint } from "#app/http/endpoint.server.ts";
import { OUTCOMES } from "#app/http/outcomes.ts";
import { parsePurchaseJson } from "#app/http/parse.server.ts";
import { BadRequest, notFound } from "#app/http/refusals.server.ts";
import { publicHold } from "#app/shop/holds.ts";
import { publicOrder } from "#app/shop/item.ts";
import type { PurchaseOutcome } from "#app/shop/outcome.ts";
import { buy } from "#app/buy.server.ts";

/** `POST /api/items/:id/purchases`, JSON `{ "quantity": 1 }`, header `Idempotency-Key`. */
export const purchases: Endpoint = {
  POST: async (exchange, { id }) => {
    const wanted = parsePurchaseJson(exchange.request.headers, await readJson(exchange));
    const { outcome, headers } = await buy(
      exchange,
      id,
      wanted,
      "This answer brings a good cookie: send the purchase again with it.",
    );
    return answerTo(outcome, wanted.key, headers);
  },
};

function answerTo(outcome: PurchaseOutcome, key: string, headers: AnswerHeaders): Answer {
  switch (outcome.kind) {
    case "purchased":
    case "repeated": {
      const { order } = outcome;
      const repeated = outcome.kind === "repeated";
      const Location = `/api/orders/${order.id}${repeated && !outcome.own ? `?key=${key}` : ""}`;
      const { status } = OUTCOMES[outcome.kind];
      const replayed = repeated && { "Idempotency-Replayed": "true" };
      return json({ order: publicOrder(order) }, { status, headers: { ...headers, ...replayed, Location } });
    }
    case "held":
    case "held_before": {
      const { hold } = outcome;
      const repeated = outcome.kind === "held_before";
      const byKey = repeated && !outcome.own ? `?key=${key}` : "";
      const { status } = OUTCOMES[outcome.kind];
      const replayed = repeated && { "Idempotency-Replayed": "true" };
      const Location = `/api/orders/${hold.id}${byKey}`;
      return json(
        { hold: { ...publicHold(hold), checkoutUrl: `/orders/${hold.id}${byKey}` } },
        { status, headers: { ...headers, ...replayed, Location } },
      );
    }
    case "hold_open":
      return problem({
        type: OUTCOMES[outcome.kind].problem,
        more: { hold: publicHold(outcome.hold), stock: outcome.stock },
        headers,
        detail: `You have a hold on ${outcome.hold.quantity} already. Pay for it, or give it back first.`,
      });
    case "not_found":
      throw notFound("item");
    case "key_reused":
      throw new BadRequest(
        "key-reused",
        "This key already made another purchase. Use a new key for a new one.",
        headers,
      );
    case "busy":
      return refuse(outcome, detailOf(outcome), { ...headers, "Retry-After": String(outcome.retryAfterSeconds) });
    case "sold_out":
    case "all_held":
    case "not_enough":
    case "limit_reached":
    case "not_open":
    case "closed":
    case "paused":
    case "price_changed":
    case "cookie_needed":
      return refuse(outcome, detailOf(outcome), headers);
    default:
      return outcome satisfies never;
  }
}

type Refused = Exclude<
  PurchaseOutcome,
  { kind: "purchased" | "repeated" | "held" | "held_before" | "hold_open" | "not_found" | "key_reused" }
>;

/** A problem of the outcome's own type, with everything that is known of it as further members. */
function refuse({ kind, ...known }: Refused, detail: string | undefined, headers: AnswerHeaders): Answer {
  return problem({ type: OUTCOMES[kind].problem, more: known, headers, detail });
}

function detailOf(outcome: Refused): string | undefined {
  switch (outcome.kind) {
    case "not_enough":
      return `Only ${outcome.stock.quantity} left.`;
    case "limit_reached":
      return `At most ${outcome.limit} for one ${outcome.per}.`;
    case "price_changed":
      return "Nothing was bought. Ask again with the price as it is now; the same key will do.";
    case "busy":
      return `${outcome.certain ? "This request bought nothing." : "How it ended is not known yet."} Send the same purchase again, with the same key: it cannot buy twice.`;
    case "cookie_needed":
      return `Nothing was bought. Send the same purchase again in ${outcome.retryAfterSeconds} s with the cookie of this shop.`;
    case "closed":
      return "Nothing was bought. What is held already can still be paid for.";
    case "paused":
      return "Nothing was bought. The sale goes on when the shop resumes it.";
    case "all_held":
      return "Nothing was bought. What is not paid for in time comes back.";
    case "sold_out":
    case "not_open":
      return undefined;
    default:
      return outcome satisfies never;
  }
}
