import { redirect } from "@remix-run/node";
import { env } from "#app/env.server.ts";
import { page } from "#app/http/page.server.ts";
import { readForm } from "#app/http/body.server.ts";
import { currentExchange } from "#app/http/exchange.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import { BY_VISITOR } from "#app/shop/acts.server.ts";
import { isItemId } from "#app/shop/item.ts";
import { resetItem } from "#app/shop/stocking.server.ts";

/** The "Reset demo" form: starts a new run and goes back to the item's page. In demo mode only. */
export const action = page(async ({ params }) => {
  if (!env.DEMO) throw notFound("page");
  await readForm(currentExchange());
  const stock = isItemId(params.id) ? await resetItem(params.id, undefined, { by: BY_VISITOR }) : undefined;
  if (!stock) throw notFound("item");
  return redirect(`/items/${stock.id}`, 303);
});

/** A failed reset leaves the browser at this address: loaded again, it is the item. */
export const loader = page(({ params }) => {
  if (!env.DEMO || !isItemId(params.id)) throw notFound("page");
  return Promise.resolve(redirect(`/items/${params.id}`));
});

/** Never shown: both redirect. It makes this a page, so that a refusal is a page too. */
export default function Reset() {
  return null;
}
