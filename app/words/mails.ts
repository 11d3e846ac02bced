/** What mails say, in each language. Apart from what pages say: no browser needs it. */
import type { Language } from "./languages.ts";
import { mails as de } from "./mails-de.ts";
import { mails as en } from "./mails-en.ts";

export type Mails = typeof en;

const CATALOGUE: Record<Language, Mails> = { en, de };

export function mailsIn(language: Language): Mails {
  return CATALOGUE[language];
}
