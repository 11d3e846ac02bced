/** A shop that is open, and an operator beside it: what is put up, asked, and said. */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, expect } from "vitest";
import { db } from "#app/db.server.ts";
import type { NewItem } from "#app/shop/catalogue.server.ts";
import { readNewItem } from "#app/shop/item-form.ts";
import { addItem } from "#app/shop/stocking.server.ts";
import { type Shop, startShop, Visitor } from "#harness/shop.ts";
import type { items } from "./items.ts";

export let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

export const refused = (says: string) => ({ code: 1, said: [], complained: [expect.stringContaining(says) as string] });

/** What was said first of each item: the rest is indented. Without the command's key. */
export const headlines = ({ said, ...result }: Awaited<ReturnType<typeof items>>) => ({
  ...result,
  said: said.filter((line) => !/^ |^Key of this command: /.test(line)),
});

export async function connected(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  return client;
}

/** The item's whole row. */
export async function stateOf(itemId: string): Promise<Record<string, unknown>[]> {
  const client = await connected();
  try {
    return (
      await client.query<Record<string, unknown>>("SELECT * FROM items JOIN stock ON item_id = id WHERE id = $1", [
        itemId,
      ])
    ).rows;
  } finally {
    await client.end();
  }
}

export const moth = {
  id: "hawk-moth",
  name: "Hawk Moth",
  picture: "/items/moon-moth.svg",
  pictureAlt: "A moth.",
  price: { amount: 900, currency: "EUR" },
  quantity: 2,
};

export const buy = (itemId: string, url = shop.url) => new Visitor(url).buyByJson(itemId, randomUUID());

/** A new item with `quantity` units, open and without limits. */
export async function putUp(id: string, quantity: number): Promise<void> {
  const { item } = readNewItem({ ...moth, id, quantity });
  await db.$transaction((tx) => addItem(tx, item as NewItem));
}
