/** What programs ask of the bank: the part of Stripe's interface that the shop uses, and its refusals. */
import { fault, type BankAnswer, malformed, missing, ok } from "./answers.ts";
import { addPayment, addRefund, change, findPayment, findRefund, listRefunds, lockPayment } from "./books.ts";
import { tell } from "./events.ts";
import { type Fields, groupAt, textAt } from "./form.ts";
import {
  chargeObject,
  intentObject,
  listObject,
  type PaymentRow,
  refundObject,
  type RefundRow,
  sessionObject,
} from "./objects.ts";
import type { Queryable } from "./queryable.ts";
import { happens, type Switches, type Verb } from "./switches.ts";

/** Milliseconds after which a refund fails that is to fail. */
const FAILS_AFTER = 1_000;

export interface Asked {
  connection: Queryable;
  switches: Switches;
  /** Where people find the bank's pages. */
  pages: string;
  fields: Fields;
  /** What the address names. */
  id: string;
}

type Handler = (asked: Asked) => Promise<BankAnswer>;

/** By method and address; `:id` is one part of it. */
export const REQUESTS: { method: "GET" | "POST"; address: RegExp; verb: Verb; handle: Handler }[] = [
  { method: "POST", address: /^\/v1\/checkout\/sessions$/, verb: "open", handle: open },
  { method: "GET", address: /^\/v1\/checkout\/sessions$/, verb: "find", handle: listSessions },
  { method: "GET", address: /^\/v1\/checkout\/sessions\/(\w+)$/, verb: "find", handle: getSession },
  { method: "POST", address: /^\/v1\/checkout\/sessions\/(\w+)\/expire$/, verb: "expire", handle: expire },
  { method: "GET", address: /^\/v1\/payment_intents\/(\w+)$/, verb: "find", handle: getIntent },
  { method: "POST", address: /^\/v1\/payment_intents\/(\w+)\/capture$/, verb: "capture", handle: capture },
  { method: "POST", address: /^\/v1\/payment_intents\/(\w+)\/cancel$/, verb: "cancel", handle: cancel },
  { method: "POST", address: /^\/v1\/refunds$/, verb: "refund", handle: refund },
  { method: "GET", address: /^\/v1\/refunds$/, verb: "find", handle: getRefunds },
  { method: "GET", address: /^\/v1\/refunds\/(\w+)$/, verb: "find", handle: getRefund },
];

async function open({ connection, fields, pages }: Asked): Promise<BankAnswer> {
  const item = ["line_items", "0"];
  const amount =
    Number(textAt(fields, ...item, "price_data", "unit_amount")) * Number(textAt(fields, ...item, "quantity"));
  const currency = textAt(fields, ...item, "price_data", "currency") ?? "";
  const [successUrl, cancelUrl] = [textAt(fields, "success_url"), textAt(fields, "cancel_url")];
  const email = textAt(fields, "customer_email") ?? null;
  if (textAt(fields, "mode") !== "payment") return malformed("Only mode=payment works here.", "mode");
  if (textAt(fields, "payment_method_types", "0") !== "card") return malformed("Cards only.", "payment_method_types");
  if (textAt(fields, "payment_intent_data", "capture_method") !== "manual")
    return malformed("Only capture by hand works here.", "payment_intent_data[capture_method]");
  if (!Number.isSafeInteger(amount) || amount < 1) return malformed("Invalid integer", "line_items[0][price_data]");
  if (!/^[a-z]{3}$/.test(currency))
    return malformed(`Invalid currency: ${currency}`, "line_items[0][price_data][currency]");
  if (amount > 99_999_999)
    return fault(400, { code: "amount_too_large", message: "The amount is too large." }, { kept: false });
  if (!isWebAddress(successUrl)) return malformed("Not a valid URL", "success_url");
  if (!isWebAddress(cancelUrl)) return malformed("Not a valid URL", "cancel_url");
  if (email !== null && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email))
    return fault(
      400,
      { code: "email_invalid", param: "customer_email", message: `Invalid email address: ${email}` },
      { kept: false },
    );
  const payment = await addPayment(connection, {
    amount,
    currency,
    order_id: textAt(fields, "client_reference_id") ?? null,
    email,
    description: textAt(fields, ...item, "price_data", "product_data", "name") ?? "",
    metadata: groupAt(fields, "metadata"),
    intent_metadata: groupAt(fields, "payment_intent_data", "metadata"),
    success_url: successUrl,
    cancel_url: cancelUrl,
  });
  return ok(sessionObject(payment, pages));
}

async function getSession({ connection, fields, pages, id }: Asked): Promise<BankAnswer> {
  const payment = await findPayment(connection, "session", id);
  return payment ? ok(sessionObject(payment, pages, expandOf(fields))) : missing("checkout.session", id);
}

async function listSessions({ connection, fields, pages }: Asked): Promise<BankAnswer> {
  const intent = textAt(fields, "payment_intent");
  if (intent === undefined) return malformed("Only by payment_intent.", "payment_intent");
  const payment = await findPayment(connection, "intent", intent);
  const found = payment ? [sessionObject(payment, pages, expandOf(fields))] : [];
  return ok(listObject("/v1/checkout/sessions", found, false));
}

