/** What an operator's page does to an item: the shop's verbs, each in one transaction with its act. */
import { whyNotSellable } from "#app/checkout/sellable.server.ts";
import { databaseFault, db, type Transaction } from "#app/db.server.ts";
import { isPublicFile } from "#app/public-file.server.ts";
import { findAdded, getAnyItem, type ItemChange, type NewItem } from "#app/shop/catalogue.server.ts";
import type { Mistake } from "#app/shop/item-form.ts";
import type { Item } from "#app/shop/item.ts";
import { publish } from "#app/shop/memory.server.ts";
import { type ItemPicture, type MadePicture, pathOf, picturesOf, readAddress } from "#app/shop/pictures.ts";
import {
  addItem,
  changeItem,
  deleteDraft,
  HoldsAreOpen,
  lockWords,
  MovedOn,
  NotPossible,
  type Seen,
} from "#app/shop/stocking.server.ts";
import { isKept, keepOn } from "./pictures.server.ts";

export type Saved =
  | { kind: "saved"; itemId: string }
  | { kind: "mistakes"; mistakes: Mistake[] }
  /** Somebody has changed it since: `now` is what it is. */
  | { kind: "moved_on"; now: Item }
  | { kind: "not_found" };

/** How many items may have the same name, and ids that are made from it. */
const MOST_OF_A_NAME = 99;

/** Undoes what a transaction has begun. */
class Mistaken extends Error {
  readonly mistakes: Mistake[];

  constructor(mistakes: Mistake[]) {
    super(mistakes.map(({ says }) => says).join());
    this.mistakes = mistakes;
  }
}

interface PutUp {
  madeId: boolean;
  key: string;
  by: string;
  made?: MadePicture | undefined;
  others?: ItemPicture[] | undefined;
}

/**
 * Puts a new item up. `madeId`: its id is made from its name, and gets a number where another item has it. The same key again
 * finds the item that it has put up. `others`: its pictures besides the first, as the item has them that it was copied from.
 */
export async function putUp(item: NewItem, { madeId, key, by, made, others = [] }: PutUp): Promise<Saved> {
  const { pictures = [] } = firstOf(item, made);
  const pictured = { ...item, pictures: [...pictures, ...others.filter(({ path }) => path !== item.picture)] };
  for (let number = 1; number <= MOST_OF_A_NAME; number += 1) {
    const named = { ...pictured, id: number === 1 ? item.id : `${item.id}-${number}` };
    try {
      const itemId = await db.$transaction(async (tx) => {
        const added = await findAdded(tx, key);
        if (added !== undefined) return added;
        await assertPossible(tx, named, named.pictures[0]);
        await addItem(tx, named, by, key);
        return named.id;
      });
      return await asPutUp(itemId, item);
    } catch (error) {
      if (error instanceof Mistaken) return { kind: "mistakes", mistakes: error.mistakes };
      if (databaseFault(error) !== "conflict") throw error;
      // The other one may be this press, which was doubled: the next try finds it by its key.
      const again = await db.$transaction((tx) => findAdded(tx, key));
      if (again !== undefined) return asPutUp(again, item);
      if (!madeId) break;
    }
  }
  return { kind: "mistakes", mistakes: [{ field: ["id"], says: "is another item’s already" }] };
}

/** What the form's key has put up, now or before; then, something else may have been entered since. */
async function asPutUp(itemId: string, { position, ...item }: NewItem): Promise<Saved> {
  const there = await getAnyItem(itemId);
  if (there) publish(there);
  if (!there || isDone(there, { ...item, ...(position !== null && { position }) })) return { kind: "saved", itemId };
  const says = `form has put up ${itemId} already, and it is not as it stands here: change it on its page, or open this form anew for another`;
  return { kind: "mistakes", mistakes: [{ field: [], says }] };
}

