/** What is for sale, as the database has it at this moment. */
import { Prisma } from "#prisma/client/client.ts";
import { type Database, db } from "#app/db.server.ts";
import { type Item, stateOf, type Stock } from "./item.ts";

interface ItemRow extends Omit<Item, "price" | "state"> {
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

/** Every item, in the order of the shop window. */
export async function listItems(client: Database = db): Promise<Item[]> {
  const rows = await client.$queryRaw<ItemRow[]>`${SELECT_ITEMS} ORDER BY position, id`;
  return rows.map(toItem);
}

export async function getItem(itemId: string, client: Database = db): Promise<Item | undefined> {
  const [row] = await client.$queryRaw<ItemRow[]>`${SELECT_ITEMS} WHERE id = ${itemId}`;
  return row && toItem(row);
}

/** The stock of these items, or of all. */
export async function listStock(itemIds: ReadonlySet<string> | undefined, client: Database = db): Promise<Stock[]> {
  const chosen = itemIds ? Prisma.sql`WHERE id = ANY(${[...itemIds]})` : Prisma.empty;
  const rows = await client.$queryRaw<(Omit<Stock, "state"> & { notOpen: boolean })[]>`
    SELECT id, quantity, version, run, coalesce(opens_at > clock_timestamp(), false) AS "notOpen" FROM items ${chosen}`;
  return rows.map(({ notOpen, ...row }) => ({ ...row, state: stateOf(row.quantity, notOpen) }));
}
