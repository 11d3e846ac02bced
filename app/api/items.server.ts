import { type Answer, json } from "#app/http/answer.ts";
import type { Endpoint } from "#app/http/endpoint.server.ts";
import type { Exchange } from "#app/http/exchange.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import { currentItem, currentItems, latestItem, latestItems } from "#app/shop/catalogue.server.ts";
import { isItemId, type Item, publicItem } from "#app/shop/item.ts";

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
    return answerOf(found);
  },
};

/** What is remembered of an item is one object until something of it changes, so its text is made once. */
const made = new WeakMap<Item, Answer>();

function answerOf(item: Item): Answer {
  const known = made.get(item);
  if (known) return known;
  const answer = json(publicItem(item));
  made.set(item, answer);
  return answer;
}

/** Asked so, an instance looks at the database: its memory may be behind another's sale by the time of a hint. */
function wantsLatest({ request }: Exchange): boolean {
  return request.headers["cache-control"]?.toLowerCase().includes("no-cache") ?? false;
}
