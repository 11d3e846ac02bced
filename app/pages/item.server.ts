import { env } from "#app/env.server.ts";
import { type Buyer, formKey, getBuyer } from "#app/http/buyer.server.ts";
import type { Params } from "#app/http/endpoint.server.ts";
import { currentExchange } from "#app/http/exchange.server.ts";
import { isOutage } from "#app/http/faults.server.ts";
import { keepPage, type PageContent, perVisitor, renderedAt } from "#app/http/kept-pages.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import { currentItem, rememberedItem } from "#app/shop/catalogue.server.ts";
import { isItemId, isUuid, type Item, type Order } from "#app/shop/item.ts";
import { listOwned } from "#app/shop/owners.server.ts";

/** An item's page, with what its visitor owns of it. */
export async function itemPage({ id }: Params) {
  if (!isItemId(id)) throw notFound("item");
  const { request, url } = currentExchange();
  const buyer = getBuyer();
  const wanted = url.searchParams.get("after");
  const after = isUuid(wanted) ? wanted : null;
  const { item, owned } = await read(id, buyer, after).catch((error: unknown) => {
    // The answer to a form says what became of the purchase, also when the database is away.
    const remembered = request.method === "POST" && isOutage(error) ? rememberedItem(id) : undefined;
    if (!remembered) throw error;
    return { item: remembered, owned: [] };
  });
  if (owned.length === 0) keepPage(...(after === null ? [] : ["after"]));
  const nth = nthOrder(after, owned);
  return {
    data: {
      item,
      owned,
      /** Whether this page's order is already placed: then it shows the receipt instead of a button that repeats it. */
      placed: owned.length >= nth,
      purchaseKey: perVisitor("purchaseKey", formKey(buyer.id, item.id, item.run, nth)),
      demo: env.DEMO,
      renderedAt: renderedAt(),
    },
    headers: buyer.headers,
  } satisfies PageContent;
}

async function read(itemId: string, buyer: Buyer, after: string | null): Promise<{ item: Item; owned: Order[] }> {
  const item = await currentItem(itemId);
  if (!item) throw notFound("item");
  return { item, owned: buyer.isNew ? [] : await listOwned(item, buyer.id, after) };
}

/**
 * Which of the buyer's orders of the run this page is for: the one that follows `?after=<order>`, or else the first. An
 * order of an earlier run is not among those owned, so a reset makes every page one for the first again. Whatever the
 * URL says, a form is only shown for the very next order, and no order has used that one's key.
 */
function nthOrder(after: string | null, owned: Order[]): number {
  return owned.findIndex(({ id }) => id === after) + 2;
}
