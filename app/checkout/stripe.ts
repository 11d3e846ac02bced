/**
 * Stripe, by its own SDK: a Checkout Session whose card payment is captured by hand. The truth is the PaymentIntent behind it: a
 * session that nothing was charged for says "unpaid" for ever. The test bank is reached by this same code.
 */
import Stripe from "stripe";
import { fromProvider, toProvider } from "./amounts.ts";
import {
  type BookedRefund,
  type Books,
  type Opened,
  type Opening,
  type Provider,
  ProviderAway,
  type ProviderEvent,
  ProviderRefused,
  type Refunding,
  type Refusal,
} from "./provider.ts";
import { readStripeEvent } from "./stripe-events.ts";
import { isLiveKey } from "./stripe-key.ts";

/** Milliseconds that an answer may take. The browser of a buyer may be waiting for it. */
const ANSWERS_WITHIN = 8_000;

/**
 * The last version of the API in which a session says outright that it takes cards alone, and the one that stripe-mock describes: what it
 * finds right is what is sent. Later ones offer whatever the account allows, among which a filter may leave nothing.
 */
const API_VERSION = "2026-08-26.dahlia";

/** The most refunds that are read of one payment: no shop makes more. */
const MOST_REFUNDS = 1_000;

export interface StripeAccount {
  name: Provider["name"];
  secretKey: string;
  /** Those that sign events: several while one takes the place of another. */
  webhookSecrets: string[];
  /** Where its pages are. */
  pagesOrigin: string;
  /** Undefined: Stripe's own. */
  api?: URL | undefined;
  answersWithin?: number;
}

export function stripeProvider({ api, answersWithin = ANSWERS_WITHIN, ...account }: StripeAccount): Provider {
  const stripe = new Stripe(account.secretKey, {
    // @ts-expect-error The SDK's types are those of its newest version alone.
    apiVersion: API_VERSION,
    // A task tries again, after it has asked what became of the first try.
    maxNetworkRetries: 0,
    timeout: answersWithin,
    telemetry: false,
    ...(api && {
      protocol: api.protocol === "https:" ? ("https" as const) : ("http" as const),
      host: api.hostname,
      port: api.port,
    }),
  });
  return {
    name: account.name,
    mode: modeOf(isLiveKey(account.secretKey)),
    pagesOrigin: account.pagesOrigin,
    open: (opening) => asked(open(stripe, opening)),
    find: (id) => asked(find(stripe, id)),
    expire: async (reference, idempotencyKey) =>
      void (await asked(stripe.checkout.sessions.expire(reference, {}, { idempotencyKey }))),
    capture: async (intent, idempotencyKey) => {
      const { status } = await asked(stripe.paymentIntents.capture(intent, {}, { idempotencyKey }));
      if (status !== "succeeded") throw new ProviderAway(`the capture is ${status}`);
    },
    cancel: async (intent, idempotencyKey) =>
      void (await asked(stripe.paymentIntents.cancel(intent, {}, { idempotencyKey }))),
    refund: (refund, key) => asked(makeRefund(stripe, refund, key)),
    readEvent: (bytes, signature): ProviderEvent => readStripeEvent(stripe, bytes, signature, account.webhookSecrets),
  };
}

export function modeOf(isLive: boolean): Books["mode"] {
  return isLive ? "live" : "test";
}

async function open(stripe: Stripe, opening: Opening): Promise<Opened> {
  const { paymentId, attempt, orderId, amount, currency, description, email, backTo } = opening;
  const metadata = { orderId, paymentId };
  const session = await stripe.checkout.sessions.create(
    {
      mode: "payment",
      // @ts-expect-error The newest version no longer has it.
      payment_method_types: ["card"],
      client_reference_id: orderId,
      customer_email: email,
      line_items: [
        {
          quantity: 1,
          price_data: {
            currency: currency.toLowerCase(),
            unit_amount: toProvider({ amount, currency }),
            product_data: { name: description },
          },
        },
      ],
      payment_intent_data: { capture_method: "manual", description, metadata },
      metadata,
      success_url: backTo.paid,
      cancel_url: backTo.left,
    },
    { idempotencyKey: `open:${paymentId}:${attempt}` },
  );
  if (!session.url) throw new ProviderRefused("wrong-state", `the session ${session.id} no longer has a page`);
  return { reference: session.id, payAt: session.url };
}

