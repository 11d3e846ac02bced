/** What each command does, and what it says of it. */
import { databaseFault, db, type Transaction } from "#app/db.server.ts";
import { getItem, type ItemChange, listItems, type NewItem, readItems } from "#app/shop/catalogue.server.ts";
import { readItemChange, readNewItem } from "#app/shop/item-form.ts";
import { isItemId, type Item } from "#app/shop/item.ts";
import { publish } from "#app/shop/memory.server.ts";
import {
  addItem,
  type Change,
  changeItem,
  correctItem,
  pauseItem,
  restockItem,
  resumeItem,
} from "#app/shop/stocking.server.ts";
import { Refusal } from "#server/refusal.ts";
import { closest } from "./closest.ts";
import type { Command } from "./command-line.ts";
import { itemsOf } from "./items-file.ts";
import { differencesOf, print, printItem, printWhole } from "./print.ts";

/** Milliseconds: a long file takes more time than a purchase may. */
const LONGEST_WRITING = 60_000;

export async function carryOut(command: Command): Promise<void> {
  switch (command.name) {
    case "list":
      return list();
    case "show":
      return printWhole(await known(command.itemId));
    case "add":
      return add(await itemsOf(command.file, readNewItem));
    case "change":
      return change(await itemsOf(command.file, readItemChange));
    case "restock":
      return moved(command.itemId, await restockItem(command.itemId, command.units, keyOf(command)));
    case "correct": {
      const { itemId } = command;
      const correction =
        "by" in command
          ? { by: command.by }
          : { to: command.to, seenVersion: command.seenVersion ?? (await known(itemId)).version };
      return moved(itemId, await correctItem(itemId, correction, keyOf(command)));
    }
    case "pause":
      await pauseItem(command.itemId);
      return printItem(await known(command.itemId));
    case "resume":
      await resumeItem(command.itemId);
      return printItem(await known(command.itemId));
    case "help":
      return;
    default:
      return command satisfies never;
  }
}

function keyOf({ key }: { key: string | undefined }): { key?: string } {
  return key === undefined ? {} : { key };
}

async function list(): Promise<void> {
  const items = await listItems();
  if (items.length === 0) print("No items yet. `npm run items -- help` says how to add one.");
  items.forEach(printItem);
}

/** All of them, or none. */
async function add(items: NewItem[]): Promise<void> {
  const added = await write(async (tx) => {
    for (const item of items) {
      await addItem(tx, item).catch((error: unknown) => {
        throw databaseFault(error) === "conflict"
          ? new Refusal(`There is an item ${item.id} already. Nothing was changed.`)
          : error;
      });
    }
    return itemsIn(tx, items);
  });
  added.forEach(printItem);
}

/** All of them, or none. */
async function change(changes: ItemChange[]): Promise<void> {
  const { before, after } = await write(async (tx) => {
    const before = await itemsIn(tx, changes);
    for (const item of changes)
      if (!(await changeItem(tx, item))) throw new Refusal(`${await unknown(item.id)} Nothing was changed.`);
    return { before, after: await itemsIn(tx, changes) };
  });
  after.forEach(publish);
  for (const item of after) {
    const [was, wanted] = [before, changes].map((list) => list.find(({ id }) => id === item.id)) as [Item, ItemChange];
    printItem(item);
    const differences = differencesOf(was, item, wanted);
    print(...(differences.length === 0 ? ["nothing new"] : differences).map((line) => `  changed: ${line}`));
  }
}

function write<T>(writing: (tx: Transaction) => Promise<T>): Promise<T> {
  return db.$transaction(writing, { timeout: LONGEST_WRITING });
}

/** Read in the transaction that writes them: a failure to read must not be told as one to write. */
async function itemsIn(tx: Transaction, items: { id: string }[]): Promise<Item[]> {
  return readItems(
    (sql) => tx.$queryRaw(sql),
    items.map(({ id }) => id),
  );
}

async function moved(itemId: string, change: Change): Promise<void> {
  if (change.kind !== "done" && change.kind !== "repeated")
    throw new Refusal(`${await unknown(itemId)} ${change.kind}. Nothing was changed.`);
  printItem({ ...(await known(itemId)), ...change.stock });
}

async function known(itemId: string): Promise<Item> {
  const item = await getItem(itemId);
  if (!item) throw new Refusal(await unknown(itemId));
  return item;
}

async function unknown(itemId: string): Promise<string> {
  const meant = closest(
    itemId,
    (await listItems()).map(({ id }) => id),
  );
  return `There is no item ${isItemId(itemId) ? itemId : JSON.stringify(itemId)}.${meant === undefined ? "" : ` Did you mean ${meant}?`}`;
}
