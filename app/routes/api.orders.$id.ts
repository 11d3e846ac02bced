import { api, methodNotAllowed } from "#app/http/answer.server.ts";
import { getReaders } from "#app/http/buyer.server.ts";
import { json } from "#app/http/problem.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import { isUuid, publicOrder } from "#app/shop/item.ts";
import { getOrder } from "#app/shop/orders.server.ts";

/** `GET /api/orders/:id`, for its buyer; `?key=` for one who bought without a cookie. */
export const loader = api(async ({ request, params }) => {
  const order = isUuid(params.id) ? await getOrder(params.id, await getReaders(request)) : undefined;
  if (!order) throw notFound("order");
  return json({ order: publicOrder(order) });
});

export const action = methodNotAllowed("GET");