async function expire({ connection, switches, pages, id }: Asked): Promise<BankAnswer> {
  const payment = await lockPayment(connection, "session", id);
  if (!payment) return missing("checkout.session", id);
  if (payment.session_status !== "open")
    return fault(400, {
      message: `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${payment.session_status}\`.`,
    });
  const expired = await change(connection, payment, { session_status: "expired" });
  await tell(connection, switches, "checkout.session.expired", sessionObject(expired, pages));
  return ok(sessionObject(expired, pages));
}

async function getIntent({ connection, fields, id }: Asked): Promise<BankAnswer> {
  const payment = await findPayment(connection, "intent", id);
  return payment ? ok(intentObject(payment, expandOf(fields))) : missing("payment_intent", id);
}

async function capture({ connection, switches, id }: Asked): Promise<BankAnswer> {
  const payment = await lockPayment(connection, "intent", id);
  if (!payment) return missing("payment_intent", id);
  if (payment.intent_status !== "requires_capture") return unexpectedState(payment, "captured");
  if (happens(switches.failCaptures)) {
    const failed = await change(connection, payment, { intent_status: "requires_payment_method" });
    await tell(connection, switches, "payment_intent.payment_failed", intentObject(failed));
    return fault(402, {
      type: "card_error",
      code: "card_declined",
      decline_code: "generic_decline",
      message: "The card was declined.",
    });
  }
  const captured = await change(connection, payment, { intent_status: "succeeded", received: payment.amount });
  await tell(connection, switches, "charge.captured", chargeObject(captured));
  await tell(connection, switches, "payment_intent.succeeded", intentObject(captured));
  return ok(intentObject(captured));
}

async function cancel({ connection, switches, id }: Asked): Promise<BankAnswer> {
  const payment = await lockPayment(connection, "intent", id);
  if (!payment) return missing("payment_intent", id);
  if (payment.intent_status !== "requires_capture") return unexpectedState(payment, "canceled");
  const canceled = await change(connection, payment, { intent_status: "canceled" });
  await tell(connection, switches, "payment_intent.canceled", intentObject(canceled));
  return ok(intentObject(canceled));
}

async function refund({ connection, switches, fields }: Asked): Promise<BankAnswer> {
  const intent = textAt(fields, "payment_intent") ?? "";
  const payment = await lockPayment(connection, "intent", intent);
  if (!payment) return missing("payment_intent", intent);
  if (payment.received === 0) return unexpectedState(payment, "refunded");
  if (payment.disputed) return fault(400, { code: "charge_disputed", message: "The charge is disputed." });
  const left = payment.received - payment.refunded;
  if (left === 0)
    return fault(400, { code: "charge_already_refunded", message: "The charge has already been refunded." });
  const amount = Number(textAt(fields, "amount") ?? left);
  if (!Number.isSafeInteger(amount) || amount < 1) return malformed("Invalid positive integer", "amount");
  if (amount > left)
    return fault(400, {
      param: "amount",
      message: `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`,
    });
  const failsIn = happens(switches.failRefunds) ? FAILS_AFTER : undefined;
  const made = await addRefund(connection, intent, amount, groupAt(fields, "metadata"), failsIn);
  await tell(connection, switches, "refund.created", refundObject(made));
  return ok(refundObject(made));
}

async function getRefunds({ connection, fields }: Asked): Promise<BankAnswer> {
  const intent = textAt(fields, "payment_intent");
  if (intent === undefined) return malformed("Only by payment_intent.", "payment_intent");
  const limit = Math.min(100, Number(textAt(fields, "limit") ?? 10));
  if (!Number.isInteger(limit) || limit < 1) return malformed("Invalid integer", "limit");
  const refunds = await listRefunds(connection, intent, limit + 1, textAt(fields, "starting_after"));
  const shown = refunds.slice(0, limit).map(refundObject);
  return ok(listObject("/v1/refunds", shown, refunds.length > limit));
}

async function getRefund({ connection, id }: Asked): Promise<BankAnswer> {
  const found = await findRefund(connection, id);
  return found ? ok(refundObject(found)) : missing("refund", id);
}

/** The buyer's bank takes a payment up, or has decided about it. */
export async function dispute(
  connection: Queryable,
  switches: Switches,
  intent: string,
  closed: boolean,
): Promise<PaymentRow | undefined> {
  const payment = await lockPayment(connection, "intent", intent);
  if (!payment || payment.received === 0) return undefined;
  const disputed = await change(connection, payment, { disputed: true });
  await tell(connection, switches, closed ? "charge.dispute.closed" : "charge.dispute.created", {
    id: `dp_${intent.slice(3)}`,
    object: "dispute",
    charge: disputed.charge,
    payment_intent: intent,
    amount: disputed.amount,
    currency: disputed.currency,
    status: closed ? "lost" : "needs_response",
  });
  return disputed;
}

/** Of a refund that was to fail. */
export async function tellOfFailure(connection: Queryable, switches: Switches, failed: RefundRow): Promise<void> {
  await tell(connection, switches, "refund.updated", refundObject(failed));
  await tell(connection, switches, "refund.failed", refundObject(failed));
}

function unexpectedState({ intent_status }: PaymentRow, what: string): BankAnswer {
  return fault(400, {
    code: "payment_intent_unexpected_state",
    message: `This PaymentIntent could not be ${what} because it has a status of ${intent_status}.`,
  });
}

function expandOf(fields: Fields): string[] {
  return Object.values(groupAt(fields, "expand"));
}

function isWebAddress(text: string | undefined): text is string {
  return text !== undefined && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
