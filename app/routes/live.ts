import { api, methodNotAllowed } from "#app/http/answer.server.ts";
import { json, problem } from "#app/http/problem.server.ts";
import { BadRequest } from "#app/http/refusals.server.ts";
import { memory } from "#app/shop/memory.server.ts";
import { openStream } from "#app/live/stream.server.ts";
import { isItemId, MOST_ITEMS } from "#app/shop/item.ts";

/**
 * `GET /live?items=a,b`: the stock of these items, or of all, as server-sent events. Whoever accepts JSON instead has it once,
 * without a stream's place: `{ stocks, now }`.
 */
export const loader = api(async ({ request }) => {
  const itemIds = itemIdsOf(request);
  const refused = (type: "busy" | "database-away", title?: string) =>
    problem({ type, ...(title && { title }), headers: new Headers({ "Retry-After": RETRY_SECONDS }) });
  if (!(await memory.becomesFresh())) return refused("database-away");
  if (request.headers.get("Accept")?.includes("application/json"))
    return json({ stocks: memory.stock(itemIds), now: new Date().toISOString() });
  return openStream(itemIds) ?? refused("busy", "Too many pages are open here");
});

export const action = methodNotAllowed("GET");

const RETRY_SECONDS = "5";

function itemIdsOf(request: Request): string[] | undefined {
  const list = new URL(request.url).searchParams.get("items");
  if (list === null) return undefined;
  const ids = list.split(",");
  if (ids.length > MOST_ITEMS || !ids.every(isItemId)) {
    throw new BadRequest("malformed", `\`items\` is a list of up to ${MOST_ITEMS} item ids, separated by commas.`);
  }
  return ids;
}
