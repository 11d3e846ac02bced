/** The list of items, and the pages on which one is put up and changed. */
import { randomUUID } from "node:crypto";
import type { SubmissionResult } from "@conform-to/react";
import { data, redirect } from "@remix-run/node";
import { currentExchange } from "#app/http/exchange.server.ts";
import { renderedAt } from "#app/http/kept-pages.server.ts";
import { type MultipartForm, readMultipart } from "#app/http/multipart.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import { errorsOf, itemFieldsOf, submittedChange, submittedItem } from "./item-submission.ts";
import { putUp, save, type Saved } from "#app/operator/items.server.ts";
import { makePicture } from "#app/operator/make-picture.server.ts";
import { readMade } from "#app/operator/sent-picture.server.ts";
import { keepForNow } from "#app/operator/pictures.server.ts";
import { type MadePicture, pathOf, picturesOf } from "#app/shop/pictures.ts";
import { words as pictureWords } from "#app/words/operator-pictures.ts";
import { renderStory } from "#app/words/story.ts";
import { unlessBusy } from "./pictures.server.ts";
import { getAnyItem, listAllItems } from "#app/shop/catalogue.server.ts";
import { fieldsOf, type ItemField, type ItemFields, otherThan } from "#app/shop/item-form.ts";
import { memory } from "#app/shop/memory.server.ts";
import { isItemId, isUuid, type Item } from "#app/shop/item.ts";
import { listActs } from "#app/shop/acts.server.ts";
import { listOpenHolds } from "#app/shop/holds.server.ts";
import { wordsOf } from "#app/shop/stocking.server.ts";
import { answerStock, STOCK_FORMS, stockFormOf } from "./item-stock.server.ts";
import { isZone } from "#app/shop/zoned-time.ts";
import { currentShop } from "#app/shop-settings.server.ts";
import { firstIn, NO_EDITION, type SeenForm, seenIn } from "./seen.ts";
import { NOT_KEPT, requireOperator } from "./session.server.ts";

/** Where times are shown and entered, unless somebody says otherwise. */
const zone = () => currentShop().zone;
/** Acts on an item's page; the others are among all acts. */
const FEW_ACTS = 10;
const ZONES = Intl.supportedValuesOf("timeZone");

export async function itemsPage() {
  await requireOperator();
  const items = await listAllItems();
  return {
    items: items.map(({ story, ...item }) => item),
    zone: zone(),
    now: now(),
    renderedAt: renderedAt(memory.now),
  };
}

/** By the clock that openings go by: for words about time, which a placeholder of a kept page has none for. */
function now(): string {
  return memory.now.toISOString();
}

/** What came of a form that stays on its page, with what was entered. */
export interface ItemMessage {
  /** `unseen`: the form did not say what it was filled in from. */
  kind: "mistakes" | "moved_on" | "unseen" | "preview";
  /** The story as HTML, where it was sent to be looked at. */
  preview?: string;
  reply: SubmissionResult;
  seen?: SeenForm;
  /** Of the picture that was sent: it is there already. */
  made?: MadePicture | undefined;
  /** Where somebody else was first, or may have been: what there is now, and what was entered. */
  both?: Both[];
}

export interface Both {
  field: ItemField;
  now: string;
  /** Undefined: it was not touched. */
  yours: string | undefined;
}

export async function newItemPage() {
  await requireOperator();
  const [copied, items] = await Promise.all([itemToCopy(), listAllItems()]);
  const fields: ItemFields = copied
    ? {
        ...{ ...fieldsOf(copied, zone()), id: "", position: "" },
        ...(!isAhead(copied.opensAt) && { opensAt: "", which: "" }),
        ...(!isAhead(copied.closesAt) && { closesAt: "", whichClosing: "" }),
      }
    : {
        ...{ "price.currency": items.at(-1)?.price.currency ?? "EUR", quantity: "1", maxPerOrder: "1" },
        ...{ payment: "none", holdSeconds: "600", zone: zone() },
      };
  const [first, ...others] = copied ? picturesOf(copied) : [];
  return { fields, made: first?.made, others: others.length, key: randomUUID(), zones: ZONES, now: now() };
}

/** Of which the address says that the new item begins as a copy. */
async function itemToCopy(): Promise<Item | undefined> {
  const id = currentExchange().url.searchParams.get("copy") ?? undefined;
  return isItemId(id) ? getAnyItem(id) : undefined;
}

/** An opening that is over would be no opening of a copy, and one that has closed would sell nothing. */
function isAhead(moment: Date | null): boolean {
  return moment !== null && moment > memory.now;
}

export async function answerNewItem() {
  const { id: session, who: by } = await requireOperator();
  const form = await readMultipart(currentExchange(), session);
  const { fields, made, refused } = await withPicture(form);
  const read = submittedItem(fields);
  if (form.fields.preview !== undefined) return preview(fields, read, { made });
  if (read.status !== "success" || refused) return stay(read.reply(besides(refused)), { made });
  const key = isUuid(form.fields.key) ? form.fields.key : randomUUID();
  const copied = await itemToCopy();
  const others = copied && picturesOf(copied).slice(1);
  return answer(await putUp(read.value, { madeId: !fields.id?.trim(), key, by, made, others }), read, { made });
}

/**
 * The fields, with the address of the picture that was sent; or of the one that was sent before, with a mistake elsewhere: its file is
 * not sent again.
 */
