import { json } from "#app/http/answer.ts";
import type { Endpoint } from "#app/http/endpoint.server.ts";
import type { Exchange } from "#app/http/exchange.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import { currentItem, currentItems, latestItem, latestItems } from "#app/shop/catalogue.server.ts";
import { isItemId, publicItem } from "#app/shop/item.ts";

/** `GET /api/items` */
export const items: Endpoint = {
  GET: async (exchange) => json((await (wantsLatest(exchange) ? latestItems() : currentItems())).map(publicItem)),
};

/** `GET /api/items/:id` */
export const item: Endpoint = {
  GET: async (exchange, { id }) => {
    if (!isItemId(id)) throw notFound("item");
    const found = await (wantsLatest(exchange) ? latestItem(id) : currentItem(id));
    if (!found) throw notFound("item");
    return json(publicItem(found));
  },
};

/** Asked so, an instance looks at the database: its memory may be behind another's sale by the time of a hint. */
function wantsLatest({ request }: Exchange): boolean {
  return request.headers["cache-control"]?.toLowerCase().includes("no-cache") ?? false;
}
