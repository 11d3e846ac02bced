import { itemCard } from "#app/cards/cards.server.ts";
import { env } from "#app/env.server.ts";
import { type Buyer, formKey, getBuyer } from "#app/http/buyer.server.ts";
import type { Params } from "#app/http/endpoint.server.ts";
import { currentExchange } from "#app/http/exchange.server.ts";
import { isOutage } from "#app/http/faults.server.ts";
import { keepPage, type PageContent, perVisitor, renderedAt } from "#app/http/kept-pages.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import { currentItem, rememberedItem } from "#app/shop/catalogue.server.ts";
import { memory } from "#app/shop/memory.server.ts";
import { isItemId, isOver, isUuid, type Item, type Order } from "#app/shop/item.ts";
import type { OwnedOrder } from "#app/shop/orders.server.ts";
import { listOwned, type Owned } from "#app/shop/owners.server.ts";
import { renderStory } from "#app/words/story.ts";
import { listInstead } from "./instead.server.ts";

/** An item's page, with what its visitor owns of it. */
export async function itemPage({ id }: Params) {
  if (!isItemId(id)) throw notFound("item");
  const { request, url, language } = currentExchange();
  const buyer = getBuyer();
  const wanted = url.searchParams.get("after");
  const after = isUuid(wanted) ? wanted : null;
  const { item, owned } = await read(id, buyer, after).catch((error: unknown) => {
    // The answer to a form says what became of the purchase, also when the database is away.
    const remembered = request.method === "POST" && isOutage(error) ? rememberedItem(id) : undefined;
    if (!remembered) throw error;
    return { item: remembered, owned: { orders: [], holds: [] } };
  });
  const tries = triesOf(owned);
  if (tries.length === 0) keepPage(...(after === null ? [] : ["after"]));
  const place = placeOf(after, tries);
  const made = tries[place];
  return {
    data: {
      ...toldOf(item),
      card: itemCard(item, language),
      owned: stillOwned(owned.orders),
      /** What there is in its place, where it is over. */
      instead: isOver(item) ? await listInstead(item.id) : null,
      /** Whether this page's order is already placed: then it shows the receipt instead of a button that repeats it. */
      placed: made?.state === "sold",
      /** What is held for this page's order, which is to be paid for. */
      hold: made?.state === "open" ? { id: made.id, quantity: made.quantity, expiresAt: made.until } : null,
      purchaseKey: perVisitor("purchaseKey", formKey(buyer.id, item.id, item.run, place + 1)),
      demo: env.DEMO,
      renderedAt: renderedAt(memory.now),
    },
    headers: buyer.headers,
  } satisfies PageContent;
}

interface Told {
  item: Omit<Item, "story">;
  /** The story as HTML. */
  story: string;
}

const told = new WeakMap<Item, Told>();

/** What is remembered of an item is one object until something of it changes, so its story is rendered once. */
export function toldOf(item: Item): Told {
  const known = told.get(item);
  if (known) return known;
  const { story, ...others } = item;
  const made = { item: Object.freeze(others), story: renderStory(story) };
  told.set(item, made);
  return made;
}

async function read(itemId: string, buyer: Buyer, after: string | null): Promise<{ item: Item; owned: Owned }> {
  const item = await currentItem(itemId);
  if (!item) throw notFound("item");
  return { item, owned: buyer.isNew ? { orders: [], holds: [] } : await listOwned(item, buyer.id, after) };
}

/** One thing that a buyer has done in the run: an order, or a hold that may become one or has ended. */
interface Try {
  id: string;
  state: "open" | "ended" | "sold";
  until: Date;
}

/** In the order in which they were begun. A hold and its order are one. */
function triesOf({ orders, holds }: Owned) {
  const held = new Set(holds.map(({ id }) => id));
  const bought = new Map(orders.map((order) => [order.id, stateOf(order)]));
  const sold = orders
    .filter(({ id }) => !held.has(id))
    .map((order) => ({
      id: order.id,
      quantity: order.quantity,
      state: stateOf(order),
      at: order.placedAt,
      until: order.placedAt,
    }));
  const tried = holds.map(({ id, quantity, state, heldAt, expiresAt }) => ({
    ...{ id, quantity, at: heldAt, until: expiresAt },
    // One that had ended by its time may have been sold all the same.
    state: bought.get(id) ?? state,
  }));
  return [...sold, ...tried].sort((one, other) => one.at.getTime() - other.at.getTime());
}

/** Taken back as a whole, as by a cancellation, it is over: its buyer may buy anew. */
function stateOf({ quantity, back }: OwnedOrder): "sold" | "ended" {
  return back < quantity ? "sold" : "ended";
}

/** What of an order is still its buyer's. */
function stillOwned(orders: OwnedOrder[]): Order[] {
  return orders
    .filter((order) => stateOf(order) === "sold")
    .map(({ back, ...order }) => ({ ...order, quantity: order.quantity - back }));
}

/**
 * The place, among all that the buyer has done in the run, of the order that this page is for: the first one after `?after=<order>`, or
 * the first of all, that has not ended. What has ended has used its key up. An order of an earlier run is not among those, so a reset makes every page one for the first again.
 * Whatever the URL says, a form is only shown for the very next order, and no order has used that one's key.
 */
function placeOf(after: string | null, tries: Try[]): number {
  let place = tries.findIndex(({ id }) => id === after) + 1;
  while (tries[place]?.state === "ended") place += 1;
  return place;
}
