import { DEFAULTS, type Shop } from "#app/shop/shop-settings.ts";
import type { Language } from "./languages.ts";
import { wordsIn } from "./words.ts";

/** What nobody has said otherwise, the shop says in its visitor's language. */
export function inWordsOf(shop: Shop, language: Language): Shop {
  const { headline, intro } = wordsIn(language).frame;
  return {
    ...shop,
    headline: shop.headline === DEFAULTS.headline ? headline : shop.headline,
    intro: shop.intro === DEFAULTS.intro ? intro : shop.intro,
  };
}
