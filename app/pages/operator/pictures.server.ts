/** The page on which an item's pictures are uploaded, described, ordered and removed. */
import { data, redirect } from "@remix-run/node";
import { readForm } from "#app/http/body.server.ts";
import { currentExchange } from "#app/http/exchange.server.ts";
import { readMultipart, uploadUnderWay } from "#app/http/multipart.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import { makePicture, type NoPicture } from "#app/operator/make-picture.server.ts";
import { TooMany } from "#app/making/one-at-a-time.ts";
import {
  addPicture,
  describePicture,
  movePictureUp,
  MOST_PICTURES,
  type PicturesChange,
  removePicture,
} from "#app/operator/pictures.server.ts";
import { getAnyItem } from "#app/shop/catalogue.server.ts";
import { readItemChange } from "#app/shop/item-form.ts";
import { isItemId } from "#app/shop/item.ts";
import { picturesOf } from "#app/shop/pictures.ts";
import { words } from "#app/words/operator-pictures.ts";
import { NOT_KEPT, requireOperator } from "./session.server.ts";

/** What was wrong, beside which field of which picture; `path` is undefined of one that was to be added. */
export interface PicturesMessage {
  path?: string | undefined;
  file?: string | undefined;
  alt?: string | undefined;
  says?: string | undefined;
  /** As it was entered. */
  entered: string;
}

export async function picturesPage(id: string | undefined) {
  await requireOperator();
  const item = isItemId(id) ? await getAnyItem(id) : undefined;
  if (!item) throw notFound("item");
  return {
    item: { id: item.id, name: item.name },
    pictures: picturesOf(item),
    done: currentExchange().url.searchParams.has("done"),
  };
}

export async function answerPictures(id: string | undefined) {
  const session = await requireOperator();
  if (!isItemId(id)) throw notFound("item");
  const { headers } = currentExchange().request;
  return headers["content-type"]?.startsWith("multipart/") ? upload(id, session) : change(id, session.who);
}

async function upload(itemId: string, { id, who }: { id: string; who: string }) {
  const { fields, files } = await readMultipart(currentExchange(), id);
  const entered = fields.alt?.trim() ?? "";
  const alt = mistakeIn(itemId, entered);
  if (!files.picture) return stay({ entered, file: words.noFile, ...alt });
  // Before the work is done for nothing.
  if (alt) return stay({ entered, ...alt });
  const made = await unlessBusy(() => makePicture(files.picture?.bytes ?? Buffer.alloc(0)));
  if (made.kind === "refused") return stay({ entered, file: words.refused(made satisfies NoPicture) });
  return answer(itemId, await addPicture(itemId, made, entered, who), { entered });
}

async function change(itemId: string, who: string) {
  const { act, path = "", above = "", alt: entered = "" } = await readForm(currentExchange());
  switch (act) {
    case "describe": {
      const alt = mistakeIn(itemId, entered);
      if (alt) return stay({ path, entered, ...alt });
      return answer(itemId, await describePicture(itemId, path, entered.trim(), who), { path, entered });
    }
    case "up":
      return answer(itemId, await movePictureUp(itemId, path, above, who), { path, entered });
    case "remove":
      return answer(itemId, await removePicture(itemId, path, who), { path, entered });
    default:
      throw notFound("page");
  }
}

/** The words by which an item's own text is checked. */
function mistakeIn(id: string, pictureAlt: string): { alt: string } | undefined {
  const [mistake] = readItemChange({ id, pictureAlt }).mistakes ?? [];
  return mistake && { alt: `The text ${mistake.says}.` };
}

export async function unlessBusy<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TooMany) throw uploadUnderWay("Other pictures are being worked on. Try again in a moment.");
    throw error;
  }
}

function answer(itemId: string, { kind }: PicturesChange, message: PicturesMessage) {
  switch (kind) {
    case "done":
      return redirect(`/operator/items/${itemId}/pictures?done`, { status: 303, headers: NOT_KEPT });
    case "not_found":
      throw notFound("item");
    case "too_many":
      return stay({ ...message, says: words.tooMany(MOST_PICTURES) }, 409);
    case "gone":
      // It has no place on the page any more.
      return stay({ ...message, path: undefined, says: words.gone }, 409);
    case "last":
      return stay({ ...message, says: words.last }, 409);
    default:
      return kind satisfies never;
  }
}

function stay(message: PicturesMessage, status = 400) {
  return data(message, { status, headers: NOT_KEPT });
}
