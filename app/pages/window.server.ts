import { getBuyer } from "#app/http/buyer.server.ts";
import { keepPage, type PageContent, renderedAt } from "#app/http/kept-pages.server.ts";
import { currentItems } from "#app/shop/catalogue.server.ts";
import type { Item } from "#app/shop/item.ts";
import { firstPictureOf } from "#app/shop/pictures.ts";

/** The shop window. Gives the buyer cookie, too: tabs opened from here at the same moment belong to one buyer. */
export async function shopWindow() {
  const { headers } = getBuyer();
  const items = await currentItems();
  keepPage();
  return {
    data: { items: items.map(withoutStory), renderedAt: renderedAt() },
    headers,
  } satisfies PageContent;
}

type Shown = Omit<Item, "story" | "changes">;

const shown = new WeakMap<Item, Shown>();

/** Nothing that the window does not show: of many items their stories and changes are most of the page. */
function withoutStory(item: Item): Shown {
  const known = shown.get(item);
  if (known) return known;
  const { story, changes, ...others } = item;
  const inWindow = Object.freeze({ ...others, ...firstPictureOf(item) });
  shown.set(item, inWindow);
  return inWindow;
}
