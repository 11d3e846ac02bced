/**
 * `npm run items -- …`: what an operator does to the stock, also beside a running shop: its open pages show a restock or a
 * correction at once, and a new or a changed item within four seconds.
 * One line for each item on success; otherwise one line that says why not, and exit code 1. Nothing is changed then, unless
 * the line says that this is not known.
 */
import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { text as textOf } from "node:stream/consumers";
import { z } from "zod";
import { databaseFault, db, disconnect, type Transaction } from "#app/db.server.ts";
import { announced } from "#app/live/announce.server.ts";
import { changeItem, type ItemChange, type ItemRow, listItems, readItems } from "#app/shop/catalogue.server.ts";
import { isItemId, type Stock } from "#app/shop/item.ts";
import { correctItem, restockItem } from "#app/shop/stocking.server.ts";
import { addItem, type NewItem } from "#app/shop/ledger.server.ts";
import { Refusal } from "#server/refusal.ts";

const USAGE =
  "Usage: npm run items -- list | add <file> | change <file> | restock <id> <units> | correct <id> <quantity>; a file is JSON, and - is standard input";

/** What stands for standard input in the place of a file. */
const STDIN = "-";

/** What the shop serves besides its pages, as it is; the image has it, too. */
const PUBLIC = path.resolve(import.meta.dirname, "../public");

/** Most units that one command may name: beyond it somebody has mistyped. */
const MOST_UNITS = 1_000_000;

/** Milliseconds: a long file takes more time than a purchase may. */
const LONGEST_WRITING = 60_000;

const words = z.string().refine((text) => text.trim() !== "", "is empty");
const wholeNumber = z.number().int().max(MOST_UNITS);
const time = z.string().datetime({ offset: true, message: "is no time with its zone, such as 2027-01-31T18:00:00Z" });

