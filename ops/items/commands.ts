/** What each command does. */
import { randomUUID } from "node:crypto";
import { whyNotSellable } from "#app/checkout/sellable.server.ts";
import { databaseFault, db, type Transaction } from "#app/db.server.ts";
import {
  getAnyItem,
  type ItemChange,
  type ItemRow,
  listAllItems,
  type NewItem,
  readItems,
} from "#app/shop/catalogue.server.ts";
import { readItemChange, readNewItem } from "#app/shop/item-form.ts";
import { isItemId, type Item, type Stock } from "#app/shop/item.ts";
import { publish } from "#app/shop/memory.server.ts";
import { ordersOf } from "#app/shop/orders.server.ts";
import {
  addItem,
  type StockChange,
  changeItem,
  correctItem,
  HoldsAreOpen,
  NotPossible,
  pauseItem,
  restockItem,
  resumeItem,
} from "#app/shop/stocking.server.ts";
import { Refusal } from "#server/refusal.ts";
import { closest } from "./closest.ts";
import type { Command } from "./command-line.ts";
import { itemsOf } from "./items-file.ts";
import { differencesOf, firstLine, print, printItem, printOrder, printWhole } from "./print.ts";
import { assertReachable, repeatWhenLost } from "./repeat.ts";
import { whyNot } from "./why-not.ts";

/** Milliseconds: a long file takes more time than a purchase may. */
const LONGEST_WRITING = 60_000;

/** For commands that say what shall be, not by how much: done twice, they have done no more. */
const SAME_COMMAND = "Run the same command again: a second time does no harm.";

export async function carryOut(command: Exclude<Command, { name: "help" }>): Promise<void> {
  switch (command.name) {
    case "list":
      return list();
    case "show":
      return printWhole(await known(command.itemId));
    case "orders":
      return orders(await known(command.itemId));
    case "add":
      return add(await itemsOf(command.file, readNewItem));
    case "change":
      return change(await itemsOf(command.file, readItemChange));
    case "restock":
    case "correct":
      return move(command);
    case "pause":
      return setPaused(command.itemId, pauseItem);
    case "resume":
      return setPaused(command.itemId, resumeItem);
    default:
      command satisfies never;
  }
}

async function list(): Promise<void> {
  const items = await listAllItems();
  if (items.length === 0) print("No items yet. `npm run items -- help` says how to add one.");
  items.forEach(printItem);
}

async function orders({ id }: Item): Promise<void> {
  let found = 0;
  for await (const order of ordersOf(id)) {
    found += 1;
    printOrder(order);
  }
  if (found === 0) print(`No orders of ${id} yet.`);
}

/** All of them, or none. One that is there already, and as the file says, counts as added: so the same file can be sent again. */
async function add(items: NewItem[]): Promise<void> {
  const { before, after } = await write(async (tx) => {
    const before = new Map((await itemsIn(tx, items)).map((item) => [item.id, item]));
    for (const item of items) {
      const there = before.get(item.id);
      if (!there) await addItem(tx, item).catch(orThatItIsThere(item.id));
      else if (!isAsAdded(there, item))
        throw new Refusal(`An item ${item.id} already exists, and differs from the file. Nothing was changed.`);
    }
    const after = await itemsIn(tx, items);
    assertPayable(after);
    return { before, after };
  });
  for (const item of after) {
    printItem(item);
    if (before.has(item.id)) print("  it was already there");
  }
}

/** Somebody else may have added it since the look. */
function orThatItIsThere(itemId: string): (error: unknown) => never {
  return (error) => {
    if (databaseFault(error) !== "conflict") throw error;
    throw new Refusal(`An item ${itemId} already exists. Nothing was changed.`);
  };
}

function orWhyNot(error: unknown, itemId: string): never {
  if (error instanceof NotPossible)
    throw new Refusal(
      `${itemId}: ${error.field === "startingQuantity" ? "quantity" : error.field} ${error.message}. Nothing was changed.`,
    );
  if (!(error instanceof HoldsAreOpen)) throw error;
  throw new Refusal(
    `${error.message}. How it is paid for can be changed when none are held: pause it, and wait. Nothing was changed.`,
  );
}

/** What is to be paid by card must be something that a card can be charged, in a shop that takes cards. */
function assertPayable(items: Item[]): void {
  for (const item of items) {
    const why = whyNotSellable(item);
    if (why?.field === "price") throw new Refusal(`${item.id}: the price ${why.says}. Nothing was changed.`);
    if (why)
      throw new Refusal(`${item.id}: this shop takes no cards. Set STRIPE_SECRET_KEY first. Nothing was changed.`);
  }
}

/** Its stock may have moved since. */
function isAsAdded(item: Item, { position, price, opensAt, closesAt, ...words }: NewItem): boolean {
  return (
    Object.entries(words).every(([field, value]) => item[field as keyof Item] === value) &&
    item.price.amount === price.amount &&
    item.price.currency === price.currency &&
    item.opensAt?.getTime() === opensAt?.getTime() &&
    item.closesAt?.getTime() === closesAt?.getTime() &&
    (position === null || item.position === position)
  );
}

