import { api, methodNotAllowed } from "#app/http/answer.server.ts";
import { readJson } from "#app/http/body.server.ts";
import { json } from "#app/http/problem.server.ts";
import { BadRequest, notFound } from "#app/http/refusals.server.ts";
import { parseReset } from "#app/http/parse.server.ts";
import { env } from "#app/env.server.ts";
import { isItemId } from "#app/shop/item.ts";
import { resetItem } from "#app/shop/stocking.server.ts";

/** `POST /api/items/:id/reset`, JSON `{ "quantity"?: n }`: starts a new run. In demo mode only. */
export const action = api(async ({ request, params }) => {
  refuseOutsideDemo();
  const { quantity } = parseReset(await readJson(request));
  const stock = isItemId(params.id) ? await resetItem(params.id, quantity) : undefined;
  if (!stock) throw notFound("item");
  return json(stock);
});

export const loader = api((args) => {
  refuseOutsideDemo();
  return methodNotAllowed("POST")(args);
}, "POST");

function refuseOutsideDemo(): void {
  if (!env.DEMO) throw new BadRequest("not-found", "Items can be reset in demo mode only, and this shop is not in it.");
}