const told = z.object({
  name: words,
  tagline: z.string(),
  story: z.string(),
  // The shop's pages show pictures of their own origin alone.
  picture: z
    .string()
    .regex(/^\/(?!\/)[^?#%]*$/, "is no address of a file in public/, such as /items/moth.svg")
    .refine(isPublicFile, "names no file in public/"),
  pictureAlt: words,
  price: z
    .object({
      amount: z.number().int().min(0).max(2_147_483_647),
      currency: z.string().refine(isCurrency, "is no code such as EUR"),
    })
    .strict(),
  maxPerOrder: wholeNumber.min(1),
  limitPerBuyer: wholeNumber.min(1).nullable(),
  opensAt: time.pipe(z.coerce.date()).nullable(),
  position: wholeNumber.min(0),
});
const id = z.string().refine(isItemId, "is not made of small letters, digits and single hyphens, at most 64");

const newItem = told
  .extend({
    id,
    quantity: wholeNumber.min(0),
    tagline: told.shape.tagline.default(""),
    story: told.shape.story.default(""),
    maxPerOrder: told.shape.maxPerOrder.default(1),
    limitPerBuyer: told.shape.limitPerBuyer.default(null),
    opensAt: told.shape.opensAt.default(null),
    position: told.shape.position.nullable().default(null),
  })
  .strict()
  .transform(({ quantity, ...item }): NewItem => ({ ...item, startingQuantity: quantity }));

const itemChange = told
  .partial()
  .extend({ id, quantity: z.undefined({ message: "is changed by restock, or by correct" }) })
  .strict()
  .refine((item) => Object.keys(item).length > 1, "names nothing to change")
  .transform((item): ItemChange => item);

function isCurrency(code: string): boolean {
  return Intl.supportedValuesOf("currency").includes(code);
}

function isPublicFile(address: string): boolean {
  const file = path.join(PUBLIC, path.normalize(address));
  return existsSync(file) && statSync(file).isFile();
}

function listOf<T extends { id: string }>(item: z.ZodType<T, z.ZodTypeDef, unknown>) {
  return z.preprocess(
    (content) => (Array.isArray(content) ? (content as unknown[]) : [content]),
    z
      .array(item)
      .min(1, "holds no item")
      .superRefine((items, context) => {
        const ids = items.map((item) => item.id);
        const twin = ids.findIndex((one, index) => ids.indexOf(one) < index);
        if (twin >= 0)
          context.addIssue({ code: "custom", path: [twin, "id"], message: "is the id of an item before it, too" });
      }),
  );
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${reasonOf(error)}\n`);
  process.exitCode = 1;
} finally {
  await announced();
  await disconnect();
}

async function run([command, ...args]: string[]): Promise<void> {
  const [subject = "", number = ""] = args;
  if (command === "list" && args.length === 0) printAll(await listItems());
  else if (command === "add" && args.length === 1) await writeAll(await itemsOf(subject, listOf(newItem)), putUp);
  else if (command === "change" && args.length === 1)
    await writeAll(await itemsOf(subject, listOf(itemChange)), change);
  else if (command === "restock" && args.length === 2)
    print(known(subject, await restockItem(subject, count(number, 1))));
  else if (command === "correct" && args.length === 2)
    print(known(subject, await correctItem(subject, count(number, 0))));
  else throw new Refusal(USAGE);
}

/** All of them, or none. */
async function writeAll<T extends { id: string }>(
  items: T[],
  write: (tx: Transaction, item: T) => Promise<void>,
): Promise<void> {
  const writing = async (tx: Transaction) => {
    for (const item of items) await write(tx, item);
    // In the same transaction: a failure to read must not be told as one to write.
    return readItems((sql) => tx.$queryRaw<ItemRow[]>(sql));
  };
  const all = await db.$transaction(writing, { timeout: LONGEST_WRITING });
  const written = new Set(items.map((item) => item.id));
  all.filter((item) => written.has(item.id)).forEach(print);
}

async function putUp(tx: Transaction, item: NewItem): Promise<void> {
  await addItem(tx, item).catch((error: unknown) => {
    throw databaseFault(error) === "conflict"
      ? new Refusal(`There is an item ${item.id} already. Nothing was changed.`)
      : error;
  });
}

async function change(tx: Transaction, item: ItemChange): Promise<void> {
  if (!(await changeItem(tx, item))) throw new Refusal(`There is no item ${item.id}. Nothing was changed.`);
}

async function itemsOf<T>(file: string, schema: z.ZodType<T[], z.ZodTypeDef, unknown>): Promise<T[]> {
  const name = file === STDIN ? "standard input" : file;
  const read = schema.safeParse(parsed(await contentOf(file), name));
  if (read.success) return read.data;
  const [
    {
      path: [index, ...field],
      message,
    },
  ] = read.error.issues as [z.ZodIssue];
  const where = [name, index === undefined ? "" : `item ${Number(index) + 1}`, field.join(".")]
    .filter((part) => part !== "")
    .join(", ");
  throw new Refusal(`${where}: ${message}. Nothing was changed.`);
}

async function contentOf(file: string): Promise<string> {
  if (file === STDIN) return textOf(process.stdin);
  // npm runs its scripts in the package's folder, and tells where it was called.
  return readFile(path.resolve(process.env.INIT_CWD ?? "", file), "utf8").catch(() => {
    throw new Refusal(`There is no file ${file} to read.`);
  });
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(`${name} is not JSON. Nothing was changed.`);
  }
}

function count(text: string, least: number): number {
  if (/^[0-9]{1,7}$/.test(text) && Number(text) >= least && Number(text) <= MOST_UNITS) return Number(text);
  throw new Refusal(`${JSON.stringify(text)} is not a whole number from ${least} to ${MOST_UNITS}.`);
}

function known(itemId: string, stock: Stock | undefined): Stock {
  if (stock) return stock;
  throw new Refusal(`There is no item ${JSON.stringify(itemId)}.`);
}

function print({ id, quantity, run: ofRun, state }: Stock): void {
  process.stdout.write(`${id}: ${quantity} left in run ${ofRun}, ${state.replace("_", " ")}\n`);
}

function printAll(items: Stock[]): void {
  if (items.length === 0) process.stdout.write("No items yet.\n");
  items.forEach(print);
}

/** One line. A restock that is sent twice is made twice, so it says when it cannot know. */
function reasonOf(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  if (!(error instanceof Error)) return String(error);
  const fault = databaseFault(error);
  if (fault === "away")
    return "The database cannot be reached, or was lost on the way: before you try again, see with `npm run items -- list` what was done.";
  if (fault === "busy") return "The database is busy, and nothing was changed. Try again in a moment.";
  const [, said] = /Message: `(.*)`/.exec(error.message) ?? [];
  return said ? `The database refuses it, and nothing was changed: ${said}.` : (error.stack ?? error.message);
}
