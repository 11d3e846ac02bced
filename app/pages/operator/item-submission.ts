/** An item's form, checked in the browser as in the shop. */
import { parse, type Submission } from "@conform-to/react";
import type { ItemChange, NewItem } from "#app/shop/catalogue.server.ts";
import {
  fieldOf,
  ITEM_FIELDS,
  type FormField,
  type ItemFields,
  type Mistake,
  type Read,
  readItemChangeForm,
  readNewItemForm,
} from "#app/shop/item-form.ts";
import { words } from "#app/words/operator-items.ts";

/**
 * Of all that was sent, the item's own fields: a name such as x[4294967294] would be made a list of so many. A box without its tick is
 * not sent: the page's own form, which says so, has one.
 */
export function itemFieldsOf(sent: Iterable<readonly [string, unknown]>): ItemFields {
  const known = new Set<string>(ITEM_FIELDS);
  const all = [...sent];
  const fields: ItemFields = all.some(([name, value]) => name === "form" && value === "item") ? { ships: "" } : {};
  return Object.assign(
    fields,
    Object.fromEntries(all.filter(([name, value]) => known.has(name) && typeof value === "string")),
  );
}

/**
 * `intent`: what else conform sends to itself while a form is filled in, as when a field is left. Without it, that would look like a press
 * of the button, and send the form.
 */
export function submittedItem(fields: ItemFields, intent: [string, string][] = []): Submission<NewItem> {
  return submitted(fields, readNewItemForm(fields), intent);
}

export function submittedChange(
  id: string,
  fields: ItemFields,
  intent: [string, string][] = [],
): Submission<ItemChange> {
  return submitted(fields, readItemChangeForm(id, fields), intent);
}

const CONFORM = ["__intent__", "__state__"];

export function intentIn(form: FormData): [string, string][] {
  return CONFORM.flatMap((name) => {
    const value = form.get(name);
    return typeof value === "string" ? [[name, value] as [string, string]] : [];
  });
}

function submitted<T>(fields: ItemFields, { item, mistakes }: Read<T>, intent: [string, string][]): Submission<T> {
  const form = new FormData();
  for (const [name, value] of intent) form.append(name, value);
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return parse<T, string[]>(form, { resolve: () => (mistakes ? { error: errorsOf(mistakes) } : { value: item }) });
}

/** By field, as sentences. */
export function errorsOf(mistakes: Mistake[]): Record<string, string[]> {
  return Object.fromEntries(
    mistakes.map((mistake) => {
      const field = fieldOf(mistake);
      return [field, [sentenceOf(field, mistake.says)]];
    }),
  );
}

function sentenceOf(field: FormField | "", says: string): string {
  return `${field === "" ? words.form.item : words.form.labels[field]} ${says}.`;
}
