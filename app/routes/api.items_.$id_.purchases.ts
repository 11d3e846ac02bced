import { api, methodNotAllowed } from "#app/http/answer.server.ts";
import { readJson } from "#app/http/body.server.ts";
import { getBuyerOfKey } from "#app/http/buyer.server.ts";
import { currentExchange } from "#app/http/exchange.server.ts";
import { OUTCOMES } from "#app/http/outcomes.ts";
import { json, problem } from "#app/http/problem.server.ts";
import { BadRequest, notFound } from "#app/http/refusals.server.ts";
import { parsePurchaseJson } from "#app/http/parse.server.ts";
import { isItemId, publicOrder } from "#app/shop/item.ts";
import type { PurchaseOutcome } from "#app/shop/outcome.ts";
import { purchase } from "#app/shop/purchase.server.ts";

/** `POST /api/items/:id/purchases`, JSON `{ "quantity": 1 }`, header `Idempotency-Key`. */
export const action = api(async ({ request, params }) => {
  const { key, quantity, shown } = parsePurchaseJson(request.headers, await readJson(request));
  if (!isItemId(params.id)) throw notFound("item");
  const { id: buyerId, namelessBuyerIds, headers, forged, cookieAge } = await getBuyerOfKey(request, key);
  if (forged)
    throw new BadRequest(
      "cookie-invalid",
      "Nothing was bought. This answer brings a good cookie: send the purchase again with it.",
      headers,
    );

  const outcome = await purchase({
    ...{ itemId: params.id, buyerId, namelessBuyerIds, key, quantity, shown, cookieAge },
    address: currentExchange().address,
  });
  switch (outcome.kind) {
    case "purchased":
      headers.set("Location", `/api/orders/${outcome.order.id}`);
      return json({ order: publicOrder(outcome.order) }, { status: OUTCOMES[outcome.kind].status, headers });
    case "repeated":
      headers.set("Idempotency-Replayed", "true");
      headers.set("Location", `/api/orders/${outcome.order.id}${outcome.own ? "" : `?key=${key}`}`);
      return json({ order: publicOrder(outcome.order) }, { status: OUTCOMES[outcome.kind].status, headers });
    case "not_found":
      throw notFound("item");
    case "key_reused":
      throw new BadRequest(
        "key-reused",
        "This key already made another purchase. Use a new key for a new one.",
        headers,
      );
    case "busy":
      headers.set("Retry-After", String(outcome.retryAfterSeconds));
      return refuse(outcome, detailOf(outcome), headers);
    case "sold_out":
    case "not_enough":
    case "limit_reached":
    case "not_open":
    case "paused":
    case "price_changed":
    case "cookie_needed":
      return refuse(outcome, detailOf(outcome), headers);
    default:
      return outcome satisfies never;
  }
});

type Refused = Exclude<PurchaseOutcome, { kind: "purchased" | "repeated" | "not_found" | "key_reused" }>;

/** A problem of the outcome's own type, with everything that is known of it as further members. */
function refuse({ kind, ...known }: Refused, detail: string | undefined, headers: Headers): Response {
  return problem({ type: OUTCOMES[kind].problem, more: known, headers, ...(detail && { detail }) });
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
    case "paused":
      return "Nothing was bought. The sale goes on when the shop resumes it.";
    case "sold_out":
    case "not_open":
      return undefined;
    default:
      return outcome satisfies never;
  }
}

export const loader = methodNotAllowed("POST");
