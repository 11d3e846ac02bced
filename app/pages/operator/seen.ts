/** As what an operator has seen an item, told by a form's hidden fields. */
import type { Seen } from "#app/shop/stocking.server.ts";

export interface SeenFields extends Record<string, string> {
  edition: string;
  seen: string;
}

/** Which no item has: of a form that does not say what it was filled in from. Done all the same, it could undo what somebody else has done. */
export const NO_EDITION = -1;

export function seenIn({ edition = "", seen }: Partial<SeenFields>): Seen {
  return { edition: /^\d{1,9}$/.test(edition) ? Number(edition) : NO_EDITION, words: seen };
}