async function withPicture({ fields: sent, files }: MultipartForm) {
  const fields = itemFieldsOf(Object.entries(sent));
  const { picture } = files;
  if (!picture) return { fields, made: readMade(sent.made) };
  const made = await unlessBusy(() => makePicture(picture.bytes));
  if (made.kind === "refused") return { fields, made: readMade(sent.made), refused: pictureWords.refused(made) };
  await keepForNow(made);
  return { fields: { ...fields, picturePath: pathOf(made.picture) }, made: made.picture };
}

function besides(refused: string | undefined) {
  return refused === undefined ? {} : { fieldErrors: { picture: [refused] } };
}

export async function itemPage(id: string | undefined) {
  await requireOperator();
  const item = isItemId(id) ? await getAnyItem(id) : undefined;
  if (!item) throw notFound("item");
  const [holds, acts] = await Promise.all([listOpenHolds(item.id), listActs({ itemId: item.id, most: FEW_ACTS })]);
  const did = currentExchange().url.searchParams.get("did");
  const fields = fieldsOf(item, zone());
  return {
    item,
    holds: holds.map(({ id, quantity, heldAt, expiresAt, paying }) => ({ id, quantity, heldAt, expiresAt, paying })),
    acts,
    did: STOCK_FORMS.find((form) => form === did),
    /** Names what is pressed here next. */
    key: randomUUID(),
    zone: zone(),
    fields,
    begun: begunFrom(item, fields),
    saved: currentExchange().url.searchParams.has("saved"),
    zones: ZONES,
    now: now(),
    renderedAt: renderedAt(memory.now),
  };
}

function begunFrom(item: Item, fields: ItemFields): SeenForm {
  return { edition: String(item.edition), seen: wordsOf(item), was: JSON.stringify(fields) };
}

export async function answerItem(id: string | undefined) {
  const { id: session, who: by } = await requireOperator();
  if (!isItemId(id)) throw notFound("item");
  const form = stockFormOf(currentExchange().url);
  if (form) return answerStock(id, form);
  const { fields: sent, files } = await readMultipart(currentExchange(), session);
  const { fields, made, refused } = await withPicture({ fields: sent, files });
  const read = submittedChange(id, fields);
  // Kept with what was entered: a form that is sent again after a mistake is still about the item as it was seen at first.
  const seen: SeenForm = { edition: sent.edition ?? "", seen: sent.seen ?? "", was: sent.was ?? "" };
  if (sent.preview !== undefined) return preview(fields, read, { seen, made });
  if (read.status !== "success" || refused) return stay(read.reply(besides(refused)), { seen, made });
  const asSeen = seenIn(seen);
  const saved = await save(read.value, { by, made, seen: asSeen });
  return answer(saved, read, { seen, made, fields, unseen: asSeen.edition === NO_EDITION });
}

interface Replies {
  reply: (options?: { fieldErrors?: Record<string, string[]> }) => SubmissionResult;
}

function answer(saved: Saved, read: Replies, kept: Kept) {
  switch (saved.kind) {
    case "saved":
      return redirect(`/operator/items/${saved.itemId}?saved`, { status: 303, headers: NOT_KEPT });
    case "mistakes":
      return stay(read.reply({ fieldErrors: errorsOf(saved.mistakes) }), kept);
    case "moved_on":
      return movedOn(saved.now, kept);
    case "not_found":
      throw notFound("item");
    default:
      return saved satisfies never;
  }
}

/**
 * Whoever saves again has seen both. What they have not touched stands in their form as it is now: saved again, whatever else is wrong
 * with it by then, it changes nothing of that.
 */
function movedOn(now: Item, { fields: entered = {}, seen: begun, made, unseen = false }: Kept) {
  const named = entered.zone?.trim() ?? "";
  const fields = fieldsOf(now, isZone(named) ? named : zone());
  const there: ItemFields = { ...fields, status: now.status };
  const touched = new Set<ItemField>(otherThan(begun ? firstIn(begun) : {}, entered));
  const both = otherThan(there, entered).map((field): Both => {
    const yours = touched.has(field) ? entered[field]?.replaceAll("\r\n", "\n") : undefined;
    return { field, now: there[field] ?? "", yours };
  });
  for (const [time, which] of TIMES) if (touched.has(time)) touched.add(which);
  const kept = Object.fromEntries([...touched].map((field) => [field, entered[field] ?? ""]));
  const { initialValue = null } = submittedChange(now.id, { ...there, ...kept }).reply();
  return data<ItemMessage>(
    {
      kind: unseen ? "unseen" : "moved_on",
      reply: { initialValue },
      seen: begunFrom(now, fields),
      made: made && pathOf(made) === (kept.picturePath ?? now.picture) ? made : undefined,
      both,
    },
    { status: 409, headers: NOT_KEPT },
  );
}

/** Each with the field that says which is meant of two. */
const TIMES = [
  ["opensAt", "which"],
  ["closesAt", "whichClosing"],
] as const;

/** What was entered, with its story as visitors will see it. Nothing is saved, and nothing is wrong yet. */
function preview({ story = "" }: ItemFields, read: Replies, { seen, made }: Kept) {
  const { initialValue = null } = read.reply();
  return data<ItemMessage>(
    { kind: "preview", preview: renderStory(story), reply: { initialValue }, made, ...(seen && { seen }) },
    { headers: NOT_KEPT },
  );
}

/** What the form says besides what was entered. */
interface Kept {
  fields?: ItemFields;
  seen?: SeenForm;
  made?: MadePicture | undefined;
  unseen?: boolean;
}

function stay(reply: SubmissionResult, { seen, made }: Kept) {
  return data<ItemMessage>(
    { kind: "mistakes", reply, made, ...(seen && { seen }) },
    { status: 400, headers: NOT_KEPT },
  );
}
