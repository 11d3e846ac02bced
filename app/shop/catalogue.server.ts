/** What is for sale, as the database has it at this moment. */
import { Prisma } from "#prisma/client/client.ts";
import { type Database, db } from "#app/db.server.ts";
import { env } from "#app/env.server.ts";
import { feed } from "#app/live/feed.server.ts";
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

/** As the feed remembers it, or from the database when the feed may be behind. */
export async function currentItem(itemId: string): Promise<Item | undefined> {
  const remembered = feed.isFresh && env.PAGES_KEPT > 0 ? feed.item(itemId) : undefined;
  // One that was added a moment ago is not remembered yet.
  return remembered ?? getItem(itemId);
}

/** Every item, likewise. */
export async function currentItems(): Promise<Item[]> {
  return feed.isFresh && env.PAGES_KEPT > 0 ? feed.items() : listItems();
}

/** As it was seen last, however long ago: for a page that has more to say than the stock. */
export function rememberedItem(itemId: string): Item | undefined {
  return feed.item(itemId);
}
