/** One decision: many wishes for one item or for several, one transaction, one lock for each item. */
import { randomUUID } from "node:crypto";
import { type Database, databaseFault, inOrder, type Transaction } from "#app/db.server.ts";
import { env } from "#app/env.server.ts";
import {
  assertConsistent,
  type Decided,
  decide,
  type Decision,
  type LockedItem,
  stockOf,
  type Wish,
} from "./decide.ts";
import type { KeyedOrder, Stock } from "./item.ts";
import { lockItems, recordSales } from "./ledger.server.ts";
import { listOrdersByKey, unitsOwned } from "./orders.server.ts";
import type { Stage } from "./verdict.ts";

/**
 * How often wishes are decided anew when their keys have made orders elsewhere meanwhile. Each time, the other's order
 * is found; one more time can only be needed when yet another instance was quicker with another key of the batch.
 */
const MOST_DECISIONS = 5;

/** What is wanted of one item. */
export interface Batch {
  itemId: string;
  wishes: Wish[];
}

/** A try, as whoever made it sees it when it has failed. */
export interface Attempt {
  stage: Stage;
  /** The orders that it would have made. */
  made: Set<string>;
}

/** What was decided of one item: a decision for each of its wishes, in their order, and its stock afterwards. */
export interface BatchDecided {
  decisions: Decision[];
  stock: Stock;
}

/**
 * Decides the batches, each of another item. One whose item does not exist has no entry in the result. Several batches do not
 * wait for an item that is locked elsewhere: it has no entry either, and must be decided by itself. `attempt` is kept up to
 * date on the way.
 */
export async function decideTogether(
  batches: Batch[],
  client: Database,
  attempt: Attempt,
): Promise<Map<string, BatchDecided>> {
  const wishes = batches.flatMap(({ wishes }) => wishes);
  const itemIds = batches.map(({ itemId }) => itemId);
  return client.$transaction(async (tx) => {
    // Sent together, done in this order: what comes after the lock begins, and sees what is there, when it has been given.
    const locking = lockItems(tx, itemIds, { skipLocked: batches.length > 1 });
    const [items, earlier] = await inOrder(locking, ordersOf(wishes, tx));
    const locked = batches.flatMap(({ itemId, wishes }) => {
      const item = items.find(({ id }) => id === itemId);
      return item ? { item, wishes } : [];
    });
    const decided = await decideAndRecord(tx, locked, earlier, attempt);
    return new Map(decided.map(({ decisions, after }) => [after.id, { decisions, stock: stockOf(after) }]));
  });
}

interface LockedBatch {
  item: LockedItem;
  wishes: Wish[];
}

/**
 * A key that was sent for two items at once, or to two instances, can make an order elsewhere after it was looked up
 * here: the database refuses its row. Everyone is decided again then, under the same lock, and the key finds that order.
 */
async function decideAndRecord(
  tx: Transaction,
  batches: LockedBatch[],
  found: KeyedOrder[],
  attempt: Attempt,
): Promise<Decided[]> {
  let earlier = found;
  const owned = await unitsOf(batches, tx);
  for (let turn = 1; ; turn += 1) {
    const decided = decideEach(batches, earlier, owned);
    const changed = decided.filter(({ sales }) => sales.length > 0);
    if (changed.length === 0) return decided;
    try {
      await inOrder(savepoint(tx), recordSales(tx, changed));
    } catch (error) {
      if (turn === MOST_DECISIONS || databaseFault(error) !== "conflict") throw error;
      const wishes = batches.flatMap(({ wishes }) => wishes);
      [, earlier] = await inOrder(backToSavepoint(tx), ordersOf(wishes, tx));
      continue;
    }
    for (const { sales } of changed) for (const { order } of sales) attempt.made.add(order.id);
    attempt.stage = "committing";
    return decided;
  }
}

/** One item after the other: a key that is wanted for two of them finds in the second what it has bought in the first. */
function decideEach(batches: LockedBatch[], earlier: KeyedOrder[], owned: Map<string, Map<string, number>>): Decided[] {
  const known = [...earlier];
  return batches.map(({ item, wishes }) => {
    const ofItem = owned.get(item.id) ?? new Map<string, number>();
    const decided = decide(
      wishes.map(aged),
      { item, earlier: known, owned: ofItem, buyerAge: env.BUYER_AGE },
      randomUUID,
    );
    assertConsistent(item, decided);
    if (batches.length > 1) known.push(...decided.sales.map(({ order, buyerId, key }) => ({ ...order, buyerId, key })));
    return decided;
  });
}

/**
 * Without it, the first statement that is refused would end the transaction. It must come after the lock, which going back
 * would let go otherwise, and before the sales: it is sent with them, as a query as they are, and keeps its place in the line.
 */
async function savepoint(tx: Transaction): Promise<void> {
  await tx.$queryRaw`SAVEPOINT undecided`;
}

async function backToSavepoint(tx: Transaction): Promise<void> {
  await tx.$queryRaw`ROLLBACK TO SAVEPOINT undecided`;
}

/** With the cookie's age as it is now: one from just before the opening must not look younger for having waited. */
function aged(wish: Wish): Wish {
  const { cookieAge, askedAt } = wish;
  if (cookieAge === undefined || askedAt === undefined) return wish;
  return { ...wish, cookieAge: cookieAge + performance.now() - askedAt };
}

function ordersOf(wishes: Wish[], tx: Transaction): Promise<KeyedOrder[]> {
  return listOrdersByKey(
    wishes.map(({ key }) => key),
    tx,
  );
}

/** Units that each buyer owns, by item, where the item limits them. */
async function unitsOf(batches: LockedBatch[], tx: Transaction): Promise<Map<string, Map<string, number>>> {
  const limited = batches.filter(({ item }) => item.limitPerBuyer !== null);
  const buyers = limited.flatMap(({ item, wishes }) =>
    wishes.map(({ buyerId }) => ({ itemId: item.id, run: item.run, buyerId })),
  );
  const owned = new Map(limited.map(({ item }) => [item.id, new Map<string, number>()]));
  if (buyers.length === 0) return owned;
  for (const { itemId, buyerId, units } of await unitsOwned(buyers, tx)) owned.get(itemId)?.set(buyerId, units);
  return owned;
}
