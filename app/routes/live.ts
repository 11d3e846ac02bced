import { api } from "#app/http/answer.server.ts";
import { BadRequest } from "#app/http/refusals.server.ts";
import { openStream } from "#app/live/stream.server.ts";
import { isItemId } from "#app/shop/item.ts";

/** `GET /live?items=a,b`: the stock of these items, or of all, as server-sent events. */
export const loader = api(({ request }) => Promise.resolve().then(() => openStream(itemIdsOf(request))));

const MOST_ITEMS = 200;

function itemIdsOf(request: Request): ReadonlySet<string> | undefined {
  const list = new URL(request.url).searchParams.get("items");
  if (list === null) return undefined;
  const ids = list.split(",");
  if (ids.length > MOST_ITEMS || !ids.every(isItemId)) {
    throw new BadRequest("malformed", `\`items\` is a list of up to ${MOST_ITEMS} item ids, separated by commas.`);
  }
  return new Set(ids);
}
