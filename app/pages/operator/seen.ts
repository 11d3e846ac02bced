/** As what an operator has seen an item, told by a form's hidden fields. */
import type { ItemFields } from "#app/shop/item-form.ts";
import type { Seen } from "#app/shop/stocking.server.ts";
import { itemFieldsOf } from "./item-submission.ts";

export interface SeenFields extends Record<string, string> {
  edition: string;
  seen: string;
}

/** Of an item's form. */
export interface SeenForm extends SeenFields {
  /** What stood in its fields at first, as JSON: what differs from it when it is sent was touched. */
  was: string;
}

/** What stood in the form's fields at first. Of a form that does not say it, nothing: all that it sends was touched. */
export function firstIn({ was = "" }: Partial<SeenForm>): ItemFields {
  try {
    const fields: unknown = JSON.parse(was);
    return itemFieldsOf(Object.entries(fields ?? {}));
  } catch {
    return {};
  }
}

/** Which no item has: of a form that does not say what it was filled in from. Done all the same, it could undo what somebody else has done. */
export const NO_EDITION = -1;

export function seenIn({ edition = "", seen }: Partial<SeenFields>): Seen {
  return { edition: /^\d{1,9}$/.test(edition) ? Number(edition) : NO_EDITION, words: seen };
}
