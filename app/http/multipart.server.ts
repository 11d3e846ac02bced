/**
 * A form with files. Whoever asks has checked the operator's session before, so that nothing of a stranger's body is read:
 *
 *     export const action = page(async () => {
 *       const session = await requireOperator();
 *       const { fields, files } = await readMultipart(currentExchange(), session.id);
 *       const { picture } = files; // { name, type, bytes } or undefined; `type` is only what the browser says
 *
 * The form has `encType="multipart/form-data"`, and its address stands in the front's table as `answerByRemix` (with its
 * `.data`): by way of Express, Node would begin to read the body before anybody is asked who they are.
 *
 * Throws a BadRequest, which `page` makes a page of: another site's form, too large, too slow, no such form, or (429) a second
 * one of a session while its first is arriving. A file of more than a picture may have is given, not thrown, so that the form
 * can say so beside its field and keep the others.
 */
import { singleton } from "#app/singleton.server.ts";
import { type BodyLimits, readParts } from "./body.server.ts";
import { currentServing, type Exchange } from "./exchange.server.ts";
import { BadRequest } from "./refusals.server.ts";

/** More than a file may have, so that one which is too large is refused beside its field and not as a whole. */
const LIMITS: BodyLimits = {
  bytes: 20 * 1_048_576,
  within: 180_000,
  drain: { bytes: 60 * 1_048_576, within: 60_000 },
};

/** Seconds after which another try is worth it. */
const RETRY_AFTER = "5";

export interface SentFile {
  /** As the browser names it. */
  name: string;
  /** As the browser says, which proves nothing. */
  type: string;
  bytes: Buffer;
}

export interface MultipartForm {
  /** Of a repeated field the last. */
  fields: Record<string, string>;
  /** Without those that were left empty. Of a repeated field the last. */
  files: Partial<Record<string, SentFile>>;
}

/** Who is sending one: each takes tens of megabytes until it is read. */
const sending = singleton("uploads", () => new Set<string>());

/** `sender`: the operator's session, which sends one at a time. */
export async function readMultipart(exchange: Exchange, sender: string): Promise<MultipartForm> {
  if (sending.has(sender)) throw uploadUnderWay("Another upload of yours is under way. Wait until it is done.");
  sending.add(sender);
  try {
    const read = () => readParts(exchange, LIMITS);
    const serving = currentServing();
    const bytes = await (serving ? serving.patiently(exchange.request, read) : read());
    return await takeApart(bytes, exchange.request.headers["content-type"] ?? "");
  } finally {
    sending.delete(sender);
  }
}

export function uploadUnderWay(detail: string): BadRequest {
  return new BadRequest("upload-under-way", detail, { "Retry-After": RETRY_AFTER });
}

async function takeApart(bytes: Uint8Array, contentType: string): Promise<MultipartForm> {
  const entries = await entriesOf(bytes, contentType);
  const form: MultipartForm = { fields: {}, files: {} };
  for (const [name, value] of entries) {
    // A name such as __proto__ is a field like any other.
    if (typeof value === "string") define(form.fields, name, value);
    // What a browser sends for a field in which no file was chosen.
    else if (value.name !== "" || value.size > 0)
      define<SentFile>(form.files, name, {
        name: value.name,
        type: value.type,
        bytes: Buffer.from(await value.arrayBuffer()),
      });
  }
  return form;
}

async function entriesOf(bytes: Uint8Array, contentType: string): Promise<Iterable<[string, string | File]>> {
  try {
    const form = await new Response(Buffer.from(bytes), { headers: { "Content-Type": contentType } }).formData();
    return form.entries();
  } catch {
    throw new BadRequest("malformed", "The form did not arrive whole.");
  }
}

function define<T>(record: Partial<Record<string, T>>, name: string, value: T): void {
  Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
}
