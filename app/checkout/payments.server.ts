/** What a provider was asked about a hold, and what it has answered. */
import { Prisma } from "#prisma/client/client.ts";
import { type Database, db } from "#app/db.server.ts";
import { type Hold, sumOf } from "#app/shop/holds.ts";
import type { Books, Mode, Provider } from "./provider.ts";

export type PaymentStatus = "begun" | "authorised" | "captured" | "cancelled" | "expired" | "failed";

export interface Payment {
  /** The hold's id, and the later order's. */
  orderId: string;
  itemId: string;
  provider: Provider["name"];
  mode: Mode;
  amount: number;
  currency: string;
  status: PaymentStatus;
  captured: number;
  /** What has gone back, and what is on its way back. */
  refunded: number;
  disputed: boolean;
}

/** One page of the provider's. */
export interface PaymentAttempt {
  orderId: string;
  /** 1 for the first. */
  attempt: number;
  /** Null until the provider has answered. */
  reference: string | null;
  intent: string | null;
  /** `away`: the provider did not answer, so no buyer has its page. */
  state: "begun" | "away" | Books["state"];
}

/** States after which nothing comes of an attempt any more, unless by the shop. */
const OVER = ["away", "captured", "cancelled", "expired", "failed"];

/** Of a refund, whether its money has gone back or is on its way. */
export const givesBack = Prisma.sql`refunds.status IN ('pending', 'done')`;

/** Minor units that have gone back of an order, by its id in the statement around it. */
export function moneyBackOf(order: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(SELECT coalesce(sum(amount), 0)::int FROM refunds WHERE refunds.order_id = ${order} AND ${givesBack})`;
}

export async function getPayment(orderId: string, client: Database = db): Promise<Payment | undefined> {
  const [payment] = await client.$queryRaw<Payment[]>`
    SELECT order_id AS "orderId", item_id AS "itemId", provider, mode, amount, currency, status, captured, disputed,
           ${moneyBackOf(Prisma.sql`payments.order_id`)} AS refunded
    FROM payments WHERE order_id = ${orderId}::uuid`;
  return payment;
}

/** Done again, it changes nothing: a payment stays with the provider that it was begun with. */
export async function insertPayment(hold: Hold, { name, mode }: Provider, client: Database = db): Promise<void> {
  const { amount, currency } = sumOf(hold);
  await client.$executeRaw`
    INSERT INTO payments (order_id, item_id, provider, mode, amount, currency, begun_at)
    VALUES (${hold.id}::uuid, ${hold.itemId}, ${name}, ${mode}, ${amount}, ${currency}, statement_timestamp())
    ON CONFLICT (order_id) DO NOTHING`;
}

/** In the order in which they were begun. */
export function listAttempts(orderId: string, client: Database = db): Promise<PaymentAttempt[]> {
  return client.$queryRaw`
    SELECT order_id AS "orderId", attempt, reference, intent, state FROM payment_attempts
    WHERE order_id = ${orderId}::uuid ORDER BY attempt`;
}

/** The next attempt. Its number is taken before the provider is asked: two that begin one at once are not known there by one name. */
export async function insertAttempt(orderId: string, client: Database = db): Promise<number> {
  return client.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM payments WHERE order_id = ${orderId}::uuid FOR UPDATE`;
    const [next] = await tx.$queryRaw<{ attempt: number }[]>`
      INSERT INTO payment_attempts (order_id, attempt)
      SELECT ${orderId}::uuid, coalesce(max(attempt), 0) + 1 FROM payment_attempts WHERE order_id = ${orderId}::uuid
      RETURNING attempt`;
    if (!next) throw new Error("no attempt was begun");
    return next.attempt;
  });
}

/** What became of asking for its page. An answer that came after somebody had given the page up is written all the same: it is open there. */
export async function recordOpened(orderId: string, attempt: number, reference: string | null): Promise<void> {
  await db.$executeRaw`
    UPDATE payment_attempts SET reference = ${reference}, state = CASE WHEN ${reference}::text IS NULL THEN 'away' ELSE 'open' END
    WHERE order_id = ${orderId}::uuid AND attempt = ${attempt} AND (state = 'begun' OR (state = 'away' AND ${reference}::text IS NOT NULL))`;
}

/**
 * What the provider's books say of an attempt, and so of its payment: the attempt that has paid the order counts, and as long as there is none, the latest.
 * What was final stays so, whatever an answer that was slow says later.
 */
export async function recordBooks({ orderId, attempt }: PaymentAttempt, books: Books): Promise<void> {
  await db.$executeRaw`
    WITH seen AS (
      UPDATE payment_attempts SET state = ${books.state}, intent = ${books.intent ?? null}
      WHERE order_id = ${orderId}::uuid AND attempt = ${attempt} AND NOT (state IN ('captured', 'cancelled', 'failed') AND ${books.state} IN ('open', 'authorised', 'expired'))
        AND NOT (state = 'authorised' AND ${books.state} IN ('open', 'expired'))
      RETURNING order_id, attempt, intent, state
    )
    UPDATE payments
    SET status = CASE seen.state WHEN 'open' THEN 'begun' ELSE seen.state END,
        captured = greatest(captured, ${books.captured}), disputed = ${books.disputed}
    FROM seen
    WHERE payments.order_id = seen.order_id
      AND CASE
        WHEN EXISTS (SELECT 1 FROM orders WHERE id = seen.order_id)
        THEN EXISTS (SELECT 1 FROM orders WHERE id = seen.order_id AND authorisation = seen.intent)
        ELSE seen.attempt = (SELECT max(attempt) FROM payment_attempts WHERE order_id = seen.order_id)
      END`;
}

/** The payment that one of these pages or authorisations belongs to. */
export async function findPaymentOf(
  provider: string,
  ids: string[],
  client: Database = db,
): Promise<string | undefined> {
  const [found] = await client.$queryRaw<{ orderId: string }[]>`
    SELECT order_id AS "orderId" FROM payment_attempts JOIN payments USING (order_id)
    WHERE provider = ${provider} AND (reference = ANY(${ids}) OR intent = ANY(${ids})) LIMIT 1`;
  return found?.orderId;
}

export function isOver({ state }: PaymentAttempt): boolean {
  return OVER.includes(state);
}