/** Changes an item, unless somebody else has since it was `seen`. `made`: of the picture, if it was uploaded. */
export async function save(
  change: ItemChange,
  { seen, by, made }: { seen?: Seen; by: string; made?: MadePicture | undefined },
): Promise<Saved> {
  try {
    const stock = await db.$transaction(async (tx) => {
      await lockWords(tx, change.id);
      const was = await getAnyItem(change.id, tx);
      const isAnother = was !== undefined && change.picture !== undefined && change.picture !== was.picture;
      const { pictures } = isAnother ? firstOf(change, made, was) : {};
      const stock = await changeItem(tx, { ...change, ...(pictures && { pictures }) }, by, seen);
      const item = stock && (await getAnyItem(change.id, tx));
      if (item) await assertPossible(tx, item, pictures?.[0]);
      // Pages that are open go on showing it for a while.
      if (isAnother) await keepOn(tx, was.picture);
      return stock;
    });
    if (!stock) return { kind: "not_found" };
    publish(stock);
    return { kind: "saved", itemId: change.id };
  } catch (error) {
    if (error instanceof Mistaken) return { kind: "mistakes", mistakes: error.mistakes };
    if (error instanceof MovedOn)
      return isDone(error.now, change) ? { kind: "saved", itemId: change.id } : { kind: "moved_on", now: error.now };
    if (error instanceof NotPossible)
      return { kind: "mistakes", mistakes: [{ field: [error.field], says: error.message }] };
    if (!(error instanceof HoldsAreOpen)) throw error;
    const says = "can be changed when nothing is held: pause the sale, and wait until the last hold has ended";
    return { kind: "mistakes", mistakes: [{ field: ["payment"], says }] };
  }
}

/** Deletes a draft, unless somebody else has changed it since it was `seen`. */
export async function dropDraft(
  itemId: string,
  { seen, by }: { seen: Seen; by: string },
): Promise<"dropped" | "moved_on" | "not_found"> {
  try {
    return (await db.$transaction((tx) => deleteDraft(tx, itemId, by, seen))) ? "dropped" : "not_found";
  } catch (error) {
    if (error instanceof MovedOn) return "moved_on";
    throw error;
  }
}

/** A press that was doubled, or two who wanted the same. */
function isDone(now: Item, { id, ...change }: ItemChange): boolean {
  return Object.entries(change).every(
    ([field, value]) => value === undefined || JSON.stringify(now[field as keyof Item]) === JSON.stringify(value),
  );
}

/** All pictures, of which another is the first now: in the place of the one that was. */
function firstOf(
  { picture, pictureAlt }: Pick<ItemChange, "picture" | "pictureAlt">,
  made: MadePicture | undefined,
  was?: Item,
): Pick<ItemChange, "pictures"> {
  if (picture === undefined) return {};
  const others = was ? picturesOf(was).slice(1) : [];
  const known = others.find(({ path }) => path === picture);
  const isMade = made && pathOf(made) === picture;
  const first = { ...known, path: picture, alt: pictureAlt ?? was?.pictureAlt ?? "", ...(isMade && { made }) };
  return { pictures: [first, ...others.filter((other) => other !== known)] };
}

/** `picture`: its first one, if that is new. */
async function assertPossible(
  tx: Transaction,
  item: Pick<Item, "payment" | "price" | "maxPerOrder">,
  picture: ItemPicture | undefined,
): Promise<void> {
  const mistakes: Mistake[] = [];
  const why = whyNotSellable(item);
  if (why?.field === "price") mistakes.push({ field: ["price"], says: why.says });
  else if (why)
    mistakes.push({
      field: ["payment"],
      says: "cannot be by card: this shop takes no cards. Set STRIPE_SECRET_KEY first",
    });
  if (picture && readAddress(picture.path)) {
    if (!(await isKept(tx, picture)))
      mistakes.push({ field: ["picture"], says: "is not there any more: choose its file again" });
  } else if (picture && !isPublicFile(picture.path))
    mistakes.push({ field: ["picturePath"], says: "is not a file in public/" });
  if (mistakes.length > 0) throw new Mistaken(mistakes);
}
