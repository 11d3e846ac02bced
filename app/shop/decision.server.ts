/** One decision: many commands for one item or for several, one transaction, one lock for each item. */
import { randomUUID } from "node:crypto";
import { type Database, databaseFault, inOrder, type Transaction } from "#app/db.server.ts";
import { env } from "#app/env.server.ts";
import { listParts, nudge } from "#app/tasks.server.ts";
import type { Answer, Command } from "./commands.ts";
import { decide, type Decided, isPaid, type Known } from "./decide.ts";
import type { Hold, Person } from "./holds.ts";
import { listHoldsFor, unitsOfParties } from "./holds.server.ts";
import type { KeyedOrder, Stock } from "./item.ts";
import { lockItems, record } from "./ledger.server.ts";
import { listMadeByKey, type MadeByKey } from "./made-by-key.server.ts";
import { listOrdersById, listTakenBack, soldOfRuns, type TakenBack, unitsOwned } from "./orders.server.ts";
import { assertConsistent, isDue, type LockedItem, stockOf } from "./sheet.ts";
import type { Stage } from "./verdict.ts";

/**
 * How often commands are decided anew when their keys have made orders or holds elsewhere meanwhile. Each time, the other's order
 * is found; one more time can only be needed when yet another instance was quicker with another key of the batch.
 */
const MOST_DECISIONS = 5;

/** What is wanted of one item. */
export interface Batch {
  itemId: string;
  commands: Command[];
}

/** A try, as whoever made it sees it when it has failed. */
export interface Attempt {
  stage: Stage;
  /** The orders and holds that it would have made. */
  made: Set<string>;
}

/** What was decided of one item: an answer to each of its commands, in their order, and its stock afterwards. */
export interface BatchDecided {
  decisions: Answer[];
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
  const itemIds = batches.map(({ itemId }) => itemId);
  const decided = await client.$transaction(async (tx) => {
    // Sent together, done in this order: what comes after the lock begins, and sees what is there, when it has been given.
    const locking = lockItems(tx, itemIds, { skipLocked: batches.length > 1 });
    const [items, made] = await inOrder(locking, madeBefore(batches, tx));
    const locked = batches.flatMap(({ itemId, commands }) => {
      const item = items.find(({ id }) => id === itemId);
      return item ? { item, commands } : [];
    });
    return decideAndRecord(tx, locked, made, attempt);
  });
  if (decided.some(({ sheet }) => sheet.tasks.length > 0)) nudge();
  return new Map(decided.map(({ decisions, sheet: { after } }) => [after.id, { decisions, stock: stockOf(after) }]));
}

interface LockedBatch {
  item: LockedItem;
  commands: Command[];
}

/**
 * A key that was sent for two items at once, or to two instances, can make an order elsewhere after it was looked up
 * here: the database refuses its row. Everyone is decided again then, under the same lock, and the key finds that order.
 */
async function decideAndRecord(
  tx: Transaction,
  batches: LockedBatch[],
  found: MadeByKey,
  attempt: Attempt,
): Promise<Decided[]> {
  let made = found;
  const rest = await readTheRest(batches, tx);
  for (let turn = 1; ; turn += 1) {
    const decided = decideEach(batches, made, rest);
    const changed = decided.flatMap(({ sheet }) => (sheet.changes ? sheet : []));
    if (changed.length === 0) return decided;
    try {
      await inOrder(savepoint(tx), record(tx, changed));
    } catch (error) {
      if (turn === MOST_DECISIONS || databaseFault(error) !== "conflict") throw error;
      [, made] = await inOrder(backToSavepoint(tx), madeBefore(batches, tx));
      continue;
    }
    for (const { sales, made } of changed) {
      for (const { order } of sales) attempt.made.add(order.id);
      for (const { id } of made) attempt.made.add(id);
    }
    attempt.stage = "committing";
    return decided;
  }
}

