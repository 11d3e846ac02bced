/** The files of uploaded pictures, as the database keeps them, and those that were asked for last in memory. */
import { db } from "#app/db.server.ts";
import { singleton } from "#app/singleton.server.ts";
import { unpooled } from "#app/unpooled.ts";
import { SharedReading } from "./shared-reading.ts";

/** Bytes of them that are remembered: a window of some dozens of items. */
const MOST_REMEMBERED = 48 * 1_048_576;

/** By picture and file, the least recently asked for first. Nothing changes under a name, so nothing here is ever out of date. */
const remembered = singleton("picture-files", () => ({ files: new Map<string, Buffer<ArrayBuffer>>(), bytes: 0 }));

/** A crowd that asks for one at once asks the database once. */
const reading = new SharedReading(async (key) => {
  const [picture = "", file = ""] = key.split(" ");
  const [row] = await db.$queryRaw<{ content: Uint8Array }[]>`
    SELECT content FROM picture_files WHERE picture = ${picture} AND file = ${file}`;
  return row && unpooled([row.content])[0];
});

/** Undefined when there is no such file. */
export async function findPictureFile(picture: string, file: string): Promise<Buffer<ArrayBuffer> | undefined> {
  const key = `${picture} ${file}`;
  const known = remembered.files.get(key);
  const content = known ?? (await reading.get(key));
  if (content) remember(key, content);
  return content;
}

function remember(key: string, content: Buffer<ArrayBuffer>): void {
  if (remembered.files.delete(key)) remembered.bytes -= content.length;
  remembered.files.set(key, content);
  remembered.bytes += content.length;
  for (const [oldest, { length }] of remembered.files) {
    if (remembered.bytes <= MOST_REMEMBERED) return;
    remembered.files.delete(oldest);
    remembered.bytes -= length;
  }
}
