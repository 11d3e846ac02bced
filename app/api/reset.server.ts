import { env } from "#app/env.server.ts";
import { json } from "#app/http/answer.ts";
import { readJson } from "#app/http/body.server.ts";
import type { Endpoint, Respond } from "#app/http/endpoint.server.ts";
import { BadRequest, notFound } from "#app/http/refusals.server.ts";
import { BY_VISITOR } from "#app/shop/acts.server.ts";
import { parseReset } from "#app/http/parse.server.ts";
import { isItemId } from "#app/shop/item.ts";
import { resetItem } from "#app/shop/stocking.server.ts";

const start: Respond = async (exchange, { id }) => {
  const { quantity } = parseReset(await readJson(exchange));
  const stock = isItemId(id) ? await resetItem(id, quantity, { by: BY_VISITOR }) : undefined;
  if (!stock) throw notFound("item");
  return json(stock);
};

const refuse: Respond = () => {
  throw new BadRequest("not-found", "Items can be reset in demo mode only, and this shop is not in it.");
};

/** `POST /api/items/:id/reset`, JSON `{ "quantity"?: n }`: starts a new run. In demo mode only. */
export const reset: Endpoint = env.DEMO ? { POST: start } : { GET: refuse, POST: refuse };
