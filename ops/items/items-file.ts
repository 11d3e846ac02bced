/** A file of items: read within bounds, decoded, parsed and checked. All mistakes are told at once, each with its line. */
import { open } from "node:fs/promises";
import path from "node:path";
import { isPublicFile } from "#app/public-file.server.ts";
import { readAddress } from "#app/shop/pictures.ts";
import type { Mistake, Read } from "#app/shop/item-form.ts";
import { Refusal } from "#server/refusal.ts";
import { type Json, NotJson, readJson } from "./json.ts";
import { textOf } from "./text.ts";

/** What stands for standard input in the place of a file. */
const STDIN = "-";

/** Bytes: some thousand items with their stories. */
const LONGEST_FILE = 4 * 1024 * 1024;

/** More would scroll the first ones away. */
const MOST_MISTAKES = 20;

interface Found {
  line: number;
  /** From 0; undefined for what is wrong with the file. */
  item?: number | undefined;
  field: (string | number)[];
  says: string;
}

/** The items of a file, or of standard input: one, or a list of them. Throws a Refusal that tells every mistake. */
export async function itemsOf<T extends { id: string; picture?: string | undefined }>(
  file: string,
  read: (content: unknown) => Read<T>,
): Promise<T[]> {
  const name = file === STDIN ? "standard input" : file;
  const json = parsed(textOf(await bytesOf(file, name), name), name);
  const list = Array.isArray(json.value);
  const contents = list ? (json.value as unknown[]) : [json.value];
  if (contents.length === 0) throw new Refusal(`${name}: contains no items. Nothing was changed.`);

  const found: Found[] = json.twins.map(({ path: [...field], line }) => ({
    line,
    ...(list ? { item: Number(field.shift()) } : { item: 0 }),
    field,
    says: "appears twice",
  }));
  const twins = twinsOf(contents);
  const items: T[] = [];
  for (const [item, content] of contents.entries()) {
    const { item: good, mistakes = [] } = read(content);
    if (good) items.push(good);
    for (const { field, says } of [...mistakes, ...(twins[item] ?? []), ...pictureOf(content, mistakes)])
      found.push({ line: json.lineOf(list ? [item, ...field] : field), item, field, says });
  }
  if (found.length > 0) throw refusalOf(name, found);
  return items;
}

/** Ids that an item before has, too: item for item, its mistakes. */
function twinsOf(contents: unknown[]): Mistake[][] {
  const seen = new Map<unknown, number>();
  return contents.map((content, index) => {
    const id = fieldOf(content, "id");
    const before = seen.get(id);
    if (typeof id === "string" && before === undefined) seen.set(id, index);
    return before === undefined ? [] : [{ field: ["id"], says: `is also the id of item ${before + 1}` }];
  });
}

/** A picture whose address is well-formed, and of which there is no file. */
function pictureOf(content: unknown, mistakes: Mistake[]): Mistake[] {
  const picture = fieldOf(content, "picture");
  if (typeof picture !== "string" || mistakes.some(({ field }) => field[0] === "picture")) return [];
  return isPublicFile(picture) || readAddress(picture)
    ? []
    : [{ field: ["picture"], says: "is not a file in public/" }];
}

function fieldOf(content: unknown, field: string): unknown {
  return typeof content === "object" && content !== null ? (content as Record<string, unknown>)[field] : undefined;
}

function refusalOf(name: string, found: Found[]): Refusal {
  found.sort((one, other) => one.line - other.line);
  const lines = found.slice(0, MOST_MISTAKES).map(({ line, item, field, says }) => {
    const where = [name, `line ${line}`, item === undefined ? "" : `item ${item + 1}`, field.map(shown).join(".")];
    return `${where.filter((part) => part !== "").join(", ")}: ${says}.`;
  });
  const more = found.length - lines.length;
  if (more > 0) lines.push(`There are ${more} more mistakes.`);
  const last = lines.pop() ?? "";
  return new Refusal([...lines, `${last} Nothing was changed.`].join("\n"));
}

/** A field's name comes from the file: what it does to a terminal must not happen there. */
function shown(part: string | number): string {
  const text = String(part);
  return /^[\w-]{1,64}$/.test(text) ? text : JSON.stringify(text.slice(0, 64));
}

function parsed(text: string, name: string): Json {
  try {
    return readJson(text);
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    throw new Refusal(`${name}, line ${error.line}: is not JSON: ${error.message}. Nothing was changed.`);
  }
}

async function bytesOf(file: string, name: string): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of file === STDIN ? process.stdin : await streamOf(file)) {
      parts.push(part as Buffer);
      length += (part as Buffer).length;
      if (length > LONGEST_FILE) break;
    }
  } catch {
    throw new Refusal(`There is no file ${file} to read.`);
  }
  if (length > LONGEST_FILE)
    throw new Refusal(
      `${name}: is larger than ${LONGEST_FILE / 1024 / 1024} MB. Split it into several files. Nothing was changed.`,
    );
  return Buffer.concat(parts);
}

async function streamOf(file: string) {
  // npm runs its scripts in the package's folder, and tells where it was called.
  return (await open(path.resolve(process.env.INIT_CWD ?? "", file))).createReadStream();
}
