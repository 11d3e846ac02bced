/** The list of items, and the pages on which one is put up and changed. */
import { randomUUID } from "node:crypto";
import type { SubmissionResult } from "@conform-to/react";
import { data, redirect } from "@remix-run/node";
import { currentExchange } from "#app/http/exchange.server.ts";
import { renderedAt } from "#app/http/kept-pages.server.ts";
import { readMultipart } from "#app/http/multipart.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import { errorsOf, itemFieldsOf, submittedChange, submittedItem } from "./item-submission.ts";
import { putUp, save, type Saved } from "#app/operator/items.server.ts";
import { getAnyItem, listAllItems } from "#app/shop/catalogue.server.ts";
import { fieldsOf, type ItemFields } from "#app/shop/item-form.ts";
import { isItemId, isUuid } from "#app/shop/item.ts";
import { listActs } from "#app/shop/acts.server.ts";
import { listOpenHolds } from "#app/shop/holds.server.ts";
import { wordsOf } from "#app/shop/stocking.server.ts";
import { answerStock, STOCK_FORMS, stockFormOf } from "./item-stock.server.ts";
import { currentShop } from "#app/shop-settings.server.ts";
import { NOT_KEPT, requireOperator } from "./session.server.ts";

/** Where times are shown and entered, unless somebody says otherwise. */
const zone = () => currentShop().zone;
/** Acts on an item's page; the others are among all acts. */
const FEW_ACTS = 10;
const ZONES = Intl.supportedValuesOf("timeZone");

export async function itemsPage() {
  await requireOperator();
  const items = await listAllItems();
  return { items: items.map(({ story, ...item }) => item), zone: zone(), now: now(), renderedAt: renderedAt() };
}

/** Of which item a form was filled in. */
export interface Hidden extends Record<string, string> {
  edition: string;
  seen: string;
}

/** For words about time, which a placeholder of a kept page has none for. */
function now(): string {
  return new Date().toISOString();
}

/** What came of a form that stays on its page, with what was entered. */
export interface ItemMessage {
  kind: "mistakes" | "moved_on";
  reply: SubmissionResult;
  seen?: Hidden;
}

export async function newItemPage() {
  await requireOperator();
  const items = await listAllItems();
  const copied = items.find(({ id }) => id === currentExchange().url.searchParams.get("copy"));
  const fields: ItemFields = copied
    ? { ...fieldsOf(copied, zone()), id: "", position: "", ...(!isAhead(copied.opensAt) && { opensAt: "", which: "" }) }
    : {
        ...{ "price.currency": items.at(-1)?.price.currency ?? "EUR", quantity: "1", maxPerOrder: "1" },
        ...{ payment: "none", holdSeconds: "600", zone: zone() },
      };
  return { fields, key: randomUUID(), zones: ZONES, now: now() };
}

/** An opening that is over would be no opening of a copy. */
function isAhead(opensAt: Date | null): boolean {
  return opensAt !== null && opensAt.getTime() > Date.now();
}

export async function answerNewItem() {
  const { id: session, who: by } = await requireOperator();
  const { fields: sent } = await readMultipart(currentExchange(), session);
  const fields = itemFieldsOf(Object.entries(sent));
  const read = submittedItem(fields);
  if (read.status !== "success") return stay(read.reply());
  const key = isUuid(sent.key) ? sent.key : randomUUID();
  return answer(await putUp(read.value, { madeId: !fields.id?.trim(), key, by }), read);
}

export async function itemPage(id: string | undefined) {
  await requireOperator();
  const item = isItemId(id) ? await getAnyItem(id) : undefined;
  if (!item) throw notFound("item");
  const [holds, acts] = await Promise.all([listOpenHolds(item.id), listActs({ itemId: item.id, most: FEW_ACTS })]);
  const did = currentExchange().url.searchParams.get("did");
  return {
    item,
    holds: holds.map(({ id, quantity, heldAt, expiresAt, paying }) => ({ id, quantity, heldAt, expiresAt, paying })),
    acts,
    did: STOCK_FORMS.find((form) => form === did),
    /** Names what is pressed here next. */
    key: randomUUID(),
    zone: zone(),
    fields: fieldsOf(item, zone()),
    seen: wordsOf(item),
    saved: currentExchange().url.searchParams.has("saved"),
    zones: ZONES,
    now: now(),
    renderedAt: renderedAt(),
  };
}

export async function answerItem(id: string | undefined) {
  const { id: session, who: by } = await requireOperator();
  if (!isItemId(id)) throw notFound("item");
  const form = stockFormOf(currentExchange().url);
  if (form) return answerStock(id, form);
  const { fields: sent } = await readMultipart(currentExchange(), session);
  const read = submittedChange(id, itemFieldsOf(Object.entries(sent)));
  // Kept with what was entered: a form that is sent again after a mistake is still about the item as it was seen at first.
  const seen: Hidden = { edition: sent.edition ?? "", seen: sent.seen ?? "" };
  if (read.status !== "success") return stay(read.reply(), seen);
  const edition = /^\d{1,9}$/.test(seen.edition) ? { seen: { edition: Number(seen.edition), words: seen.seen } } : {};
  return answer(await save(read.value, { by, ...edition }), read, seen);
}

interface Replies {
  reply: (options?: { fieldErrors: Record<string, string[]> }) => SubmissionResult;
}

function answer(saved: Saved, read: Replies, seen?: Hidden) {
  switch (saved.kind) {
    case "saved":
      return redirect(`/operator/items/${saved.itemId}?saved`, { status: 303, headers: NOT_KEPT });
    case "mistakes":
      return stay(read.reply({ fieldErrors: errorsOf(saved.mistakes) }), seen);
    case "moved_on":
      return data<ItemMessage>({ kind: "moved_on", reply: read.reply() }, { status: 409, headers: NOT_KEPT });
    case "not_found":
      throw notFound("item");
    default:
      return saved satisfies never;
  }
}

function stay(reply: SubmissionResult, seen?: Hidden) {
  return data<ItemMessage>({ kind: "mistakes", reply, ...(seen && { seen }) }, { status: 400, headers: NOT_KEPT });
}
