/**
 * `npm run items -- …`: what an operator does to the stock, also beside a running shop, whose open pages show it at once.
 * One line for each item on success; otherwise one line that says why not, exit code 1, and nothing is changed.
 */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { databaseFault, db, disconnect } from "#app/db.server.ts";
import { announced } from "#app/live/announce.server.ts";
import { listItems } from "#app/shop/catalogue.server.ts";
import { isItemId, type Stock } from "#app/shop/item.ts";
import { correctItem, restockItem } from "#app/shop/restock.server.ts";
import { addItem, type NewItem } from "#app/shop/stock.server.ts";
import { Refusal } from "./refusal.ts";

const USAGE = `npm run items -- list
npm run items -- add <file.json>           puts up the items of a file (README.md)
npm run items -- restock <id> <units>      adds units to the run that is on
npm run items -- correct <id> <quantity>   sets the quantity to what was counted`;

const wholeNumber = z.number().int().max(1_000_000);

const newItem = z
  .object({
    id: z.string().refine(isItemId, "is made of small letters, digits and single hyphens, at most 64"),
    name: z.string().min(1),
    tagline: z.string().default(""),
    story: z.string().default(""),
    picture: z.string().startsWith("/", "is the address of a file in public/, such as /items/moth.svg"),
    pictureAlt: z.string().min(1),
    price: z.object({ amount: z.number().int().min(0).max(2_147_483_647), currency: z.string().regex(/^[A-Z]{3}$/, "is a code such as EUR") }).strict(),
    quantity: wholeNumber.min(0),
    maxPerOrder: wholeNumber.min(1).default(1),
    limitPerBuyer: wholeNumber.min(1).nullable().default(null),
    opensAt: z.string().datetime({ offset: true, message: "is a time with its zone, such as 2027-01-31T18:00:00Z" }).transform((text) => new Date(text)).nullable().default(null),
    position: wholeNumber.nullable().default(null),
  })
  .strict()
  .transform(({ quantity, ...item }): NewItem => ({ ...item, startingQuantity: quantity }));

const file = z.union([z.array(z.unknown()).min(1), z.object({}).passthrough().transform((item) => [item as unknown])]);

try {
  await run(process.argv.slice(2));
} catch (error) {
  const away = databaseFault(error) === "away";
  process.stderr.write(`${error instanceof Refusal ? error.message : away ? "The database cannot be reached." : String(error instanceof Error ? error.stack : error)}\n`);
  process.exitCode = 1;
} finally {
  await announced();
  await disconnect();
}

async function run([command, ...args]: string[]): Promise<void> {
  const [subject = "", number = ""] = args;
  if (command === "list" && args.length === 0) (await listItems()).forEach(print);
  else if (command === "add" && args.length === 1) await add(await readItems(subject));
  else if (command === "restock" && args.length === 2) print(known(subject, await restockItem(subject, count(number, 1))));
  else if (command === "correct" && args.length === 2) print(known(subject, await correctItem(subject, count(number, 0))));
  else throw new Refusal(USAGE);
}

async function add(items: NewItem[]): Promise<void> {
  await db.$transaction(async (tx) => {
    for (const item of items) {
      await addItem(tx, item).catch((error: unknown) => {
        throw databaseFault(error) === "conflict" ? new Refusal(`There is an item ${item.id} already. Nothing was put up.`) : error;
      });
    }
  });
  const added = new Set(items.map(({ id }) => id));
  (await listItems()).filter(({ id }) => added.has(id)).forEach(print);
}

async function readItems(name: string): Promise<NewItem[]> {
  const text = await readFile(name, "utf8").catch(() => {
    throw new Refusal(`There is no file ${name} to read.`);
  });
  const content = file.safeParse(parsed(text));
  if (!content.success) throw new Refusal(`${name} is not JSON of an item or a list of items.`);
  return content.data.map((item, index) => {
    const one = newItem.safeParse(item);
    if (one.success) return one.data;
    const [issue] = one.error.issues;
    throw new Refusal(`${name}, item ${index + 1}: ${issue?.path.join(".") || "it"}: ${issue?.message ?? "does not fit"}. Nothing was put up.`);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function count(text: string, least: number): number {
  if (/^[0-9]{1,7}$/.test(text) && Number(text) >= least && Number(text) <= 1_000_000) return Number(text);
  throw new Refusal(`${JSON.stringify(text)} is not a whole number from ${least} to 1000000.`);
}

function known(itemId: string, stock: Stock | undefined): Stock {
  if (stock) return stock;
  throw new Refusal(`There is no item ${JSON.stringify(itemId)}.`);
}

function print({ id, quantity, run: ofRun, state }: Stock): void {
  process.stdout.write(`${id}: ${quantity} left in run ${ofRun}, ${state.replace("_", " ")}\n`);
}
