/** What an operator does to an item: its stock through the ledger, its words through the catalogue, both under the stock's lock. */
import { hash } from "node:crypto";
import { type Database, db, type Transaction } from "#app/db.server.ts";
import { BY_COMMAND, insertAct, type Verb } from "./acts.server.ts";
import {
  deleteItem,
  getAnyItem,
  getItem,
  insertItem,
  type ItemChange,
  lockDraft,
  type NewItem,
  updateItem,
} from "./catalogue.server.ts";
import { listOpenHolds } from "./holds.server.ts";
import { whyNotThen } from "./item-form.ts";
import { type Item, onlyStock, type Stock } from "./item.ts";
import { findLastRestock, findMovement, lockItem, type Movement, openStock, record } from "./ledger.server.ts";
import { publish } from "./memory.server.ts";
import { assertConsistent, type LockedItem, Sheet, stockOf } from "./sheet.ts";

/** What became of one change. Only "done" and "repeated" have changed anything, and "repeated" had already. */
export type StockChange =
  | { kind: "done"; stock: Stock; delta: number }
  /** The key has made this change before: then, it left `quantity` units at `version`. */
  | { kind: "repeated"; stock: Stock; delta: number; quantity: number; version: number }
  /** The key has made another change of this item. */
  | { kind: "key_reused"; stock: Stock }
  /** The count was made at another version than the item has now. */
  | { kind: "moved_on"; stock: Stock; seenVersion: number }
  /** The item's last restock added as many within the hour: `key` names it. */
  | { kind: "twin"; stock: Stock; delta: number; version: number; key: string; secondsAgo: number }
  /** It would leave fewer than none, or fewer than are held. */
  | { kind: "not_enough"; stock: Stock }
  | { kind: "not_found" };

export interface ActOptions {
  client?: Database;
  /** Who does it. */
  by?: string;
}

export interface MoveOptions extends ActOptions {
  /** Names this change, a UUID: sent again, it is done once. */
  key?: string;
  /** Refuses a restock like the last one: whoever does not know whether it was done sends it again without its key. */
  refuseTwin?: boolean;
}

/** Seconds in which a restock like the one before is taken for the same one. */
const TWIN_WITHIN = 3_600;

/**
 * Puts a new item up for sale with its starting quantity, or as a draft. The caller's transaction makes all of it visible at once. `key`
 * names this change, a UUID: `findAdded` finds the item by it.
 */
export async function addItem(
  tx: Transaction,
  item: NewItem,
  by = BY_COMMAND,
  key: string | null = null,
): Promise<void> {
  const isDraft = item.status === "draft";
  const inserted = await insertItem(tx, item, key);
  if (!isDraft) await openStock(tx, item.id, item.startingQuantity);
  const { id, ...words } = item;
  const after = { ...words, ...inserted };
  await insertAct(tx, { who: by, what: isDraft ? "draft_added" : "item_added", itemId: id, after });
}

/**
 * Deletes a draft. Says whether there was one: what was published stays, for its orders' sake. Throws MovedOn when it is not as it was
 * seen.
 */
export async function deleteDraft(tx: Transaction, itemId: string, by = BY_COMMAND, seen?: Seen): Promise<boolean> {
  const draft = (await lockDraft(tx, itemId)) ? await getAnyItem(itemId, tx) : undefined;
  if (!draft) return false;
  assertSeen(draft, seen);
  await deleteItem(tx, itemId);
  const { name, price } = draft;
  await insertAct(tx, { who: by, what: "draft_deleted", itemId, before: { name, price } });
  return true;
}

/** What an operator has seen of an item when they wrote their change. */
export interface Seen {
  edition: number;
  /** `wordsOf` that item. Without it another edition is another item, though only a hold's end or the pause may be new. */
  words?: string | undefined;
}

/** Somebody has changed the item since its change was written: `now` is what it is. */
export class MovedOn extends Error {
  readonly now: Item;

  constructor(now: Item) {
    super(`${now.id} is at edition ${now.edition}`);
    this.now = now;
  }
}

