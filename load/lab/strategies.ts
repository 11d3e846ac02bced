/**
 * Ways to sell one unit. Each does the same work: the item's quantity goes down by one, an order gets the item's next
 * number, and the ledger one movement. They differ in what keeps two buyers from getting the same unit.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Till } from "#app/shop/till.server.ts";
import { Prisma } from "#prisma/client/client.ts";
import { type Database, type Driver, type Session, throughPg, throughPrisma } from "./databases.ts";

export interface Wish {
  buyerId: string;
  key: string;
}

/** True: sold. False: sold out. */
export type Sell = (wish: Wish) => Promise<boolean>;

export interface Strategy {
  name: string;
  driver: Driver;
  open: (database: Database, itemId: string, onRetry: () => void) => Sell;
  /** It has nothing against overselling, and must be seen to. */
  isControl?: true;
  /** The stock is one row a unit instead of the item's quantity. */
  sellsUnitRows?: true;
}

export const strategies: Strategy[] = [
  { name: "no lock (control)", driver: throughPg, open: oneTransactionEach(sellWithoutLock), isControl: true },
  { name: "FOR UPDATE", driver: throughPg, open: oneTransactionEach(sellUnderRowLock) },
  { name: "FOR UPDATE, Prisma", driver: throughPrisma, open: oneTransactionEach(sellUnderRowLock) },
  {
    name: "one statement",
    driver: throughPg,
    open: (database, itemId) => (wish) => sellInOneStatement(database, itemId, wish),
  },
  { name: "UPDATE if any left", driver: throughPg, open: oneTransactionEach(sellByConditionalUpdate) },
  { name: "SKIP LOCKED units", driver: throughPg, open: oneTransactionEach(sellUnitRow), sellsUnitRows: true },
  { name: "SERIALIZABLE", driver: throughPg, open: serializable(sellWithoutLock) },
  { name: "advisory lock", driver: throughPg, open: oneTransactionEach(sellUnderAdvisoryLock) },
  { name: "till", driver: throughPg, open: till },
  { name: "till, Prisma", driver: throughPrisma, open: till },
];

type SellOne = (tx: Session, itemId: string, wish: Wish) => Promise<boolean>;

function oneTransactionEach(sellOne: SellOne): Strategy["open"] {
  return (database, itemId) => (wish) => database.transaction((tx) => sellOne(tx, itemId, wish));
}

/** Two of these may read the same quantity, and both sell the same unit. */
async function sellWithoutLock(tx: Session, itemId: string, wish: Wish): Promise<boolean> {
  const [item] = await tx.run(Prisma.sql`SELECT quantity, last_number AS number FROM items WHERE id = ${itemId}`);
  if (!item?.quantity) return false;
  await writeItem(tx, itemId, item.quantity - 1, item.number + 1);
  await record(tx, itemId, wish, item.number + 1);
  return true;
}

async function sellUnderRowLock(tx: Session, itemId: string, wish: Wish): Promise<boolean> {
  const item = await lockItem(tx, itemId);
  if (!item?.quantity) return false;
  await writeItem(tx, itemId, item.quantity - 1, item.number + 1);
  await record(tx, itemId, wish, item.number + 1);
  return true;
}

async function sellUnderAdvisoryLock(tx: Session, itemId: string, wish: Wish): Promise<boolean> {
  // A statement of its own: the one that reads must begin after the wait, or it sees the item as it was before it.
  await tx.run(Prisma.sql`SELECT 1 AS number FROM pg_advisory_xact_lock(hashtextextended(${itemId}, 0))`);
  return sellWithoutLock(tx, itemId, wish);
}

async function sellInOneStatement(session: Session, itemId: string, { buyerId, key }: Wish): Promise<boolean> {
  const orderId = randomUUID();
  const sold = await session.run(Prisma.sql`
    WITH taken AS (
      UPDATE items SET quantity = quantity - 1, last_number = last_number + 1
      WHERE id = ${itemId} AND quantity > 0
      RETURNING id, last_number AS number
    ), ordered AS (
      INSERT INTO orders (id, item_id, number, buyer_id, key)
      SELECT ${orderId}::uuid, id, number, ${buyerId}::uuid, ${key}::uuid FROM taken
    ), moved AS (
      INSERT INTO movements (order_id, item_id, delta) SELECT ${orderId}::uuid, id, -1 FROM taken
    )
    SELECT number FROM taken`);
  return sold.length > 0;
}

