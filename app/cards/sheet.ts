/** What stands on a card, the picture that is shown beside a link to the shop: all of it, so that a card is named by its sheet. */
import { shownAccent } from "#app/shop/accent.ts";
import { isLastOne, isOver, isScarce, type Item } from "#app/shop/item.ts";
import type { Shop } from "#app/shop/shop-settings.ts";
import { pathOf } from "#app/shop/pictures.ts";
import { inWordsOf } from "#app/words/shop-in-words.ts";
import type { Language } from "#app/words/languages.ts";
import { besideNumber, wordsIn, type Words } from "#app/words/words.ts";

interface AnySheet {
  shop: string;
  /** Address of the picture that stands before its name, or of the logo, which stands in its place. */
  logo: string;
  hasLogo: boolean;
  accent: string;
  /** Addresses of what is shown, the largest first. */
  pictures: string[];
}

export interface ItemSheet extends AnySheet {
  kind: "item";
  name: string;
  edition: string;
  price: string;
  /** How many are left, or why none can be had. */
  stand: string;
  tone: "good" | "accent" | "ink" | "quiet";
  /** How much of the edition is left, and how much is held: shares of one. */
  bar?: { left: number; held: number };
  isOver: boolean;
}

export interface WindowSheet extends AnySheet {
  kind: "window";
  headline: string;
  intro: string;
}

export type CardSheet = ItemSheet | WindowSheet;

export interface CertificateSheet extends AnySheet {
  kind: "certificate";
  yours: string;
  name: string;
  /** What stands before the number. */
  numberSign: string;
  number: string;
  /** Of which edition it is one, and how many pieces they are where they are more. */
  more: string;
  moment: string;
  id: string;
}

/** What is known of an order that is its buyer's. */
export interface Certified {
  id: string;
  /** As it was sold. */
  name: string;
  picture: string;
  number: number;
  /** Null where its number is beyond it. */
  edition: number | null;
  /** Without what was taken back. */
  quantity: number;
  placedAt: Date;
}

/** Shown in the window's card. */
const MOST_PICTURES = 3;
const OWN_LOGO = "/favicon.svg";

export function sheetOfItem(item: Item, shop: Shop, language: Language): ItemSheet {
  const words = wordsIn(language);
  const { name, picture, price, quantity, held, startingQuantity: of, status } = item;
  const over = isOver(item);
  const whole = Math.max(of, quantity + held);
  return {
    kind: "item",
    ...shopOf(shop),
    pictures: [picture],
    name,
    edition: words.window.edition(of),
    price: words.price(price),
    stand: standOf(item, words),
    tone: over ? "quiet" : toneOf(item),
    ...(status !== "archived" && { bar: { left: quantity / whole, held: held / whole } }),
    isOver: over,
  };
}

/** `items`: those of the window, as it shows them. */
export function sheetOfWindow(items: readonly Pick<Item, "picture">[], shop: Shop, language: Language): WindowSheet {
  const { headline, intro } = inWordsOf(shop, language);
  const pictures = items.slice(0, MOST_PICTURES).map(({ picture }) => picture);
  return { kind: "window", ...shopOf(shop), pictures, headline, intro };
}

export function sheetOfCertificate(of: Certified, shop: Shop, language: Language): CertificateSheet {
  const words = wordsIn(language);
  const { receipt: say, time } = words;
  const { id, name, picture, number, edition, quantity, placedAt } = of;
  return {
    kind: "certificate",
    ...shopOf(shop),
    pictures: [picture],
    yours: say.yours(quantity),
    name,
    numberSign: say.number,
    number: String(number),
    more: besideNumber(words, edition, quantity),
    moment: time.moment(placedAt, shop.zone),
    id: `${say.id} ${id}`,
  };
}

function shopOf({ name, logo, accent }: Shop): Omit<AnySheet, "pictures"> {
  return {
    shop: name,
    logo: logo ? pathOf(logo) : OWN_LOGO,
    hasLogo: logo !== undefined,
    accent: shownAccent(accent).light,
  };
}

function standOf(item: Item, words: Words): string {
  const { status, state, quantity, startingQuantity: of, opensAt } = item;
  if (status === "archived") return words.item.noLongerSold;
  if (state === "not_open" && opensAt) return words.window.opens(words.time.openingSoon(opensAt));
  if (state !== "available") return words.stock.state[state];
  return isLastOne(item, of) ? words.stock.last : words.card.left(quantity, of);
}

function toneOf(item: Item): ItemSheet["tone"] {
  if (isScarce(item, item.startingQuantity)) return "accent";
  return item.state === "available" ? "good" : "ink";
}