/** A short name of what an operator writes of an item: two that differ have different names. */
export function wordsOf(item: Item): string {
  const {
    id,
    quantity,
    held,
    nextReleaseAt,
    version,
    edition,
    epoch,
    run,
    state,
    paused,
    pictures,
    changes,
    ...words
  } = item;
  return hash("sha256", JSON.stringify(Object.entries(words).sort()), "base64url");
}

/** How an item is paid for is not changed while holds of it are open: they would be sold in another way than they were made. */
export class HoldsAreOpen extends Error {}

/** A change that the item cannot have as it is. The message is the end of a sentence that begins with the field. */
export class NotPossible extends Error {
  readonly field: "startingQuantity" | "status" | "closesAt";

  constructor(field: NotPossible["field"], says: string) {
    super(says);
    this.field = field;
  }
}

/**
 * Changes an item's words and terms, which begins its next edition. Undefined when there is no such item. The caller
 * publishes the stock that is returned, after COMMIT. Throws HoldsAreOpen, NotPossible, and MovedOn when the item is not as it was seen.
 */
export async function changeItem(
  tx: Transaction,
  change: ItemChange,
  by = BY_COMMAND,
  seen?: Seen,
): Promise<Stock | undefined> {
  // The lock first, as everyone takes it: a purchase that is being decided now ends on the words it has read.
  const before = await lockWords(tx, change.id);
  if (before === "draft") return changeDraft(tx, change, by, seen);
  if (!before) return undefined;
  const was = await getItem(change.id, tx);
  // Before all else: whoever has not seen what it is now, as that it is published, cannot know what is impossible.
  if (was) assertSeen(was, seen);
  if (before.held > 0 && change.payment !== undefined && change.payment !== before.payment)
    throw new HoldsAreOpen(
      `${before.held} of ${change.id} are held until ${before.nextReleaseAt ?? ""} at the earliest`,
    );
  if (change.startingQuantity !== undefined && change.startingQuantity !== before.startingQuantity)
    throw new NotPossible("startingQuantity", "is changed by restock or correct, not here");
  if (change.status === "draft") throw new NotPossible("status", "cannot be draft again: it is published");
  assertOrder(was, change);
  await updateItem(tx, change);
  const is = await getItem(change.id, tx);
  if (was && is) await recordChange(tx, was, is, change, by, "item_changed");
  const after = await lockItem(tx, change.id);
  return after && stockOf(after);
}

/**
 * The item, whose words and terms nobody else changes until the transaction ends: as it is locked, or that it is a draft. Undefined when
 * there is no such item.
 */
export async function lockWords(tx: Transaction, itemId: string): Promise<LockedItem | "draft" | undefined> {
  const published = await lockItem(tx, itemId);
  if (published) return published;
  // Without a stock it is a draft, or none, or was published while its lock was waited for.
  return (await lockDraft(tx, itemId)) ? "draft" : lockItem(tx, itemId);
}

/** The change may name only one of the two. */
function assertOrder(was: Item | undefined, { opensAt = was?.opensAt, closesAt = was?.closesAt }: ItemChange): void {
  const why = whyNotThen({ opensAt, closesAt });
  if (why !== undefined) throw new NotPossible("closesAt", why);
}

function assertSeen(was: Item, seen: Seen | undefined): void {
  if (seen && seen.edition !== was.edition && seen.words !== wordsOf(was)) throw new MovedOn(was);
}

/** Changes a locked draft, which nobody is told of; or publishes it, with its stock. */
async function changeDraft(tx: Transaction, change: ItemChange, by: string, seen?: Seen): Promise<Stock | undefined> {
  const was = await getAnyItem(change.id, tx);
  if (was) assertSeen(was, seen);
  if (change.status === "archived")
    throw new NotPossible("status", "cannot be archived: it is a draft, which is published or deleted");
  assertOrder(was, change);
  await updateItem(tx, change);
  if (change.status === "published")
    await openStock(tx, change.id, change.startingQuantity ?? was?.startingQuantity ?? 0, (was?.edition ?? 0) + 1);
  const is = await getAnyItem(change.id, tx);
  if (was && is)
    await recordChange(tx, was, is, change, by, is.status === "draft" ? "draft_changed" : "item_published");
  return is && onlyStock(is);
}

