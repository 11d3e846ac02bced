/** What is for sale, as the database has it at this moment, and what is told of it. */
import { Prisma } from "#prisma/client/client.ts";
import { type Database, db, type Transaction } from "#app/db.server.ts";
import { env } from "#app/env.server.ts";
import { memory } from "./memory.server.ts";
import { type Item, stateOf } from "./item.ts";

export interface ItemRow extends Omit<Item, "price" | "state"> {
  priceAmount: number;
  currency: string;
  notOpen: boolean;
}

const SELECT_ITEMS = Prisma.sql`
  SELECT id, name, tagline, story, picture, picture_alt AS "pictureAlt", price_amount AS "priceAmount", currency,
         starting_quantity AS "startingQuantity", quantity, version, run, max_per_order AS "maxPerOrder",
         limit_per_buyer AS "limitPerBuyer", opens_at AS "opensAt", coalesce(opens_at > clock_timestamp(), false) AS "notOpen"
  FROM items`;

function toItem({ priceAmount, currency, notOpen, ...row }: ItemRow): Item {
  return { ...row, price: { amount: priceAmount, currency }, state: stateOf(row.quantity, notOpen) };
}

/** Every item, in the order of the shop window, read by whatever runs the SQL. */
export async function readItems(run: (sql: Prisma.Sql) => Promise<ItemRow[]>): Promise<Item[]> {
  return (await run(Prisma.sql`${SELECT_ITEMS} ORDER BY position, id`)).map(toItem);
}

export function listItems(client: Database = db): Promise<Item[]> {
  return readItems((sql) => client.$queryRaw<ItemRow[]>(sql));
}

export async function getItem(itemId: string, client: Database = db): Promise<Item | undefined> {
  const [row] = await client.$queryRaw<ItemRow[]>`${SELECT_ITEMS} WHERE id = ${itemId}`;
  return row && toItem(row);
}

/** As the memory remembers it, or from the database when the memory may be behind. */
export async function currentItem(itemId: string): Promise<Item | undefined> {
  const remembered = memory.isFresh && env.PAGES_KEPT > 0 ? memory.item(itemId) : undefined;
  // One that was added a moment ago is not remembered yet.
  return remembered ?? getItem(itemId);
}

/** Every item, likewise. */
export async function currentItems(): Promise<Item[]> {
  return memory.isFresh && env.PAGES_KEPT > 0 ? memory.items() : listItems();
}

/** As it was seen last, however long ago: for a page that has more to say than the stock. */
export function rememberedItem(itemId: string): Item | undefined {
  return memory.item(itemId);
}

type Told = Pick<
  Item,
  "name" | "tagline" | "story" | "picture" | "pictureAlt" | "price" | "maxPerOrder" | "limitPerBuyer" | "opensAt"
> & { position: number };

/** What is not named stays as it is. */
export type ItemChange = { id: string } & { [Field in keyof Told]?: Told[Field] | undefined };

/**
 * Changes what is told of an item and for how much it is sold from now on, but never how many there are: that makes no version
 * and no movement. Whoever follows the rows notices the row itself. False when there is no such item.
 */
export async function changeItem(
  tx: Transaction,
  { id, price, limitPerBuyer, opensAt, ...told }: ItemChange,
): Promise<boolean> {
  const changed = await tx.$executeRaw`
    UPDATE items
    SET name = coalesce(${told.name ?? null}, name), tagline = coalesce(${told.tagline ?? null}, tagline), story = coalesce(${told.story ?? null}, story),
        picture = coalesce(${told.picture ?? null}, picture), picture_alt = coalesce(${told.pictureAlt ?? null}, picture_alt),
        price_amount = coalesce(${price?.amount ?? null}, price_amount), currency = coalesce(${price?.currency ?? null}, currency),
        max_per_order = coalesce(${told.maxPerOrder ?? null}, max_per_order), position = coalesce(${told.position ?? null}, position),
        -- Of these null is a value: no limit, and open.
        limit_per_buyer = CASE WHEN ${limitPerBuyer !== undefined} THEN ${limitPerBuyer ?? null} ELSE limit_per_buyer END,
        opens_at = CASE WHEN ${opensAt !== undefined} THEN ${opensAt ?? null} ELSE opens_at END
    WHERE id = ${id}`;
  return changed > 0;
}
