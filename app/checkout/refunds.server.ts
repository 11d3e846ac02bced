/** Money that goes back, and what becomes of its goods. Written here alone. */
import { randomUUID } from "node:crypto";
import { type Database, db, type Transaction } from "#app/db.server.ts";
import { BY_COMMAND, insertAct, type Verb } from "#app/shop/acts.server.ts";
import type { KeyedOrder, Price } from "#app/shop/item.ts";
import { findOrder, listTakenBack } from "#app/shop/orders.server.ts";
import { addTasks, nudge, replaceTask } from "#app/tasks.server.ts";
import type { BookedRefund } from "./provider.ts";
import type { PaymentStatus } from "./payments.server.ts";

/** `back`: for sale again. `gone`: out of the books. `kept`: they stay with the buyer. */
export type Goods = "back" | "gone" | "kept";

export interface Refund {
  id: string;
  orderId: string;
  /** 0: of goods alone, or of an order that was cancelled before anything was charged. */
  amount: number;
  currency: string;
  /** Null: it was made at the provider, and nobody has said what became of its goods. */
  goods: Goods | null;
  units: number;
  status: "asked" | "pending" | "done" | "failed" | "void";
  providerRefund: string | null;
  /** By which it was asked for; null where nobody named it. */
  key: string | null;
  askedAt: Date;
}

export interface RefundWish {
  orderId: string;
  /** All that is left, if it is left out. 0: only what became of goods, as of a refund that was made at the provider. */
  amount?: number | undefined;
  goods: Goods;
  /** Of goods that are back or gone: all that are left, if it is left out. */
  units?: number | undefined;
  /** Names this refund, a UUID: sent again, it is made once. */
  key?: string | undefined;
  /** Another one, though there is one already. */
  again?: boolean | undefined;
  /** Nothing but the first one, unless it is said that it is another: asked under the payment's lock, for two who have seen none. */
  first?: boolean | undefined;
  /** Who asks for it. */
  by?: string | undefined;
}

export type RefundOutcome =
  | { kind: "asked"; refund: Refund }
  /** It was asked for before: by this key, or, without a key, at all. */
  | { kind: "repeated"; refund: Refund }
  /** `sent`: it is too late to cancel. `another`: it is not the first, and nobody said that it is to be another. */
  | { kind: "not_found" | "key_reused" | "disputed" | "sent" | "another" }
  /** There is nothing to give back: the shop took no money, or none has come. */
  | { kind: "nothing_paid"; status: PaymentStatus | null }
  | { kind: "too_much"; left: number; currency: string }
  | { kind: "too_many"; left: number };

interface LockedPayment {
  amount: number;
  currency: string;
  status: PaymentStatus;
  captured: number;
  disputed: boolean;
}

/** The charge has been made, or never will be. */
const OVER: PaymentStatus[] = ["captured", "cancelled", "failed"];

/** Asks for a refund of an order that was charged: the outbox makes it, goods first. */
export async function refundOrder(wish: RefundWish, client: Database = db): Promise<RefundOutcome> {
  return settled(await client.$transaction((tx) => ask(tx, wish)));
}

/**
 * All money and all goods of an order back, before it is sent. What was not charged yet is let go instead; where the charge is under way, its
 * answer is awaited.
 */
export async function cancelOrder(
  orderId: string,
  { key, by = BY_COMMAND, client = db }: { key?: string | undefined; by?: string; client?: Database } = {},
): Promise<RefundOutcome> {
  return settled(
    await client.$transaction(async (tx) => {
      const payment = await lockPayment(tx, orderId);
      const order = await findOrder(orderId, tx);
      if (!order) return { kind: "not_found" };
      if (await isSent(tx, orderId)) return { kind: "sent" };
      if (!payment || order.authorisation === null || OVER.includes(payment.status))
        return ask(tx, { orderId, goods: "back", key, by }, "order_cancelled");
      const [earlier] = await listRefunds(orderId, tx);
      if (earlier) return { kind: "repeated", refund: earlier };
      const isLetGo = await replaceTask(tx, orderId, "capture", "cancel", order.authorisation);
      const amount = isLetGo ? 0 : payment.amount;
      const sum = { amount, currency: payment.currency };
      return insert(tx, { orderId, goods: "back", key, by }, order, sum, order.quantity, "order_cancelled");
    }),
  );
}

