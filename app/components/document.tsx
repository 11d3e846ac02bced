import { createContext, useContext } from "react";

/** What the server knows of the answer it renders. `reference`: of a failure, which the browser reads from the document. */
export const Document = createContext<{ nonce?: string; reference?: string }>({});

export function useDocument() {
  return useContext(Document);
}
