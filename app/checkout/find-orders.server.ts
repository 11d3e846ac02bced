/** "Find my order": somebody's orders are mailed to their own address, so only whoever reads its mail is told of them. */
import { randomUUID } from "node:crypto";
import { db, type Transaction } from "#app/db.server.ts";
import { countLists, mailTask } from "#app/outbox/mails.server.ts";
import { describeError, report } from "#app/report.server.ts";
import { singleton } from "#app/singleton.server.ts";
import { addTasks, nudge } from "#app/tasks.server.ts";
import { hasAddress, listOrderIds } from "./contacts.server.ts";

/** Of one person, the latest. */
export const MOST_LISTED = 20;
/** However often somebody asks, no mailbox gets more than one mail in so many minutes, nor than so many a day. */
const MINUTES_BETWEEN = 10;
const MOST_A_DAY = 5;

export interface FoundOrder {
  id: string;
  itemName: string;
  quantity: number;
  number: number;
  soldAt: Date;
}

/** The latest first, and one more than are listed where there are more. What is not paid for yet is no order. */
export function listOrdersOf(email: string): Promise<FoundOrder[]> {
  return db.$queryRaw<FoundOrder[]>`
    SELECT orders.id, coalesce(orders.name, items.name) AS "itemName", quantity, number, placed_at AS "soldAt"
    FROM contacts JOIN orders ON orders.id = contacts.order_id JOIN items ON items.id = orders.item_id
    WHERE ${hasAddress(email)}
    ORDER BY placed_at DESC, orders.id DESC LIMIT ${MOST_LISTED + 1}`;
}

/**
 * Throws while the database is away, or takes no writes: nobody is told then that a mail is on its way. It asks about no person, so
 * it takes as long whoever asks for whom.
 */
export async function assertCanLookUp(): Promise<void> {
  await db.$queryRaw`SELECT 1 FROM tasks LIMIT 0 FOR KEY SHARE`;
}

const underWay = singleton("orders-looked-up", () => new Set<Promise<void>>());

/** To be called once the answer is out: nothing of it, not even its time, says whether there are orders. */
export function mailOrdersOf(email: string): void {
  const lookedUp = askForMail(email).catch((error: unknown) => {
    // Whose orders they are is in no log.
    report("orders_not_looked_up", { ...describeError(error), stack: undefined });
  });
  underWay.add(lookedUp);
  void lookedUp.finally(() => underWay.delete(lookedUp));
}

/** All that were asked for so far. */
export async function ordersLookedUp(): Promise<void> {
  await Promise.all(underWay);
}

async function askForMail(email: string): Promise<void> {
  const isAsked = await db.$transaction(async (tx) => {
    const latest = await lockLatest(tx, email);
    if (latest === undefined) return false;
    const { lately, today } = await countLists(tx, await listOrderIds(tx, email), MINUTES_BETWEEN);
    if (lately > 0 || today >= MOST_A_DAY) return false;
    await addTasks(tx, [mailTask("orders", latest, randomUUID())]);
    return true;
  });
  if (isAsked) nudge();
}

/** The latest order of a person. Of two who ask for them at once, one waits, and finds what the other has written. */
async function lockLatest(tx: Transaction, email: string): Promise<string | undefined> {
  const [latest] = await tx.$queryRaw<{ id: string }[]>`
    SELECT orders.id FROM contacts JOIN orders ON orders.id = contacts.order_id
    WHERE ${hasAddress(email)}
    ORDER BY placed_at DESC, orders.id DESC LIMIT 1
    FOR NO KEY UPDATE OF contacts`;
  return latest?.id;
}