/** What is left of an order to give back. */
export interface Left {
  money: number;
  units: number;
}

/** Whether `cancelOrder` would do anything now; of an order without a payment, whether its goods are still out. */
export function canBeCancelled(
  payment: Pick<LockedPayment, "status" | "disputed"> | undefined,
  refunds: Refund[],
  left: Left,
): boolean {
  if (!payment) return left.units > 0;
  if (!OVER.includes(payment.status)) return refunds.length === 0;
  return payment.status === "captured" && !payment.disputed && (left.money > 0 || left.units > 0);
}

async function ask(tx: Transaction, wish: RefundWish, what: Verb = "order_refunded"): Promise<RefundOutcome> {
  const { orderId, goods, key, again = false, first: alone = false } = wish;
  const payment = await lockPayment(tx, orderId);
  const order = await findOrder(orderId, tx);
  if (!order) return { kind: "not_found" };
  if (!payment) return { kind: "nothing_paid", status: null };
  const earlier = await listRefunds(orderId, tx);
  const same = key === undefined ? undefined : await findByKey(orderId, key, tx);
  if (same) return isSame(same, wish) ? { kind: "repeated", refund: same } : { kind: "key_reused" };
  const counted = earlier.filter(isCounted);
  const [first] = counted;
  const { money: left, units: unitsLeft } = await leftOf(order, payment, earlier, tx);
  // Whoever cancels wants all that is left, and once nothing is has done it before.
  const isCancelled = left <= 0 && unitsLeft === 0;
  const isRepeat = what === "order_cancelled" ? isCancelled : key === undefined && !again;
  if (first && isRepeat) return { kind: "repeated", refund: first };
  if (first && alone && !again) return { kind: "another" };
  if (payment.status !== "captured") return { kind: "nothing_paid", status: payment.status };
  if (payment.disputed && wish.amount !== 0) return { kind: "disputed" };

  const amount = wish.amount ?? left;
  const mayBeNone = wish.amount === 0 || what === "order_cancelled";
  if (amount > left || (amount < 1 && !mayBeNone)) return { kind: "too_much", left, currency: payment.currency };
  const units = goods === "kept" ? 0 : (wish.units ?? unitsLeft);
  if (units > unitsLeft || (amount === 0 && units === 0)) return { kind: "too_many", left: unitsLeft };
  return insert(tx, wish, order, { amount, currency: payment.currency }, units, what);
}

/** Whether its sum is taken: what failed, or was never made, is free again. */
export function isCounted({ status }: Refund): boolean {
  return status !== "failed" && status !== "void";
}

