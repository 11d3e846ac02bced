/**
 * The countries of ISO 3166-1 by their names, from a list that comes with the shop: Intl's names differ between versions of the
 * language data, so the server and a browser would write two lists.
 */
import en from "i18n-iso-countries/langs/en.json" with { type: "json" };

export interface Country {
  /** Two letters. */
  code: string;
  name: string;
}

/** In the order of their names. */
export const COUNTRIES: readonly Country[] = Object.entries(en.countries as Record<string, string | string[]>)
  .map(([code, names]) => ({ code, name: typeof names === "string" ? names : (names[0] ?? code) }))
  .sort((one, other) => one.name.localeCompare(other.name, "en"));

const codes = new Set(COUNTRIES.map(({ code }) => code));

export function isCountry(code: string): boolean {
  return codes.has(code);
}