/** One item after the other: a key that is wanted for two of them finds in the second what it has bought in the first. */
function decideEach(batches: LockedBatch[], made: MadeByKey, rest: Rest): Decided[] {
  const known = [...made.orders, ...rest.orders];
  const holds = [...made.holds, ...rest.holds];
  return batches.map(({ item, commands }) => {
    const ofItem: Known = {
      ofParty: rest.ofParty,
      letGo: rest.letGo,
      takenBack: rest.takenBack,
      item,
      earlier: known,
      holds,
      owned: rest.owned.get(item.id) ?? new Map<string, number>(),
      soldOfRuns: rest.soldOfRuns.get(item.id) ?? new Map<number, number>(),
      buyerAge: env.BUYER_AGE,
      paySeconds: env.PAY_SECONDS,
    };
    const decided = decide(commands.map(aged), ofItem, randomUUID);
    assertConsistent(decided.sheet);
    if (batches.length > 1) {
      known.push(...decided.sheet.sales.map(({ order, ...buyer }) => ({ ...order, ...buyer })));
      holds.push(...decided.sheet.made);
    }
    return decided;
  });
}

/**
 * Without it, the first statement that is refused would end the transaction. It must come after the lock, which going back
 * would let go otherwise, and before the lines: it is sent with them, as a query as they are, and keeps its place in the line.
 */
async function savepoint(tx: Transaction): Promise<void> {
  await tx.$queryRaw`SAVEPOINT undecided`;
}

async function backToSavepoint(tx: Transaction): Promise<void> {
  await tx.$queryRaw`ROLLBACK TO SAVEPOINT undecided`;
}

/** With the cookie's age as it is now: one from just before the opening must not look younger for having waited. */
function aged(command: Command): Command {
  if (command.kind !== "buy") return command;
  const { cookieAge, askedAt } = command;
  if (cookieAge === undefined || askedAt === undefined) return command;
  return { ...command, cookieAge: cookieAge + performance.now() - askedAt };
}

function madeBefore(batches: { commands: Command[] }[], tx: Transaction): Promise<MadeByKey> {
  const keys = batches.flatMap(({ commands }) =>
    commands.flatMap((command) => (command.kind === "buy" ? command.key : [])),
  );
  return listMadeByKey(keys, tx);
}

/** The hold or order that a command is about. */
function idOf(command: Command): string[] {
  if (command.kind === "take_back") return [command.orderId];
  return "holdId" in command ? [command.holdId] : [];
}

/** What a decision needs besides the items and what the keys have made, by item where it is about one. */
interface Rest {
  ofParty: Map<string, Person>;
  letGo: Set<string>;
  takenBack: Map<string, { units: number; byKey: Map<string, number> }>;
  /** Those that commands name. */
  orders: KeyedOrder[];
  holds: Hold[];
  owned: Map<string, Map<string, number>>;
  soldOfRuns: Map<string, Map<number, number>>;
}

async function readTheRest(batches: LockedBatch[], tx: Transaction): Promise<Rest> {
  const holds = await holdsOf(batches, tx);
  const orders = await ordersOf(batches, tx);
  return {
    holds,
    orders,
    owned: await unitsOf(batches, holds, tx),
    ofParty: await partiesOf(batches, tx),
    letGo: await letGoOf(batches, holds, tx),
    ...(await takenBackOf(batches, orders, tx)),
  };
}

async function ordersOf(batches: LockedBatch[], tx: Transaction): Promise<KeyedOrder[]> {
  const ids = batches.flatMap(({ commands }) => commands.flatMap(idOf));
  return ids.length === 0 ? [] : listOrdersById(ids, tx);
}

/** An item that is not paid for has no holds: what is asked of it costs no look at them. */
async function holdsOf(batches: LockedBatch[], tx: Transaction): Promise<Hold[]> {
  const withHolds = batches.filter(
    ({ item, commands }) => isPaid(item) || item.held > 0 || commands.some(isAboutAHold),
  );
  if (withHolds.length === 0) return [];
  return listHoldsFor(
    withHolds.map(({ item: { id, run, lockedAt }, commands }) => ({
      itemId: id,
      run,
      lockedAt,
      buyerIds: commands.flatMap((command) => (command.kind === "buy" ? command.buyerId : [])),
      holdIds: commands.filter(isAboutAHold).flatMap(idOf),
    })),
    tx,
  );
}

