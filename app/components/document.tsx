import { createContext, useContext } from "react";

/** What the server knows of the answer it renders; the browser knows neither, and needs neither. */
export const Document = createContext<{ nonce?: string; reference?: string }>({});

export function useDocument() {
  return useContext(Document);
}
