/** One purchase, from the buyer's wish to its outcome: decided under the lock of the item's row. */
import { randomUUID } from "node:crypto";
import { type Database, databaseFault, db, type Transaction } from "#app/db.server.ts";
import { feed } from "#app/live/feed.server.ts";
import { describeError, log } from "#app/log.server.ts";
import type { Order, Stock } from "./item.ts";
import { getOrderByKey, listOrdersOfRun } from "./orders.server.ts";
import { type LockedItem, lockItem, recordSale, stockOf } from "./stock.server.ts";

export interface PurchaseRequest {
  itemId: string;
  buyerId: string;
  /** The buyer's name for this attempt. The same key again finds the same order. */
  key: string;
  quantity: number;
}

export type PurchaseOutcome =
  | { kind: "purchased"; order: Order; stock: Stock }
  | { kind: "repeated"; order: Order; stock: Stock }
  /** The key already made an order of something else. */
  | { kind: "key_reused" }
  | { kind: "not_found" }
  | { kind: "not_open"; opensAt: Date; stock: Stock }
  /** The quantity was 0 while this buyer held the row. */
  | { kind: "sold_out"; stock: Stock }
  /** Some are left, but fewer than asked for. */
  | { kind: "not_enough"; stock: Stock }
  /** `limit` units an order or a buyer may have in a run. */
  | { kind: "limit_reached"; limit: number; stock: Stock }
  /** The database could not decide in time. Sent again with the same key, it cannot buy twice. */
  | { kind: "busy"; retryAfterSeconds: number };

const BUSY: PurchaseOutcome = { kind: "busy", retryAfterSeconds: 1 };

/**
 * Buys, all or nothing. Never throws for what a buyer or a busy database can cause; throws what is a bug.
 *
 * A connection lost around COMMIT leaves the outcome unknown, and a twin of this attempt on another instance ends in a
 * refused row. Both are settled by trying once more with the same key: the second try waits for the row's lock, so the
 * first has ended by then, and finds the order by its key if there is one.
 */
export async function purchase(request: PurchaseRequest, client: Database = db): Promise<PurchaseOutcome> {
  const outcome = await decide(request, client);
  // `repeated` too: a first try may have committed and lost its answer. Streams drop what is not newer.
  if (outcome.kind === "purchased" || outcome.kind === "repeated") feed.publish(outcome.stock);
  return outcome;
}

async function decide(request: PurchaseRequest, client: Database): Promise<PurchaseOutcome> {
  try {
    return await attempt(request, client);
  } catch (error) {
    const fault = databaseFault(error);
    if (!fault) throw error;
    log("purchase_undecided", { fault, itemId: request.itemId, key: request.key, ...describeError(error), stack: undefined });
    if (fault === "busy") return BUSY;
  }
  try {
    return await attempt(request, client);
  } catch (error) {
    if (!databaseFault(error)) throw error;
    return BUSY;
  }
}

function attempt(request: PurchaseRequest, client: Database): Promise<PurchaseOutcome> {
  return client.$transaction(async (tx) => {
    const item = await lockItem(tx, request.itemId);
    if (!item) return { kind: "not_found" };

    const earlier = await getOrderByKey(request.buyerId, request.key, tx);
    if (earlier) return isSameWish(earlier, request) ? { kind: "repeated", order: earlier, stock: stockOf(item) } : { kind: "key_reused" };

    const refusal = await refusalOf(request, item, tx);
    if (refusal) return refusal;

    const sold = await recordSale(tx, item, { orderId: randomUUID(), ...request });
    return { kind: "purchased", ...sold };
  });
}

function isSameWish(order: Order, request: PurchaseRequest): boolean {
  return order.itemId === request.itemId && order.quantity === request.quantity;
}

async function refusalOf(request: PurchaseRequest, item: LockedItem, tx: Transaction): Promise<PurchaseOutcome | undefined> {
  const stock = stockOf(item);
  if (item.notOpen && item.opensAt) return { kind: "not_open", opensAt: item.opensAt, stock };
  if (item.quantity === 0) return { kind: "sold_out", stock };
  if (request.quantity > item.maxPerOrder) return { kind: "limit_reached", limit: item.maxPerOrder, stock };
  if (item.limitPerBuyer !== null) {
    const held = await listOrdersOfRun(item.id, item.run, request.buyerId, tx);
    const units = held.reduce((sum, order) => sum + order.quantity, 0);
    if (units + request.quantity > item.limitPerBuyer) return { kind: "limit_reached", limit: item.limitPerBuyer, stock };
  }
  if (request.quantity > item.quantity) return { kind: "not_enough", stock };
  return undefined;
}
