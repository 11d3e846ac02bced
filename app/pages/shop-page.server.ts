import type { Params } from "#app/http/endpoint.server.ts";
import { keepPage, type PageContent } from "#app/http/kept-pages.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import { isShopPage, isText, LONGEST_TEXT, type ShopPage } from "#app/shop/shop-settings.ts";
import { currentShop, type KnownShop } from "#app/shop-settings.server.ts";
import { renderStory } from "#app/words/story.ts";

interface Told {
  page: ShopPage;
  /** The text as HTML. */
  html: string;
}

/** What the shop says of one thing, such as its terms, where that is a text and no link to another page. */
// eslint-disable-next-line @typescript-eslint/require-await -- What it refuses is a promise's, as every page's.
export async function shopPage({ page }: Params) {
  const shop = currentShop();
  if (!isShopPage(page) || !isText(shop[page])) throw notFound("page");
  keepPage();
  return { data: toldOf(shop, page), headers: {} } satisfies PageContent;
}

const told = new WeakMap<KnownShop, Map<ShopPage, Told>>();

/** Rendered once for all visitors: the shop is one object until something of it changes. */
function toldOf(shop: KnownShop, page: ShopPage): Told {
  const pages = told.get(shop) ?? new Map<ShopPage, Told>();
  told.set(shop, pages);
  const made = pages.get(page) ?? Object.freeze({ page, html: renderStory(shop[page], LONGEST_TEXT) });
  pages.set(page, made);
  return made;
}
