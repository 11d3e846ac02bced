import { createContext, useContext } from "react";
import type { Language } from "#app/words/languages.ts";
import { wordsIn, type Words } from "#app/words/words.ts";

/** What the server knows of the answer it renders. `reference`: of a failure, which the browser reads from the document, as it does the language. */
export const Document = createContext<{ language: Language; nonce?: string; reference?: string }>({ language: "en" });

export function useDocument() {
  return useContext(Document);
}

/** What this page says, in the language of its visitor. */
export function useWords(): Words {
  return wordsIn(useDocument().language);
}