/** All of them, or none. */
async function change(changes: ItemChange[]): Promise<void> {
  const { before, after, stocks } = await write(async (tx) => {
    const before = await itemsIn(tx, changes);
    const stocks: Stock[] = [];
    // Each waits for its stock's lock: two files that name the same items must not wait for each other in a circle.
    for (const item of changes.toSorted((one, other) => (one.id < other.id ? -1 : 1))) {
      const stock = await changeItem(tx, item).catch((error: unknown) => orWhyNot(error, item.id));
      if (!stock) throw new Refusal(`${await noSuchItem(item.id)} Nothing was changed.`);
      stocks.push(stock);
    }
    const after = await itemsIn(tx, changes);
    assertPayable(after);
    return { before, after, stocks };
  });
  stocks.forEach(publish);
  for (const item of after) {
    const [was, wanted] = [before, changes].map((list) => list.find(({ id }) => id === item.id)) as [Item, ItemChange];
    printItem(item);
    const differences = differencesOf(was, item, wanted);
    print(
      ...(differences.length === 0 ? ["nothing: it was so before"] : differences).map((text) => `  changed ${text}`),
    );
  }
}

async function write<T>(writing: (tx: Transaction) => Promise<T>): Promise<T> {
  await assertReachable();
  return repeatWhenLost(() => db.$transaction(writing, { timeout: LONGEST_WRITING }), SAME_COMMAND);
}

/** Read in the transaction that writes them: a failure to read must not be told as one to write. */
function itemsIn(tx: Transaction, items: { id: string }[]): Promise<Item[]> {
  return readItems((sql) => tx.$queryRaw<ItemRow[]>(sql), { itemIds: items.map(({ id }) => id), drafts: true });
}

async function move(command: Extract<Command, { name: "restock" | "correct" }>): Promise<void> {
  const { quantity, version, status } = await known(command.itemId);
  if (status === "draft")
    throw new Refusal(
      `${command.itemId} is a draft: its quantity is changed by \`npm run items -- change\`, and counted once it is published. Nothing was changed.`,
    );
  if ("to" in command && command.seenVersion === undefined && command.key === undefined)
    throw new Refusal(
      `${command.itemId} has ${quantity} left at version ${version}. If that is when you counted ${command.to}, add --seen ${version}. To be sure, pause the item before you count. Nothing was changed.`,
    );
  const key = command.key ?? randomUUID();
  if (command.key === undefined) print(`Key of this command: ${key}`);
  const made = await repeatWhenLost(
    () => moveOnce(command, key),
    `Run the same command again with --key ${key}: it is done only once.`,
  );
  if (made.kind === "not_found") throw new Refusal(await noSuchItem(command.itemId));
  const refusal = whyNot(made, command, key);
  if (refusal !== undefined) throw new Refusal(`${refusal} Nothing was changed.`);
  await printAs(made.stock);
  if (made.kind === "repeated")
    print(`  this was done before: ${signed(made.delta)} at version ${made.version}, which left ${made.quantity}`);
}

function moveOnce(command: Extract<Command, { name: "restock" | "correct" }>, key: string): Promise<StockChange> {
  if (command.name === "restock")
    return restockItem(command.itemId, command.units, {
      key,
      refuseTwin: command.key === undefined && !command.again,
    });
  // A repeat is found by its key, whatever version it was made at.
  const correction = "by" in command ? { by: command.by } : { to: command.to, seenVersion: command.seenVersion ?? 0 };
  return correctItem(command.itemId, correction, { key });
}

function signed(units: number): string {
  return units < 0 ? `${units}` : `+${units}`;
}

async function setPaused(itemId: string, set: (itemId: string) => Promise<Stock | undefined>): Promise<void> {
  await known(itemId);
  const stock = await repeatWhenLost(() => set(itemId), SAME_COMMAND);
  if (!stock) throw new Refusal(await noSuchItem(itemId));
  await printAs(stock);
}

/** The item as the change has left it. That the words cannot be read must not look as if the change had not been made. */
async function printAs(stock: Stock): Promise<void> {
  const item = await getAnyItem(stock.id).catch(() => undefined);
  if (item) printItem({ ...item, ...stock });
  else print(firstLine(stock), "  this was done; the database was lost before the rest could be read");
}

async function known(itemId: string): Promise<Item> {
  const item = await getAnyItem(itemId);
  if (!item) throw new Refusal(await noSuchItem(itemId));
  return item;
}

async function noSuchItem(itemId: string): Promise<string> {
  const meant = closest(
    itemId,
    (await listAllItems()).map(({ id }) => id),
  );
  const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
  return `There is no item ${isItemId(itemId) ? itemId : JSON.stringify(itemId)}.${hint}`;
}
