import Negotiator from "negotiator";
import { json, problem } from "#app/http/answer.ts";
import { api, type Endpoint } from "#app/http/endpoint.server.ts";
import type { Exchange } from "#app/http/exchange.server.ts";
import { RETRY_AFTER } from "#app/http/faults.server.ts";
import { BadRequest } from "#app/http/refusals.server.ts";
import { openStream } from "#app/live/stream.server.ts";
import { isItemId, MOST_ITEMS } from "#app/shop/item.ts";
import { memory } from "#app/shop/memory.server.ts";

/**
 * `GET /live?items=a,b`: the stock of these items, or of all, as server-sent events. Whoever would rather have JSON has it once,
 * without a stream's place: `{ stocks, now }`.
 */
const live: Endpoint<Response> = {
  GET: async (exchange) => {
    const itemIds = itemIdsOf(exchange);
    if (!(await memory.becomesFresh())) return problem({ type: "database-away", headers: RETRY_AFTER });
    if (prefersJson(exchange)) return json({ stocks: memory.stock(itemIds), now: memory.now });
    return (
      openStream(itemIds) ?? problem({ type: "busy", title: "Too many pages are open here", headers: RETRY_AFTER })
    );
  },
};

export const loader = api(live);
export const action = api(live);

function prefersJson({ request }: Exchange): boolean {
  return new Negotiator(request).mediaType(["text/event-stream", "application/json"]) === "application/json";
}

function itemIdsOf({ url }: Exchange): string[] | undefined {
  const list = url.searchParams.get("items");
  if (list === null) return undefined;
  const ids = list.split(",");
  if (ids.length > MOST_ITEMS || !ids.every(isItemId)) {
    throw new BadRequest("malformed", `\`items\` is a list of up to ${MOST_ITEMS} item ids, separated by commas.`);
  }
  return ids;
}
