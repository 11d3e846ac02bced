import { api, methodNotAllowed } from "#app/http/answer.server.ts";
import { readJson } from "#app/http/body.server.ts";
import { getBuyerOfKey } from "#app/http/buyer.server.ts";
import { json, problem } from "#app/http/problem.server.ts";
import { BadRequest, notFound } from "#app/http/refusals.server.ts";
import { parsePurchaseJson } from "#app/http/parse.server.ts";
import { isItemId, publicOrder } from "#app/shop/item.ts";
import { purchase } from "#app/shop/purchase.server.ts";

/** `POST /api/items/:id/purchases`, JSON `{ "quantity": 1 }`, header `Idempotency-Key`. */
export const action = api(async ({ request, params }) => {
  const { key, quantity } = parsePurchaseJson(request.headers, await readJson(request));
  if (!isItemId(params.id)) throw notFound("item");
  const { id: buyerId, namelessBuyerIds, headers, forged } = await getBuyerOfKey(request, key);
  if (forged)
    throw new BadRequest(
      "cookie-invalid",
      "Nothing was bought. This answer brings a good cookie: send the purchase again with it.",
      headers,
    );

  const outcome = await purchase({ itemId: params.id, buyerId, namelessBuyerIds, key, quantity });
  switch (outcome.kind) {
    case "purchased":
      headers.set("Location", `/api/orders/${outcome.order.id}`);
      return json({ order: publicOrder(outcome.order) }, { status: 201, headers });
    case "repeated":
      headers.set("Idempotency-Replayed", "true");
      headers.set("Location", `/api/orders/${outcome.order.id}${outcome.own ? "" : `?key=${key}`}`);
      return json({ order: publicOrder(outcome.order) }, { headers });
    case "sold_out":
      return problem({ type: "sold-out", more: { stock: outcome.stock }, headers });
    case "not_enough":
      return problem({
        type: "not-enough-left",
        title: `Only ${outcome.stock.quantity} left`,
        more: { stock: outcome.stock },
        headers,
      });
    case "limit_reached":
      return problem({
        type: "limit-reached",
        title: `At most ${outcome.limit} for one ${outcome.per}`,
        more: { limit: outcome.limit, per: outcome.per, stock: outcome.stock },
        headers,
      });
    case "not_open":
      return problem({
        type: "not-open",
        more: { opensAt: outcome.opensAt, stock: outcome.stock },
        headers,
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
      headers.set("Retry-After", String(outcome.retryAfterSeconds));
      return problem({
        type: "busy",
        title: "The till is busy",
        detail: `${outcome.certain ? "This request bought nothing." : "How it ended is not known yet."} Send the same purchase again, with the same key: it cannot buy twice.`,
        more: { certain: outcome.certain },
        headers,
      });
    default:
      return outcome satisfies never;
  }
});

export const loader = methodNotAllowed("POST");
