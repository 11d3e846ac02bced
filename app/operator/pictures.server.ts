/** An item's pictures: kept in the database for all instances, ordered, and written with their act. */
import { db, type Transaction } from "#app/db.server.ts";
import { getAnyItem } from "#app/shop/catalogue.server.ts";
import { publish } from "#app/shop/memory.server.ts";
import {
  addressOf,
  type ItemPicture,
  pathOf,
  picturedBy,
  PICTURE_KINDS,
  picturesOf,
  readAddress,
} from "#app/shop/pictures.ts";
import { changeItem, lockWords } from "#app/shop/stocking.server.ts";
import type { Making, PictureFile } from "./make-picture.server.ts";

export type Made = Extract<Making, { kind: "made" }>;

/** Of one item: each page of it carries what is needed to show them. */
export const MOST_PICTURES = 12;

/** `gone`: somebody has removed the picture. */
export type PicturesChange = { kind: "done" } | { kind: "not_found" | "too_many" | "last" | "gone" };

/** Hours after which what nothing shows is dropped. Until then pages that are open show it. */
const KEPT_UNSHOWN = 24;

/**
 * Keeps the files of a picture that is shown from this transaction on. In the same transaction the item's `picture` becomes
 * `pathOf(made.picture)` and its `pictures` name it.
 */
export async function keepFiles(tx: Transaction, { picture, files }: Made): Promise<void> {
  for (const { file, content } of files) await keepFile(tx, picture.name, { file, content });
  await tx.$executeRaw`
    DELETE FROM picture_files WHERE kept_at < statement_timestamp() - make_interval(hours => ${KEPT_UNSHOWN})
      AND picture NOT IN (SELECT substr(shown->>'path', 11, 64) FROM items, jsonb_array_elements(pictures) AS shown WHERE shown->>'path' LIKE '/pictures/%')
      AND picture NOT IN (SELECT substr(picture, 11, 64) FROM items WHERE picture LIKE '/pictures/%')
      AND picture NOT IN (SELECT settings->'logo'->>'name' FROM shop_settings WHERE settings->'logo' ? 'name')`;
}

async function keepFile(tx: Transaction, picture: string, { file, content }: PictureFile): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO picture_files (picture, file, content, kept_at) VALUES (${picture}, ${file}, ${content}, statement_timestamp())
    ON CONFLICT (picture, file) DO UPDATE SET kept_at = excluded.kept_at`;
}

/** Keeps one that no item shows yet: of a form with a mistake, which is sent again. After a day it is dropped. */
export function keepForNow(made: Made): Promise<void> {
  return db.$transaction((tx) => keepFiles(tx, made));
}

/** Has the uploaded picture of this address for a day more, whether an item shows it or not. Says which files of it there are. */
export async function keepOn(tx: Transaction, path: string): Promise<string[]> {
  const address = readAddress(path);
  if (!address) return [];
  const kept = await tx.$queryRaw<{ file: string }[]>`
    UPDATE picture_files SET kept_at = statement_timestamp() WHERE picture = ${address.name} RETURNING file`;
  return kept.map(({ file }) => file);
}

/**
 * Whether the shop has the file at this address still, and every other one that pages would ask for: `made` comes with the form. From now
 * on it has them for a day, and as long as an item shows the picture.
 */
export async function isKept(tx: Transaction, { path, made }: ItemPicture): Promise<boolean> {
  const kept = await keepOn(tx, path);
  const asked = made
    ? made.widths.flatMap((width) => PICTURE_KINDS.map((kind) => addressOf(made, width, kind)))
    : [path];
  return asked.every((address) => kept.includes(readAddress(address)?.file ?? ""));
}

/** As an item has it: with its address and its text. */
function asShown({ picture }: Made, alt: string): ItemPicture {
  return { path: pathOf(picture), alt, made: picture };
}

/** Adds it as the last one; one that the item has already gets the new text. */
export function addPicture(itemId: string, made: Made, alt: string, by: string): Promise<PicturesChange> {
  const added = asShown(made, alt);
  return changePictures(
    itemId,
    (pictures) => {
      const isThere = pictures.some(({ path }) => path === added.path);
      if (isThere) return pictures.map((picture) => (picture.path === added.path ? added : picture));
      return pictures.length < MOST_PICTURES ? [...pictures, added] : { kind: "too_many" };
    },
    by,
    (tx) => keepFiles(tx, made),
  );
}

/** Of the picture at `path`. */
export function describePicture(itemId: string, path: string, alt: string, by: string): Promise<PicturesChange> {
  return changePictures(
    itemId,
    (pictures) => {
      if (!pictures.some((picture) => picture.path === path)) return { kind: "gone" };
      return pictures.map((picture) => (picture.path === path ? { ...picture, alt } : picture));
    },
    by,
  );
}

/** One place towards the first, past the one that was seen `above` it: a press that is doubled moves it once. */
export function movePictureUp(itemId: string, path: string, above: string, by: string): Promise<PicturesChange> {
  return changePictures(
    itemId,
    (pictures) => {
      const at = pictures.findIndex((picture) => picture.path === path);
      const [moved, before] = [pictures[at], pictures[at - 1]];
      if (!moved) return { kind: "gone" };
      if (before?.path !== above) return pictures;
      return pictures.with(at - 1, moved).with(at, before);
    },
    by,
  );
}

/** Pages that are open go on showing it for a while. An item keeps one. */
export function removePicture(itemId: string, path: string, by: string): Promise<PicturesChange> {
  return changePictures(
    itemId,
    (pictures) => {
      const left = pictures.filter((picture) => picture.path !== path);
      return left.length > 0 ? left : { kind: "last" };
    },
    by,
    (tx) => keepOn(tx, path),
  );
}

class Refused extends Error {
  readonly change: PicturesChange;

  constructor(change: PicturesChange) {
    super(change.kind);
    this.change = change;
  }
}

/** `change` is asked under the item's lock: two who change them at once lose nothing of each other's. */
async function changePictures(
  itemId: string,
  change: (pictures: ItemPicture[]) => ItemPicture[] | PicturesChange,
  by: string,
  also?: (tx: Transaction) => Promise<unknown>,
): Promise<PicturesChange> {
  try {
    const stock = await db.$transaction(async (tx) => {
      await lockWords(tx, itemId);
      const was = await getAnyItem(itemId, tx);
      if (!was) return undefined;
      const changed = change(picturesOf(was));
      if (!Array.isArray(changed)) throw new Refused(changed);
      const [first, ...others] = changed;
      if (!first) throw new Refused({ kind: "last" });
      await also?.(tx);
      return changeItem(tx, { id: itemId, ...picturedBy([first, ...others]) }, by);
    });
    if (!stock) return { kind: "not_found" };
    publish(stock);
    return { kind: "done" };
  } catch (error) {
    if (error instanceof Refused) return error.change;
    throw error;
  }
}
