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
  /** Links, each empty if there is none. */
  imprint: string;
  terms: string;
  privacy: string;
  returns: string;
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
  ...{ email: "", address: "", imprint: "", terms: "", privacy: "", returns: "" },
  zone: "UTC",
  credit: "on",
};

export const SETTINGS = Object.keys(DEFAULTS) as Setting[];

/** Longest, in characters. */
const LONGEST: Partial<Record<Setting, number>> = { name: 60, headline: 120, intro: 300, address: 500 };
const LONGEST_OTHER = 300;

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
  const most = LONGEST[setting] ?? LONGEST_OTHER;
  if (Array.from(value).length > most) return `Use at most ${most} characters.`;
  if (/(?![\n\r])[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(value) || !value.isWellFormed())
    return "This contains characters that nobody sees. Try typing it instead of pasting it.";
  // A name stands in a page's title, and in the head of a mail.
  if (setting !== "address" && setting !== "intro" && /[\n\r\u2028\u2029]/.test(value)) return "Write it in one line.";
  switch (setting) {
    case "name":
    case "headline":
      return BLANK.test(value) ? "This is empty." : undefined;
    case "accent":
      return value === "" || accentOf(value) ? undefined : "This is not a colour such as #b93a1c.";
    case "email":
      return value === "" || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? undefined : "This is not an e-mail address.";
    case "imprint":
    case "terms":
    case "privacy":
    case "returns":
      return value === "" || isLink(value) ? undefined : "This is not an address such as https://shop.example/terms.";
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