function isAboutAHold({ kind }: Command): boolean {
  return kind === "start_payment" || kind === "confirm" || kind === "release";
}

/** Units that each buyer owns, by item, where the item limits them: buyers who want some, and those whose hold may be sold. */
async function unitsOf(
  batches: LockedBatch[],
  holds: Hold[],
  tx: Transaction,
): Promise<Map<string, Map<string, number>>> {
  const limited = batches.filter(({ item }) => item.limitPerBuyer !== null);
  const buyers = limited.flatMap(({ item, commands }) =>
    commands.flatMap((command) => {
      const hold = command.kind === "confirm" ? holds.find(({ id }) => id === command.holdId) : undefined;
      const buyerId = command.kind === "buy" ? command.buyerId : hold?.buyerId;
      return buyerId === undefined ? [] : { itemId: item.id, run: item.run, buyerId };
    }),
  );
  const owned = new Map(limited.map(({ item }) => [item.id, new Map<string, number>()]));
  if (buyers.length === 0) return owned;
  for (const { itemId, buyerId, units } of await unitsOwned(buyers, tx)) owned.get(itemId)?.set(buyerId, units);
  return owned;
}

/** Where the item limits its buyers: persons, too. */
async function partiesOf(batches: LockedBatch[], tx: Transaction): Promise<Map<string, Person>> {
  const asked = batches.flatMap(({ item, commands }) =>
    item.limitPerBuyer === null
      ? []
      : commands.flatMap((command) => {
          if (command.kind === "start_payment") return { holdId: command.holdId, party: command.party };
          return command.kind === "confirm" ? { holdId: command.holdId, party: null } : [];
        }),
  );
  return asked.length === 0 ? new Map() : unitsOfParties(asked, tx);
}

/**
 * A payment that came too late is let go, and may be confirmed once more before the provider has done so: by then a unit may be there. Only what
 * would take a hold anew is looked for.
 */
async function letGoOf(batches: LockedBatch[], holds: Hold[], tx: Transaction): Promise<Set<string>> {
  const late = batches.flatMap(({ item, commands }) =>
    commands.flatMap((command) => {
      const hold = command.kind === "confirm" ? holds.find(({ id }) => id === command.holdId) : undefined;
      return hold && (hold.state === "ended" || isDue(hold, item.lockedAt)) ? hold.id : [];
    }),
  );
  return new Set(late.length === 0 ? [] : await listParts(tx, "cancel", late));
}

async function takenBackOf(
  batches: LockedBatch[],
  orders: KeyedOrder[],
  tx: Transaction,
): Promise<Pick<Rest, "takenBack" | "soldOfRuns">> {
  const orderIds = batches.flatMap(({ commands }) =>
    commands.flatMap((command) => (command.kind === "take_back" ? command.orderId : [])),
  );
  const soldByItem = new Map<string, Map<number, number>>();
  if (orderIds.length === 0) return { takenBack: new Map(), soldOfRuns: soldByItem };
  const taken = Map.groupBy(await listTakenBack(orderIds, tx), ({ orderId }) => orderId);
  for (const { item } of batches) {
    const runs = orders.flatMap(({ itemId, run }) => (itemId === item.id && run !== item.run ? run : []));
    if (runs.length === 0) continue;
    const sold = await soldOfRuns(item.id, runs, tx);
    soldByItem.set(item.id, new Map(sold.map(({ run, sold }) => [run, sold])));
  }
  return { takenBack: new Map([...taken].map(([id, changes]) => [id, summedUp(changes)])), soldOfRuns: soldByItem };
}

function summedUp(changes: TakenBack[]): { units: number; byKey: Map<string, number> } {
  return {
    units: changes.reduce((sum, { units }) => sum + units, 0),
    byKey: new Map(changes.map(({ key, units }) => [key, units])),
  };
}
