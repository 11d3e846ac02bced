/** Reading and changing the books. Whatever changes a payment holds its row locked first: two banks never do it at once. */
import { randomBytes } from "node:crypto";
import type { PaymentRow, RefundRow } from "./objects.ts";
import type { Queryable } from "./queryable.ts";

const REFUNDED = `(SELECT coalesce(sum(refunds.amount), 0) FROM test_bank.refunds
  WHERE refunds.intent = payments.intent AND refunds.status <> 'failed')::float8 AS refunded`;
const COLUMNS = `session, intent, charge, session_status, intent_status, amount::float8, received::float8, currency, order_id,
  email, description, metadata, intent_metadata, success_url, cancel_url, disputed,
  floor(extract(epoch FROM created_at))::float8 AS created`;
const REFUND_COLUMNS = `refunds.id, refunds.intent, refunds.amount::float8, payments.currency, refunds.status, refunds.metadata,
  floor(extract(epoch FROM refunds.created_at))::float8 AS created`;

/** Such as Stripe's, which tell what they name. */
export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString("hex")}`;
}

export async function findPayment(
  database: Queryable,
  by: "session" | "intent",
  id: string,
): Promise<PaymentRow | undefined> {
  const { rows } = await database.query<PaymentRow>(
    `SELECT ${COLUMNS}, ${REFUNDED} FROM test_bank.payments WHERE ${by} = $1`,
    [id],
  );
  return rows[0];
}

/** Locked until the transaction ends, and read after that: refunds that others have made meanwhile count. */
export async function lockPayment(
  connection: Queryable,
  by: "session" | "intent",
  id: string,
): Promise<PaymentRow | undefined> {
  await connection.query(`SELECT 1 FROM test_bank.payments WHERE ${by} = $1 FOR UPDATE`, [id]);
  return findPayment(connection, by, id);
}

export async function listPayments(database: Queryable): Promise<PaymentRow[]> {
  const { rows } = await database.query<PaymentRow>(
    `SELECT ${COLUMNS}, ${REFUNDED} FROM test_bank.payments ORDER BY created_at, session`,
  );
  return rows;
}

/** Newest first, as Stripe lists them; those after the one with this id, when there is one. */
export async function listRefunds(
  database: Queryable,
  intent: string,
  limit: number,
  after?: string,
): Promise<RefundRow[]> {
  const { rows } = await database.query<RefundRow>(
    `SELECT ${REFUND_COLUMNS} FROM test_bank.refunds JOIN test_bank.payments USING (intent)
     WHERE refunds.intent = $1
       AND ($3::text IS NULL OR refunds.place < (SELECT place FROM test_bank.refunds AS given WHERE given.id = $3))
     ORDER BY refunds.place DESC LIMIT $2`,
    [intent, limit, after],
  );
  return rows;
}

export async function findRefund(database: Queryable, id: string): Promise<RefundRow | undefined> {
  const { rows } = await database.query<RefundRow>(
    `SELECT ${REFUND_COLUMNS} FROM test_bank.refunds JOIN test_bank.payments USING (intent) WHERE refunds.id = $1`,
    [id],
  );
  return rows[0];
}

export type NewPayment = Pick<
  PaymentRow,
  | "amount"
  | "currency"
  | "order_id"
  | "email"
  | "description"
  | "metadata"
  | "intent_metadata"
  | "success_url"
  | "cancel_url"
>;

export async function addPayment(connection: Queryable, given: NewPayment): Promise<PaymentRow> {
  const session = newId("cs_test");
  await connection.query(
    `INSERT INTO test_bank.payments
       (session, amount, currency, order_id, email, description, metadata, intent_metadata, success_url, cancel_url)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      session,
      given.amount,
      given.currency,
      given.order_id,
      given.email,
      given.description,
      given.metadata,
      given.intent_metadata,
      given.success_url,
      given.cancel_url,
    ],
  );
  return (await findPayment(connection, "session", session)) as PaymentRow;
}

type Change = Partial<Pick<PaymentRow, "session_status" | "intent_status" | "received" | "disputed">> & {
  /** Milliseconds until the payment is authorised by itself; null for no longer. */
  authorisesIn?: number | null;
};

/** Of a payment that is locked. It gets its intent when it first has a state of one, and its charge when it is authorised. */
export async function change(connection: Queryable, row: PaymentRow, to: Change): Promise<PaymentRow> {
  const next = { ...row, ...to };
  const intent = row.intent ?? (next.intent_status ? newId("pi") : null);
  const charge = row.charge ?? (next.intent_status === "requires_capture" ? newId("ch") : null);
  await connection.query(
    `UPDATE test_bank.payments SET session_status = $2, intent_status = $3, received = $4, disputed = $5, intent = $6, charge = $7,
       authorises_at = CASE WHEN $8::boolean THEN clock_timestamp() + $9::float8 * interval '1 ms' ELSE authorises_at END
     WHERE session = $1`,
    [
      row.session,
      next.session_status,
      next.intent_status,
      next.received,
      next.disputed,
      intent,
      charge,
      to.authorisesIn !== undefined,
      to.authorisesIn ?? null,
    ],
  );
  return (await findPayment(connection, "session", row.session)) as PaymentRow;
}

export async function addRefund(
  connection: Queryable,
  intent: string,
  amount: number,
  metadata: Record<string, string>,
  failsIn: number | undefined,
): Promise<RefundRow> {
  const id = newId("re");
  await connection.query(
    `INSERT INTO test_bank.refunds (id, intent, amount, status, metadata, fails_at)
     VALUES ($1, $2, $3, $4, $5, clock_timestamp() + $6::float8 * interval '1 ms')`,
    [id, intent, amount, failsIn === undefined ? "succeeded" : "pending", metadata, failsIn ?? null],
  );
  return (await findRefund(connection, id)) as RefundRow;
}
