/** What the pages of the shop say, in each language. Another language is another file of the same type. */
import { de } from "./de.ts";
import { en } from "./en.ts";
import type { Language } from "./languages.ts";

export type Words = typeof en;

const CATALOGUE: Record<Language, Words> = { en, de };

export function wordsIn(language: Language): Words {
  return CATALOGUE[language];
}

/** An order has one number, however many pieces: of how many it is, and how many they are. Empty if it is neither. */
export function besideNumber({ receipt: say }: Words, edition: number | null, pieces: number): string {
  const said = [edition === null ? "" : say.edition(edition), pieces > 1 ? say.pieces(pieces) : ""];
  return said.filter((part) => part !== "").join(" · ");
}