/** Of the fields that the change names, those that it has changed. */
async function recordChange(
  tx: Transaction,
  was: Item,
  is: Item,
  change: ItemChange,
  by: string,
  what: Verb,
): Promise<void> {
  const { id: itemId, ...fields } = change;
  const changed = (Object.keys(fields) as (keyof typeof fields)[]).filter(
    (field) => JSON.stringify(was[field]) !== JSON.stringify(is[field]),
  );
  if (changed.length === 0) return;
  const of = (item: Item) => Object.fromEntries(changed.map((field) => [field, item[field]]));
  await insertAct(tx, { who: by, what, itemId, before: of(was), after: of(is) });
}

/** Stops the sale until it is resumed: the next decision obeys. Run and count stay. Undefined when there is no such item. */
export function pauseItem(itemId: string, options: ActOptions = {}): Promise<Stock | undefined> {
  return setPaused(itemId, true, options);
}

export function resumeItem(itemId: string, options: ActOptions = {}): Promise<Stock | undefined> {
  return setPaused(itemId, false, options);
}

/** Takes it out of the window and sells it no more. Undefined when there is no such item, or it is a draft. */
export function archiveItem(itemId: string, options: ActOptions = {}): Promise<Stock | undefined> {
  return setStatus(itemId, "archived", options);
}

/** Sells again what was archived. Never a draft, which is published by whoever has seen what it says. */
export function restoreItem(itemId: string, options: ActOptions = {}): Promise<Stock | undefined> {
  return setStatus(itemId, "published", options);
}

/** Ends the run and all that is held in it, and starts a new one with `quantity` units, or the item's starting quantity. Undefined when there is no such item. */
export async function resetItem(
  itemId: string,
  quantity?: number,
  options: ActOptions = {},
): Promise<Stock | undefined> {
  const change = await startRun(itemId, { quantity }, options);
  return change.kind === "not_found" ? undefined : change.stock;
}

export type RunStart =
  | { kind: "done" | "repeated" | "key_reused"; stock: Stock }
  /** The run that was to be ended has ended already. */
  | { kind: "moved_on"; stock: Stock }
  | { kind: "not_found" };

/** As `resetItem`. `seenRun`: the run that is to end; of another one nothing is done. */
export async function startRun(
  itemId: string,
  { quantity, seenRun }: { quantity?: number | undefined; seenRun?: number | undefined },
  { client = db, by = BY_COMMAND, key }: Pick<MoveOptions, "client" | "by" | "key"> = {},
): Promise<RunStart> {
  const change = await client.$transaction(async (tx): Promise<RunStart> => {
    const sheet = await openSheet(tx, itemId);
    if (!sheet) return { kind: "not_found" };
    const was = stockOf(sheet.before);
    const earlier = key === undefined ? undefined : await findMovement(tx, itemId, key);
    if (earlier) return { kind: earlier.reason === "opening" ? "repeated" : "key_reused", stock: was };
    if (seenRun !== undefined && seenRun !== was.run) return { kind: "moved_on", stock: was };
    sheet.startRun(quantity ?? sheet.before.startingQuantity, key);
    const stock = await write(tx, sheet);
    const of = ({ run, quantity, held }: Stock) => ({ run, quantity, held });
    await insertAct(tx, { who: by, what: "run_started", itemId, before: of(was), after: of(stock) });
    return { kind: "done", stock };
  });
  if (change.kind === "done") publish(change.stock);
  return change;
}

/** Adds `units`, at least one, to the run that is on. */
export async function restockItem(itemId: string, units: number, options: MoveOptions = {}): Promise<StockChange> {
  if (!Number.isInteger(units) || units < 1)
    throw new RangeError("a restock adds at least one unit; to take some away, correct the item");
  return move(
    itemId,
    "restock",
    () => units,
    ({ delta }) => delta === units,
    options,
  );
}