async function find(stripe: Stripe, id: string): Promise<Books> {
  const reference = id.startsWith("pi_") ? await referenceOf(stripe, id) : id;
  const session = await stripe.checkout.sessions.retrieve(reference, {
    expand: ["payment_intent", "payment_intent.latest_charge"],
  });
  const intent = unlessId(session.payment_intent);
  const charge = unlessId(intent?.latest_charge);
  const { amount, currency } = fromProvider(
    intent?.amount ?? session.amount_total ?? 0,
    intent?.currency ?? session.currency ?? "",
  );
  const captured = intent?.amount_received ?? 0;
  const refunds = intent && captured > 0 ? await listRefunds(stripe, intent.id) : [];
  return {
    reference,
    intent: intent?.id,
    state: stateOf(session, intent),
    mode: modeOf(session.livemode),
    orderId: intent?.metadata.orderId ?? session.metadata?.orderId,
    paymentId: intent?.metadata.paymentId ?? session.metadata?.paymentId,
    amount,
    currency,
    captured: fromProvider(captured, currency).amount,
    refunded: refunds.reduce((sum, refund) => sum + (refund.status === "failed" ? 0 : refund.amount), 0),
    refunds,
    disputed: charge?.disputed ?? false,
    payAt: session.url ?? undefined,
  };
}

async function referenceOf(stripe: Stripe, intent: string): Promise<string> {
  const { data } = await stripe.checkout.sessions.list({ payment_intent: intent, limit: 1 });
  if (!data[0]) throw new ProviderRefused("not-found", `no session has the intent ${intent}`);
  return data[0].id;
}

function stateOf(session: Stripe.Checkout.Session, intent: Stripe.PaymentIntent | undefined): Books["state"] {
  switch (intent?.status) {
    case "requires_capture":
      return "authorised";
    case "succeeded":
      return "captured";
    case "canceled":
      return "cancelled";
    // Whoever pressed pay may still come to have authorised it, also on a page that has been expired since.
    case "processing":
      return "open";
    default:
      if (session.status === "complete") return "failed";
      return session.status === "expired" ? "expired" : "open";
  }
}

async function listRefunds(stripe: Stripe, intent: string): Promise<BookedRefund[]> {
  const refunds = await stripe.refunds
    .list({ payment_intent: intent, limit: 100 })
    .autoPagingToArray({ limit: MOST_REFUNDS });
  return refunds.map(bookedRefund);
}

async function makeRefund(stripe: Stripe, { intent, refundId, ...sum }: Refunding, key: string): Promise<BookedRefund> {
  return bookedRefund(
    await stripe.refunds.create(
      { payment_intent: intent, amount: toProvider(sum), metadata: { refundId } },
      { idempotencyKey: key },
    ),
  );
}

export function bookedRefund({ id, amount, currency, metadata, status }: Stripe.Refund): BookedRefund {
  return {
    id,
    refundId: metadata?.refundId,
    ...fromProvider(amount, currency),
    status: status === "succeeded" ? "done" : status === "failed" || status === "canceled" ? "failed" : "pending",
  };
}

/** What was asked for with its contents, and came so. */
function unlessId<T extends object>(expanded: T | string | null | undefined): T | undefined {
  return typeof expanded === "object" && expanded !== null ? expanded : undefined;
}

/** Turns what the SDK throws into what a caller can act on. Anything else is a bug of ours, and goes on as it is. */
async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    const reason = reasonOf(error);
    if (reason) throw new ProviderRefused(reason, told(error));
    if (isAway(error)) throw new ProviderAway(told(error), { cause: error });
    throw error;
  }
}

const REASONS: Record<string, Refusal> = {
  payment_intent_unexpected_state: "wrong-state",
  charge_already_captured: "wrong-state",
  charge_expired_for_capture: "declined",
  charge_already_refunded: "already-refunded",
  charge_disputed: "disputed",
  amount_too_small: "amount",
  amount_too_large: "amount",
  email_invalid: "email",
  resource_missing: "not-found",
};

function reasonOf(error: Stripe.errors.StripeError): Refusal | undefined {
  if (error instanceof Stripe.errors.StripeCardError) return "declined";
  if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) return undefined;
  if (error.code !== undefined) return REASONS[error.code];
  if (error.param === "customer_email") return "email";
  // These two have no code.
  if (/Only Checkout Sessions with a status/.test(error.message)) return "wrong-state";
  if (/greater than (the )?(unrefunded|remaining)/.test(error.message)) return "already-refunded";
  return undefined;
}

/** A key that the provider does not take now may be put right by the operator: nothing else is lost by asking again. */
function isAway(error: Stripe.errors.StripeError): boolean {
  const { statusCode = 0 } = error;
  return (
    error instanceof Stripe.errors.StripeConnectionError ||
    error instanceof Stripe.errors.StripeRateLimitError ||
    [401, 403, 409].includes(statusCode) ||
    statusCode >= 500
  );
}

/** For the log: without what Stripe repeats of a request, which may be an address. */
function told({ type, code, statusCode, requestId }: Stripe.errors.StripeError): string {
  return ["the provider says", type, code, statusCode, requestId].filter((part) => part !== undefined).join(" ");
}
