import Negotiator from "negotiator";
import { type Language, LANGUAGES } from "#app/words/languages.ts";
import { rememberFew } from "./remember-few.ts";

/** The one of the shop's languages that whoever sent this Accept-Language reads best; the first of them where that is none. */
export const languageOf: (header: string | undefined) => Language = rememberFew((header) => {
  const wanted = new Negotiator({ headers: { "accept-language": header } }).language([...LANGUAGES]);
  return LANGUAGES.find((language) => language === wanted) ?? LANGUAGES[0];
}, LANGUAGES[0]);