async function sellByConditionalUpdate(tx: Session, itemId: string, wish: Wish): Promise<boolean> {
  const [taken] = await tx.run(Prisma.sql`
    UPDATE items SET quantity = quantity - 1, last_number = last_number + 1
    WHERE id = ${itemId} AND quantity > 0
    RETURNING last_number AS number`);
  if (!taken) return false;
  await record(tx, itemId, wish, taken.number);
  return true;
}

/** Buyers do not wait for each other. The price: what is left must be counted, and numbers are not given in order. */
async function sellUnitRow(tx: Session, itemId: string, wish: Wish): Promise<boolean> {
  const [unit] = await tx.run(Prisma.sql`
    UPDATE units SET is_sold = true
    WHERE item_id = ${itemId} AND number = (
      SELECT number FROM units WHERE item_id = ${itemId} AND NOT is_sold
      ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING number`);
  if (!unit) return false;
  await record(tx, itemId, wish, unit.number);
  return true;
}

/** PostgreSQL lets one of those who read the same state commit; the others begin anew, after a wait that parts them. */
function serializable(sellOne: SellOne): Strategy["open"] {
  const mostTries = 30;
  const longestWait = 200;
  return (database, itemId, onRetry) => async (wish) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await database.transaction((tx) => sellOne(tx, itemId, wish), "Serializable");
      } catch (error) {
        if ((error as { code?: unknown }).code !== "40001" || tries === mostTries) throw error;
        onRetry();
        await sleep(Math.random() * Math.min(longestWait, 2 ** tries));
      }
    }
  };
}

/** The shop's till: who arrives while others are decided is decided next, together with all who wait. */
function till(database: Database, itemId: string): Sell {
  const decide = async (take: () => Wish[]): Promise<PromiseSettledResult<boolean>[]> => {
    // Whoever joins in the same turn of the event loop belongs to the same batch.
    await new Promise((resolve) => setImmediate(resolve));
    const wishes = take();
    const sold = await database.transaction((tx) => sellTogether(tx, itemId, wishes));
    return wishes.map((_, place) => ({ status: "fulfilled", value: place < sold }));
  };
  // Nobody is turned away: every strategy lets all wait.
  const counter = new Till({ decide, turnAway: () => false, limits: { batch: 200, wait: 60_000, queue: Infinity } });
  return (wish) => counter.join(wish);
}

/** How many of the wishes, from the first, got a unit. */
async function sellTogether(tx: Session, itemId: string, wishes: Wish[]): Promise<number> {
  const item = await lockItem(tx, itemId);
  if (!item?.quantity) return 0;
  const sales = wishes.slice(0, item.quantity).map((wish) => ({ ...wish, orderId: randomUUID() }));
  const orderIds = sales.map(({ orderId }) => orderId);
  await writeItem(tx, itemId, item.quantity - sales.length, item.number + sales.length);
  await tx.run(Prisma.sql`
    INSERT INTO orders (id, item_id, number, buyer_id, key)
    SELECT order_id, ${itemId}, ${item.number}::int + place, buyer_id, key
    FROM unnest(${orderIds}::uuid[], ${sales.map(({ buyerId }) => buyerId)}::uuid[], ${sales.map(({ key }) => key)}::uuid[])
      WITH ORDINALITY AS sale (order_id, buyer_id, key, place)`);
  await tx.run(Prisma.sql`
    INSERT INTO movements (order_id, item_id, delta)
    SELECT order_id, ${itemId}, -1 FROM unnest(${orderIds}::uuid[]) AS sale (order_id)`);
  return sales.length;
}

async function lockItem(tx: Session, itemId: string) {
  const [item] = await tx.run(
    Prisma.sql`SELECT quantity, last_number AS number FROM items WHERE id = ${itemId} FOR UPDATE`,
  );
  return item;
}

async function writeItem(tx: Session, itemId: string, quantity: number, lastNumber: number): Promise<void> {
  await tx.run(Prisma.sql`UPDATE items SET quantity = ${quantity}, last_number = ${lastNumber} WHERE id = ${itemId}`);
}

async function record(tx: Session, itemId: string, { buyerId, key }: Wish, number: number): Promise<void> {
  const orderId = randomUUID();
  await tx.run(
    Prisma.sql`INSERT INTO orders (id, item_id, number, buyer_id, key) VALUES (${orderId}::uuid, ${itemId}, ${number}, ${buyerId}::uuid, ${key}::uuid)`,
  );
  await tx.run(Prisma.sql`INSERT INTO movements (order_id, item_id, delta) VALUES (${orderId}::uuid, ${itemId}, -1)`);
}