/** Marked under the payment's lock, too. */
async function isSent(tx: Transaction, orderId: string): Promise<boolean> {
  const sent = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM order_remarks WHERE order_id = ${orderId}::uuid AND sent_at IS NOT NULL`;
  return sent.length > 0;
}

/** What is left out of a wish may be anything. */
function isSame(refund: Refund, { goods, amount = refund.amount, units = refund.units }: RefundWish): boolean {
  return refund.goods === goods && refund.amount === amount && refund.units === units;
}

async function insert(
  tx: Transaction,
  { orderId, goods, key, by = BY_COMMAND }: RefundWish,
  { itemId }: KeyedOrder,
  { amount, currency }: Price,
  units: number,
  what: Verb,
): Promise<RefundOutcome> {
  const id = randomUUID();
  await tx.$executeRaw`
    INSERT INTO refunds (id, order_id, amount, currency, goods, units, key, asked_at)
    VALUES (${id}::uuid, ${orderId}::uuid, ${amount}, ${currency}, ${goods}, ${units}, ${key ?? null}::uuid, statement_timestamp())`;
  await addTasks(tx, [{ kind: "refund", subject: orderId, part: id, lane: orderId }]);
  await insertAct(tx, { who: by, what, itemId, orderId, after: { refund: { amount, currency }, goods, units } });
  const refund = await getRefund(id, tx);
  if (!refund) throw new Error("a refund was not written");
  return { kind: "asked", refund };
}

/** The money that no refund has asked for, and the units whose goods none has answered for, and that were not taken back otherwise. */
export async function leftOf(
  { id, quantity }: Pick<KeyedOrder, "id" | "quantity">,
  payment: Pick<LockedPayment, "captured"> | undefined,
  refunds: Refund[],
  client: Database | Transaction = db,
): Promise<Left> {
  const money = refunds.filter(isCounted).reduce((sum, { amount }) => sum - amount, payment?.captured ?? 0);
  const answered = refunds.reduce((sum, { units }) => sum + units, 0);
  const ids = new Set(refunds.map((refund) => refund.id));
  const others = (await listTakenBack([id], client)).filter(({ key }) => !ids.has(key));
  return { money, units: Math.max(0, quantity - answered - others.reduce((sum, { units }) => sum + units, 0)) };
}

function settled(outcome: RefundOutcome): RefundOutcome {
  if (outcome.kind === "asked") nudge();
  return outcome;
}

/** Two refunds of one payment are decided one after the other. */
async function lockPayment(tx: Transaction, orderId: string): Promise<LockedPayment | undefined> {
  const [payment] = await tx.$queryRaw<LockedPayment[]>`
    SELECT amount, currency, status, captured, disputed FROM payments WHERE order_id = ${orderId}::uuid FOR UPDATE`;
  return payment;
}

/** In the order in which they were asked for. */
export function listRefunds(orderId: string, client: Database | Transaction = db): Promise<Refund[]> {
  return client.$queryRaw`
    SELECT id, order_id AS "orderId", amount, currency, goods, units, status, provider_refund AS "providerRefund", key, asked_at AS "askedAt"
    FROM refunds WHERE order_id = ${orderId}::uuid ORDER BY asked_at, id`;
}

export async function getRefund(id: string, client: Database | Transaction = db): Promise<Refund | undefined> {
  const [refund] = await client.$queryRaw<Refund[]>`
    SELECT id, order_id AS "orderId", amount, currency, goods, units, status, provider_refund AS "providerRefund", key, asked_at AS "askedAt"
    FROM refunds WHERE id = ${id}::uuid`;
  return refund;
}

async function findByKey(orderId: string, key: string, tx: Transaction): Promise<Refund | undefined> {
  const [found] = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM refunds WHERE order_id = ${orderId}::uuid AND key = ${key}::uuid`;
  return found && getRefund(found.id, tx);
}

/** What has become of a refund. */
export async function recordRefund(
  id: string,
  status: Refund["status"],
  providerRefund: string | null = null,
): Promise<void> {
  await db.$executeRaw`
    UPDATE refunds SET status = ${status}, provider_refund = coalesce(${providerRefund}, provider_refund) WHERE id = ${id}::uuid`;
}

/**
 * What the provider's books say of all refunds of a payment: one that was made there appears, and one that failed frees its sum. It stays failed, or an
 * answer that was slow would take that sum again.
 */
export async function recordBookedRefunds(orderId: string, booked: BookedRefund[]): Promise<void> {
  for (const { id, refundId, amount, currency, status } of booked) {
    const known = await db.$executeRaw`
      UPDATE refunds SET status = ${status}, provider_refund = ${id}
      WHERE order_id = ${orderId}::uuid AND (provider_refund = ${id} OR id::text = ${refundId ?? ""})
        AND NOT (status = 'failed' AND provider_refund IS NOT NULL)`;
    if (known > 0) continue;
    await db.$executeRaw`
      INSERT INTO refunds (id, order_id, amount, currency, status, provider_refund, asked_at)
      VALUES (${randomUUID()}::uuid, ${orderId}::uuid, ${amount}, ${currency}, ${status}, ${id}, statement_timestamp())
      ON CONFLICT (provider_refund) DO NOTHING`;
  }
}