/** A count that was made, or what it was off by. A count says at which version it was made: what was sold since is not to be put back. */
export type Correction = { to: number; seenVersion: number } | { by: number };

/** Makes what is there what was counted on the shelf: available and held together. */
export function correctItem(itemId: string, correction: Correction, options: MoveOptions = {}): Promise<StockChange> {
  return move(
    itemId,
    "correction",
    ({ before, after }) => {
      if ("by" in correction) return correction.by;
      if (correction.seenVersion !== before.version)
        return { kind: "moved_on", stock: stockOf(after), seenVersion: correction.seenVersion };
      return correction.to - after.quantity - after.held;
    },
    ({ delta, available, held }) => ("by" in correction ? delta === correction.by : available + held === correction.to),
    options,
  );
}

async function move(
  itemId: string,
  reason: "restock" | "correction",
  deltaOf: (sheet: Sheet) => number | StockChange,
  isThis: (earlier: Movement) => boolean,
  { key, client = db, refuseTwin = false, by = BY_COMMAND }: MoveOptions,
): Promise<StockChange> {
  const change = await client.$transaction(async (tx): Promise<StockChange> => {
    const sheet = await openSheet(tx, itemId);
    if (!sheet) return { kind: "not_found" };
    const stock = stockOf(sheet.before);
    const earlier = key === undefined ? undefined : await findMovement(tx, itemId, key);
    if (earlier?.reason === reason && isThis(earlier))
      return { kind: "repeated", stock, delta: earlier.delta, quantity: earlier.available, version: earlier.version };
    if (earlier) return { kind: "key_reused", stock };
    const delta = deltaOf(sheet);
    if (typeof delta !== "number") return delta;
    const last = refuseTwin ? await findLastRestock(tx, sheet.before) : undefined;
    if (last?.delta === delta && last.secondsAgo < TWIN_WITHIN) return { kind: "twin", stock, ...last };
    if (sheet.after.quantity + delta < 0) return { kind: "not_enough", stock };
    sheet.move(reason, delta, { key: key ?? null });
    const after = await write(tx, sheet);
    await insertAct(tx, {
      who: by,
      what: reason === "restock" ? "restocked" : "corrected",
      itemId,
      before: { quantity: stock.quantity },
      after: { quantity: after.quantity, units: delta },
    });
    return { kind: "done", delta, stock: after };
  });
  if (change.kind === "done") publish(change.stock);
  return change;
}

async function setPaused(
  itemId: string,
  paused: boolean,
  { client = db, by = BY_COMMAND }: ActOptions,
): Promise<Stock | undefined> {
  const stock = await client.$transaction((tx) => changeItem(tx, { id: itemId, paused }, by));
  if (stock) publish(stock);
  return stock;
}

async function setStatus(
  itemId: string,
  status: "published" | "archived",
  { client = db, by = BY_COMMAND }: ActOptions,
): Promise<Stock | undefined> {
  const stock = await client.$transaction(async (tx) => {
    const isPublished = (await lockItem(tx, itemId)) !== undefined;
    return isPublished ? changeItem(tx, { id: itemId, status }, by) : undefined;
  });
  if (stock) publish(stock);
  return stock;
}

/** The item, locked, with what has had its time ended: nothing may be decided before. Undefined when there is no such item. */
async function openSheet(tx: Transaction, itemId: string): Promise<Sheet | undefined> {
  const item = await lockItem(tx, itemId);
  if (!item) return undefined;
  const sheet = new Sheet(item, item.held > 0 ? await listOpenHolds(itemId, tx) : []);
  sheet.endDue();
  return sheet;
}

async function write(tx: Transaction, sheet: Sheet): Promise<Stock> {
  assertConsistent(sheet);
  await record(tx, [sheet]);
  return stockOf(sheet.after);
}
