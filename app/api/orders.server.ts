import { json } from "#app/http/answer.ts";
import { getReaders } from "#app/http/buyer.server.ts";
import type { Endpoint } from "#app/http/endpoint.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import { isUuid, publicOrder } from "#app/shop/item.ts";
import { getOrder } from "#app/shop/orders.server.ts";

/** `GET /api/orders/:id`, for its buyer; `?key=` for one who bought without a cookie. */
export const order: Endpoint = {
  GET: async (_exchange, { id }) => {
    const found = isUuid(id) ? await getOrder(id, getReaders()) : undefined;
    if (!found) throw notFound("order");
    return json({ order: publicOrder(found) });
  },
};
