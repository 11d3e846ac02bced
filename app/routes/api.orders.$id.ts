import { api, methodNotAllowed } from "#app/http/answer.server.ts";
import { getBuyer } from "#app/http/buyer.server.ts";
import { json } from "#app/http/problem.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import { isUuid, publicOrder } from "#app/shop/item.ts";
import { getOrder } from "#app/shop/orders.server.ts";

/** `GET /api/orders/:id`, for its buyer. */
export const loader = api(async ({ request, params }) => {
  const buyer = await getBuyer(request);
  const key = new URL(request.url).searchParams.get("key");
  const order = isUuid(params.id) ? await getOrder(params.id, { buyerId: buyer.id, key: isUuid(key) ? key : null }) : undefined;
  if (!order) throw notFound("order");
  return json({ order: publicOrder(order) });
});

export const action = methodNotAllowed("GET");
