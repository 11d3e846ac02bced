import { api, methodNotAllowed } from "#app/http/answer.server.ts";
import { json } from "#app/http/problem.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import { getItem } from "#app/shop/catalogue.server.ts";
import { isItemId, publicItem } from "#app/shop/item.ts";

export const loader = api(async ({ params }) => {
  const item = isItemId(params.id) ? await getItem(params.id) : undefined;
  if (!item) throw notFound("item");
  return json(publicItem(item));
});

export const action = methodNotAllowed("GET");
