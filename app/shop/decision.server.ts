/** One decision: many wishes for one item, one transaction, one lock. */
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
import type { Stock } from "./item.ts";
import { lockItem, recordSales } from "./ledger.server.ts";
import { listOrdersByKey, unitsOwned } from "./orders.server.ts";
import type { Stage } from "./verdict.ts";

/**
 * How often wishes are decided anew when their keys have made orders elsewhere meanwhile. Each time, the other's order
 * is found; one more time can only be needed when yet another instance was quicker with another key of the batch.
 */
const MOST_DECISIONS = 5;

/** A try, as whoever made it sees it when it has failed. */
export interface Attempt {
  stage: Stage;
  /** The orders that it would have made. */
  made: Set<string>;
}

/** Undefined when there is no such item. `attempt` is kept up to date on the way. */
export async function decideTogether(
  itemId: string,
  wishes: Wish[],
  client: Database,
  attempt: Attempt,
): Promise<{ decisions: Decision[]; stock: Stock } | undefined> {
  return client.$transaction(async (tx) => {
    // Sent together, done in this order: what comes after the lock begins, and sees what is there, when it has been given.
    const [item, earlier] = await inOrder(lockItem(tx, itemId), ordersOf(wishes, tx));
    if (!item) return undefined;
    const { decisions, after } = await decideAndRecord(tx, wishes, item, earlier, attempt);
    return { decisions, stock: stockOf(after) };
  });
}

/**
 * A key that was sent for two items at once, or to two instances, can make an order elsewhere after it was looked up
 * here: the database refuses its row. Everyone is decided again then, under the same lock, and the key finds that order.
 */
async function decideAndRecord(
  tx: Transaction,
  wishes: Wish[],
  item: LockedItem,
  found: Awaited<ReturnType<typeof ordersOf>>,
  attempt: Attempt,
): Promise<Decided> {
  let earlier = found;
  const owned = item.limitPerBuyer === null ? new Map<string, number>() : await unitsOf(wishes, item, tx);
  for (let turn = 1; ; turn += 1) {
    const decided = decide(wishes.map(aged), { item, earlier, owned, buyerAge: env.BUYER_AGE }, randomUUID);
    if (decided.sales.length === 0) return decided;
    assertConsistent(item, decided);
    try {
      await inOrder(savepoint(tx), recordSales(tx, decided.sales, decided.after));
    } catch (error) {
      if (turn === MOST_DECISIONS || databaseFault(error) !== "conflict") throw error;
      [, earlier] = await inOrder(backToSavepoint(tx), ordersOf(wishes, tx));
      continue;
    }
    for (const { order } of decided.sales) attempt.made.add(order.id);
    attempt.stage = "committing";
    return decided;
  }
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

function ordersOf(wishes: Wish[], tx: Transaction) {
  return listOrdersByKey(
    wishes.map(({ key }) => key),
    tx,
  );
}

function unitsOf(wishes: Wish[], item: LockedItem, tx: Transaction): Promise<Map<string, number>> {
  return unitsOwned(
    item.id,
    item.run,
    wishes.map(({ buyerId }) => buyerId),
    tx,
  );
}
