/** What the shop says of itself, on every page and to every buyer. Read by the server and the browser. */
import { accentOf } from "./accent.ts";
import type { MadePicture } from "./pictures.ts";
import { BLANK } from "./unseen.ts";
import { isZone } from "./zoned-time.ts";

export interface ShopSettings {
  name: string;
  /** Above the shop window, and the sentence below it. */
  headline: string;
  intro: string;
  /** As #b93a1c; empty for the shop's own. */
  accent: string;
  /** Of the seller. */
  email: string;
  address: string;
  /** Each a link, or the text of a page of the shop's own (`isText`); empty if there is none. */
  about: string;
  shipping: string;
  returns: string;
  terms: string;
  privacy: string;
  imprint: string;
  /** In which the shop's times are told: an IANA name. */
  zone: string;
  /** Whether the footer names the program that the shop runs on. */
  credit: "on" | "off";
}

/** With what is no text. */
export interface Shop extends ShopSettings {
  /** In the place of the name. */
  logo?: MadePicture | undefined;
}

export type Setting = keyof ShopSettings;

export const DEFAULTS: ShopSettings = {
  name: "Lastone",
  headline: "A few of each. Just one of some.",
  intro: "Small runs by people who make things slowly. The number you see is exactly what’s left.",
  accent: "",
  ...{ email: "", address: "", about: "", shipping: "", returns: "", terms: "", privacy: "", imprint: "" },
  zone: "UTC",
  credit: "on",
};

export const SETTINGS = Object.keys(DEFAULTS) as Setting[];

/** What has a page, here or elsewhere, in the order in which visitors ask for it. */
export const SHOP_PAGES = ["about", "shipping", "returns", "terms", "privacy", "imprint"] as const;
export type ShopPage = (typeof SHOP_PAGES)[number];

export function isShopPage(name: string | undefined): name is ShopPage {
  return SHOP_PAGES.some((page) => page === name);
}

/** Where the page is that a text becomes. */
export function pathOfPage(page: ShopPage): string {
  return `/${page}`;
}

/** Whether it is the text of a page, and no link to one: what is one word in one line can only have been meant as a link. */
export function isText(value: string): boolean {
  return /\s/.test(value) && (value.includes("\n") || !isLink(value));
}

/** Longest, in characters. */
const LONGEST: Partial<Record<Setting, number>> = { name: 60, headline: 120, intro: 300, address: 500 };
const LONGEST_OTHER = 300;
export const LONGEST_TEXT = 20_000;

/** Beside which field, and what is wrong. */
export type SettingMistakes = Partial<Record<Setting, string>>;

/** What of these fields cannot stay so. */
export function mistakesIn(settings: Partial<ShopSettings>): SettingMistakes {
  const mistakes: SettingMistakes = {};
  for (const setting of SETTINGS) {
    const value = settings[setting];
    const mistake = value === undefined ? undefined : mistakeIn(setting, value);
    if (mistake !== undefined) mistakes[setting] = mistake;
  }
  return mistakes;
}

function mistakeIn(setting: Setting, value: string): string | undefined {
  const hasText = isShopPage(setting) && isText(value);
  const most = hasText ? LONGEST_TEXT : (LONGEST[setting] ?? LONGEST_OTHER);
  if (Array.from(value).length > most) return `Use at most ${most} characters.`;
  // What is pasted into a text has tabs.
  if (
    /(?![\n\r])[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(hasText ? value.replaceAll("\t", " ") : value) ||
    !value.isWellFormed()
  )
    return "This contains characters that nobody sees. Try typing it instead of pasting it.";
  // A name stands in a page's title, and in the head of a mail.
  if (!hasText && setting !== "address" && setting !== "intro" && /[\n\r\u2028\u2029]/.test(value))
    return "Write it in one line.";
  switch (setting) {
    case "name":
    case "headline":
      return BLANK.test(value) ? "This is empty." : undefined;
    case "accent":
      return value === "" || accentOf(value) ? undefined : "This is not a colour such as #b93a1c.";
    case "email":
      return value === "" || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? undefined : "This is not an e-mail address.";
    case "about":
    case "shipping":
    case "returns":
    case "terms":
    case "privacy":
    case "imprint":
      if (hasText) return BLANK.test(value) ? "This is empty." : undefined;
      if (value === pathOfPage(setting)) return "This page would only lead to itself.";
      return value === "" || isLink(value)
        ? undefined
        : "This is neither a text nor an address such as https://shop.example/terms.";
    case "zone":
      return isZone(value) ? undefined : "This is not a time zone such as Europe/Berlin.";
    case "credit":
      return value === "on" || value === "off" ? undefined : "This is on or off.";
    case "intro":
    case "address":
      return undefined;
    default:
      return setting satisfies never;
  }
}

/** Nothing that a browser would run. */
function isLink(value: string): boolean {
  return /^https?:$/.test(URL.parse(value)?.protocol ?? "") || /^\/(?![/\\])/.test(value);
}
