/** What the shop says of itself, as the root's loader gives it to every page. */
import { useRouteLoaderData } from "@remix-run/react";
import { DEFAULTS, type Shop, SHOP_PAGES, type ShopPage, type ShopSettings } from "#app/shop/shop-settings.ts";
import type { Language } from "#app/words/languages.ts";
import { inWordsOf } from "#app/words/shop-in-words.ts";
import { useDocument } from "./document.tsx";

interface Root {
  shop: Shop;
  language: Language;
  /** Where the shop is, if it knows. */
  origin?: string | undefined;
}

/** For documents whose root is not loaded, such as the answer to a method that no page has. All of a process are of one shop. */
let known: Shop = DEFAULTS;

export function knowShop(shop: Shop): void {
  known = shop;
}

export function useShop(): Shop {
  return inWordsOf(useRouteLoaderData<Root>("root")?.shop ?? known, useDocument().language);
}

/** The shop in JSON, for a document that does not have it by its root. */
export function useShopApart(): string | undefined {
  // Null where no loader was asked.
  return useRouteLoaderData<Root | null>("root") ? undefined : JSON.stringify(known);
}

/** Those of the shop's pages that there are, here or elsewhere, and where. Pages are not told the texts themselves. */
export function pagesOf(
  shop: ShopSettings,
  pages: readonly ShopPage[] = SHOP_PAGES,
): { page: ShopPage; href: string }[] {
  return pages.flatMap((page) => (shop[page] === "" ? [] : [{ page, href: shop[page] }]));
}

type Matches = { id: string; data: unknown }[];

function rootIn(matches: Matches): Root | undefined {
  return matches.find(({ id }) => id === "root")?.data as Root | undefined;
}

export function shopIn(matches: Matches): Shop {
  return inWordsOf(rootIn(matches)?.shop ?? known, languageIn(matches));
}

/** In which a page's title is. */
export function languageIn(matches: Matches): Language {
  return rootIn(matches)?.language ?? "en";
}

export function originIn(matches: Matches): string | undefined {
  return rootIn(matches)?.origin;
}

/** A page's title in the browser's tab: what it is, and whose. */
export function titleIn(matches: Matches, title?: string): string {
  const { name } = shopIn(matches);
  return title === undefined ? name : `${title} · ${name}`;
}
