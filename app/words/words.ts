/** What the pages of the shop say, in each language. Another language is another file of the same type. */
import { de } from "./de.ts";
import { en } from "./en.ts";
import type { Language } from "./languages.ts";

export type Words = typeof en;

const CATALOGUE: Record<Language, Words> = { en, de };

export function wordsIn(language: Language): Words {
  return CATALOGUE[language];
}
