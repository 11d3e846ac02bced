/**
 * The countries of ISO 3166-1 by their names, from a list that comes with the shop: Intl's names differ between versions of the
 * language data, so the server and a browser would write two lists.
 */
import de from "i18n-iso-countries/langs/de.json" with { type: "json" };
import en from "i18n-iso-countries/langs/en.json" with { type: "json" };
import type { Language } from "#app/words/languages.ts";

export interface Country {
  /** Two letters. */
  code: string;
  name: string;
}

/** In the order of their names. */
function listed(language: Language, names: Record<string, string | string[]>): readonly Country[] {
  return Object.entries(names)
    .map(([code, known]) => ({ code, name: typeof known === "string" ? known : (known[0] ?? code) }))
    .sort((one, other) => one.name.localeCompare(other.name, language));
}

const COUNTRIES: Record<Language, readonly Country[]> = {
  en: listed("en", en.countries),
  de: listed("de", de.countries),
};

export function countriesIn(language: Language): readonly Country[] {
  return COUNTRIES[language];
}

const codes = new Set(COUNTRIES.en.map(({ code }) => code));

export function isCountry(code: string): boolean {
  return codes.has(code);
}
