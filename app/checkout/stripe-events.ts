/** What Stripe tells by itself. It comes late, twice, in any order, and from anybody: read here, believed nowhere. */
import Stripe from "stripe";
import { type ProviderEvent, UnreadableEvent } from "./provider.ts";
import { bookedRefund, modeOf } from "./stripe.ts";

/** Seconds that a signed event may be old: longer, and it may be one that somebody has kept. */
const FRESH = 300;

/** Accepts an event that one of the secrets has signed. */
export function readStripeEvent(
  stripe: Stripe,
  bytes: Uint8Array,
  signature: string,
  secrets: string[],
): ProviderEvent {
  let fault = new UnreadableEvent("signature", "no secret is set that could have signed it");
  for (const secret of secrets) {
    try {
      return eventOf(stripe.webhooks.constructEvent(bytes, signature, secret, FRESH));
    } catch (error) {
      const found = faultOf(error);
      // Only who signed it is told that it is old, or no event.
      if (found.reason !== "signature") throw found;
      fault = found;
    }
  }
  throw fault;
}

function faultOf(error: unknown): UnreadableEvent {
  const { message } = error as Error;
  if (!(error instanceof Stripe.errors.StripeSignatureVerificationError))
    return new UnreadableEvent("malformed", message);
  return message.includes("outside the tolerance zone")
    ? new UnreadableEvent("too-old", `signed more than ${FRESH} s ago`)
    : new UnreadableEvent("signature", "not signed with a secret of this shop");
}

/** Ids as the provider makes them. A database takes no text with a zero byte in it. */
const ID = /^[\w-]{1,255}$/;

function eventOf(event: Stripe.Event): ProviderEvent {
  const { id } = event;
  if (typeof id !== "string" || !ID.test(id)) throw new UnreadableEvent("malformed", "it has no id");
  const mode = modeOf(event.livemode);
  switch (event.type) {
    case "checkout.session.completed":
    case "checkout.session.expired": {
      const session = event.data.object;
      const kind = event.type === "checkout.session.completed" ? "completed" : "expired";
      return {
        id,
        kind,
        mode,
        reference: idOf(session),
        intent: idOf(session.payment_intent),
        ...ours(session.metadata),
      };
    }
    case "payment_intent.amount_capturable_updated":
    case "payment_intent.canceled": {
      const intent = event.data.object;
      const kind = event.type === "payment_intent.canceled" ? "cancelled" : "authorised";
      return { id, kind, mode, intent: idOf(intent), ...ours(intent.metadata) };
    }
    case "refund.created":
    case "refund.updated":
    case "refund.failed": {
      const refund = event.data.object;
      return { id, kind: "refund", mode, intent: idOf(refund.payment_intent), refund: bookedRefund(refund) };
    }
    case "charge.dispute.created":
    case "charge.dispute.closed":
      return { id, kind: "dispute", mode, intent: idOf(event.data.object.payment_intent) };
    default:
      return { id, kind: "other", mode };
  }
}

function idOf(found: string | { id: string } | null): string | undefined {
  const id = typeof found === "object" ? found?.id : found;
  return typeof id === "string" && ID.test(id) ? id : undefined;
}

/** Of what the shop has put there, and anybody with an account could have. */
function ours(metadata: Stripe.Metadata | null): Pick<ProviderEvent, "orderId" | "paymentId"> {
  return { orderId: metadata?.orderId, paymentId: metadata?.paymentId };
}
