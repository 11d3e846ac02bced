import { windowCard } from "#app/cards/cards.server.ts";
import { currentExchange } from "#app/http/exchange.server.ts";
import { getBuyer } from "#app/http/buyer.server.ts";
import { isOutage } from "#app/http/faults.server.ts";
import { keepPage, type PageContent, renderedAt } from "#app/http/kept-pages.server.ts";
import { currentItems } from "#app/shop/catalogue.server.ts";
import { type Gone, listGone } from "#app/shop/gone.server.ts";
import type { Item } from "#app/shop/item.ts";
import { firstPictureOf } from "#app/shop/pictures.ts";
import { memory } from "#app/shop/memory.server.ts";
import { within } from "#app/within.server.ts";
import { isDropOfItsOwn } from "./arrangement.ts";
import { toldOf } from "./item.server.ts";

/** The shop window. Gives the buyer cookie, too: tabs opened from here at the same moment belong to one buyer. */
export async function shopWindow() {
  const { headers } = getBuyer();
  const items = await currentItems();
  // A page that lacks something is not the page that others should see.
  const unknown = items.filter((item) => item.state === "sold_out" && !knownGone.has(item));
  if (unknown.length === 0 || (await areLearnt(unknown))) keepPage();
  const told = isDropOfItsOwn(items) ? items.map(withStory) : items.map(withoutStory);
  return {
    data: { items: told, card: windowCard(items, currentExchange().language), renderedAt: renderedAt(memory.now) },
    headers,
  } satisfies PageContent;
}

/** Milliseconds to wait for it. */
const PATIENCE = 500;

class Late extends Error {}

/** False when the database is away or slow: then the window does without. */
async function areLearnt(unknown: Item[]): Promise<boolean> {
  try {
    await within(PATIENCE, learnGone(unknown), () => new Late());
    return true;
  } catch (error) {
    if (error instanceof Late || isOutage(error)) return false;
    throw error;
  }
}

export interface Shown extends Omit<Item, "story" | "changes"> {
  /** Of what is sold out. */
  gone?: Gone | undefined;
  /** As HTML, where there is room for it. */
  story?: string | undefined;
}

const [bare, whole] = [new WeakMap<Item, Shown>(), new WeakMap<Item, Shown>()];

/** Nothing that the window does not show: of many items their stories and changes are most of the page. */
function withoutStory(item: Item): Shown {
  return remembered(bare, item, ({ story, changes, ...others }) => ({
    ...others,
    ...firstPictureOf(item),
    ...knownGone.get(item),
  }));
}

function withStory(item: Item): Shown {
  return remembered(whole, item, () => ({ ...withoutStory(item), story: toldOf(item).story }));
}

/** What is remembered of an item is one object until something of it changes. */
function remembered(made: WeakMap<Item, Shown>, item: Item, make: (item: Item) => Shown): Shown {
  const known = made.get(item);
  if (known) return known;
  const shown = Object.freeze(make(item));
  if (item.state !== "sold_out" || knownGone.has(item)) made.set(item, shown);
  return shown;
}

const knownGone = new WeakMap<Item, { gone?: Gone }>();
const beingRead = new WeakMap<Item, Promise<void>>();

/** Once for all visitors: they all come at the moment in which the last piece goes. */
async function learnGone(unknown: Item[]): Promise<void> {
  const unread = unknown.filter((item) => !beingRead.has(item));
  if (unread.length > 0) {
    const reading = listGone(unread)
      .then((found) => {
        for (const item of unread) {
          const gone = found.get(item.id);
          knownGone.set(item, gone ? { gone } : {});
        }
      })
      .finally(() => {
        for (const item of unread) beingRead.delete(item);
      });
    for (const item of unread) beingRead.set(item, reading);
  }
  await Promise.all(unknown.flatMap((item) => beingRead.get(item) ?? []));
}
