/** What stands in the books, as Stripe's API shows it. */
export interface PaymentRow {
  session: string;
  intent: string | null;
  charge: string | null;
  session_status: "open" | "complete" | "expired";
  intent_status: "requires_payment_method" | "processing" | "requires_capture" | "succeeded" | "canceled" | null;
  amount: number;
  received: number;
  currency: string;
  order_id: string | null;
  email: string | null;
  description: string;
  metadata: Record<string, string>;
  intent_metadata: Record<string, string>;
  success_url: string;
  cancel_url: string;
  disputed: boolean;
  refunded: number;
  created: number;
}

export interface RefundRow {
  id: string;
  intent: string;
  amount: number;
  currency: string;
  status: "pending" | "succeeded" | "failed";
  metadata: Record<string, string>;
  created: number;
}

export function sessionObject(row: PaymentRow, pages: string, expand: string[] = []): Record<string, unknown> {
  return {
    id: row.session,
    object: "checkout.session",
    mode: "payment",
    livemode: false,
    created: row.created,
    status: row.session_status,
    // It says so of what is only authorised, too.
    payment_status: row.received > 0 ? "paid" : "unpaid",
    url: row.session_status === "open" ? pageOf(pages, row.session) : null,
    amount_subtotal: row.amount,
    amount_total: row.amount,
    currency: row.currency,
    client_reference_id: row.order_id,
    customer_email: row.email,
    payment_method_types: ["card"],
    payment_intent: row.intent && expand.includes("payment_intent") ? intentObject(row, expand) : row.intent,
    metadata: row.metadata,
    success_url: row.success_url,
    cancel_url: row.cancel_url,
  };
}

export function pageOf(pages: string, session: string): string {
  return new URL(`/test-bank/pay/${session}`, pages).href;
}

/** `expand`: as of a session, or, with the first part left out, of the intent itself. */
export function intentObject(row: PaymentRow, expand: string[] = []): Record<string, unknown> {
  const withCharge = expand.includes("payment_intent.latest_charge") || expand.includes("latest_charge");
  return {
    id: row.intent,
    object: "payment_intent",
    livemode: false,
    created: row.created,
    status: row.intent_status,
    capture_method: "manual",
    amount: row.amount,
    amount_capturable: row.intent_status === "requires_capture" ? row.amount : 0,
    amount_received: row.received,
    currency: row.currency,
    description: row.description,
    latest_charge: row.charge && withCharge ? chargeObject(row) : row.charge,
    payment_method_types: ["card"],
    metadata: row.intent_metadata,
  };
}

export function chargeObject(row: PaymentRow): Record<string, unknown> {
  return {
    id: row.charge,
    object: "charge",
    livemode: false,
    payment_intent: row.intent,
    amount: row.amount,
    amount_captured: row.received,
    amount_refunded: row.refunded,
    currency: row.currency,
    captured: row.received > 0,
    disputed: row.disputed,
    refunded: row.refunded === row.amount,
    metadata: row.intent_metadata,
  };
}

export function refundObject(row: RefundRow): Record<string, unknown> {
  return {
    id: row.id,
    object: "refund",
    created: row.created,
    payment_intent: row.intent,
    amount: row.amount,
    currency: row.currency,
    status: row.status,
    metadata: row.metadata,
  };
}

export function listObject(url: string, data: unknown[], hasMore: boolean): Record<string, unknown> {
  return { object: "list", url, has_more: hasMore, data };
}
