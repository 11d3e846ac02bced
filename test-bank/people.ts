/** What a person does on the bank's page, and what comes of it later by itself. */
import type pg from "pg";
import { change, findRefund, lockPayment } from "./books.ts";
import { tell } from "./events.ts";
import { intentObject, type PaymentRow, sessionObject } from "./objects.ts";
import { type Queryable, transaction } from "./queryable.ts";
import { tellOfFailure } from "./requests.ts";
import { readSwitches, type Switches } from "./switches.ts";

export const OUTCOMES = ["pay", "decline", "later", "leave"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Where the person goes, or why they stay. */
export type Next = { goTo: "success" | "cancel"; payment: PaymentRow } | { stays: Why; payment: PaymentRow };
export type Why = "declined" | "over" | "under-way";

/** Undefined when there is no such page. */
export async function press(
  pool: pg.Pool,
  pages: string,
  session: string,
  outcome: Outcome,
): Promise<Next | undefined> {
  return transaction(pool, async (connection): Promise<Next | undefined> => {
    const switches = await readSwitches(connection);
    const payment = await lockPayment(connection, "session", session);
    if (!payment) return undefined;
    if (outcome === "leave") return { goTo: "cancel", payment };
    // Paid already: pressed twice, or on a page that the browser has kept.
    if (payment.session_status === "complete") return { goTo: "success", payment };
    if (payment.intent_status === "processing") return { stays: "under-way", payment };
    if (payment.session_status === "expired" && !switches.payExpired) return { stays: "over", payment };
    switch (outcome) {
      case "pay":
        return { goTo: "success", payment: await authorise(connection, switches, pages, payment) };
      case "later": {
        const authorisesIn = switches.laterAfter;
        const waiting = await change(connection, payment, { intent_status: "processing", authorisesIn });
        return { goTo: "success", payment: waiting };
      }
      case "decline": {
        const declined = await change(connection, payment, { intent_status: "requires_payment_method" });
        await tell(connection, switches, "payment_intent.payment_failed", intentObject(declined));
        return { stays: "declined", payment: declined };
      }
      default:
        throw new Error(`no such outcome: ${String(outcome satisfies never)}`);
    }
  });
}

/** Also on a page that was expired after pay was pressed: the card's bank knows nothing of pages. */
async function authorise(
  connection: Queryable,
  switches: Switches,
  pages: string,
  payment: PaymentRow,
): Promise<PaymentRow> {
  const authorised = await change(connection, payment, {
    session_status: payment.session_status === "open" ? "complete" : payment.session_status,
    intent_status: "requires_capture",
    authorisesIn: null,
  });
  await tell(connection, switches, "payment_intent.amount_capturable_updated", intentObject(authorised));
  if (payment.session_status === "open")
    await tell(connection, switches, "checkout.session.completed", sessionObject(authorised, pages));
  return authorised;
}

/** Payments that were to be authorised later, and refunds that were to fail, whichever bank was told to. */
export async function settleWhatIsDue(pool: pg.Pool, pages: string): Promise<void> {
  const { rows: payments } = await pool.query<{ session: string }>(
    "SELECT session FROM test_bank.payments WHERE authorises_at <= clock_timestamp() LIMIT 100",
  );
  for (const { session } of payments)
    await transaction(pool, async (connection) => {
      const payment = await lockPayment(connection, "session", session);
      // Another bank may have been quicker.
      if (payment?.intent_status === "processing")
        await authorise(connection, await readSwitches(connection), pages, payment);
    });
  const { rows: refunds } = await pool.query<{ id: string }>(
    "SELECT id FROM test_bank.refunds WHERE fails_at <= clock_timestamp() LIMIT 100",
  );
  for (const { id } of refunds)
    await transaction(pool, async (connection) => {
      const { rowCount } = await connection.query(
        "UPDATE test_bank.refunds SET status = 'failed', fails_at = NULL WHERE id = $1 AND status = 'pending'",
        [id],
      );
      const failed = rowCount === 1 ? await findRefund(connection, id) : undefined;
      if (failed) await tellOfFailure(connection, await readSwitches(connection), failed);
    });
}
