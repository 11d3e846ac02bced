import { beginPayment } from "#app/checkout/begin-payment.server.ts";
import { readContact } from "#app/checkout/contact-form.ts";
import { getPayment, type Payment } from "#app/checkout/payments.server.ts";
import { type Answer, json, problem } from "#app/http/answer.ts";
import { readJson } from "#app/http/body.server.ts";
import { byKeyHere, getReaders } from "#app/http/buyer.server.ts";
import type { Endpoint, Params } from "#app/http/endpoint.server.ts";
import { RETRY_AFTER } from "#app/http/faults.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import { getItem } from "#app/shop/catalogue.server.ts";
import { type Hold, publicHold } from "#app/shop/holds.ts";
import { findHold } from "#app/shop/holds.server.ts";
import { release } from "#app/shop/holding.server.ts";
import { isUuid, type Order, publicOrder } from "#app/shop/item.ts";
import { getOrder } from "#app/shop/orders.server.ts";

/** `GET /api/orders/:id`, for its buyer; `?key=` for one who bought without a cookie. A hold, or once it is sold its order. */
export const order: Endpoint = {
  GET: async (_exchange, { id }) => {
    const readers = getReaders();
    const found = isUuid(id) ? await getOrder(id, readers) : undefined;
    if (found) return json({ order: { ...publicOrder(found), payment: publicPayment(await getPayment(found.id)) } });
    return json({ hold: shownHold(await ownHold({ id })) });
  },
};

/** `POST /api/orders/:id/payment`, JSON `{ email, name?, address? }`. */
export const orderPayment: Endpoint = {
  POST: async (exchange, params) => {
    const given = await readJson(exchange);
    const hold = await ownHold(params);
    const item = await getItem(hold.itemId);
    const { details, errors } = readContact(given, item?.ships ?? false);
    if (errors) return problem({ type: "malformed", detail: "Some fields are not right.", more: { errors } });
    const begun = await beginPayment(
      hold,
      { ...details, language: exchange.language },
      `/orders/${hold.id}${byKeyHere()}`,
    );
    switch (begun.kind) {
      case "pay":
        return json({ payAt: begun.payAt });
      case "already_sold":
        return alreadySold(hold);
      case "hold_ended":
        return problem({ type: "hold-ended", more: { hold: shownHold(await ownHold(params)) } });
      case "limit_reached":
        return problem({ type: "limit-reached", more: { limit: begun.limit, per: begun.per } });
      case "provider_away":
        return problem({ type: "provider-away", headers: RETRY_AFTER });
      case "email_refused":
        return problem({
          type: "malformed",
          more: { errors: { email: "The payment provider does not take this address." } },
        });
      case "busy":
        return problem({ type: "busy", headers: RETRY_AFTER });
      default:
        return begun satisfies never;
    }
  },
};

/** `POST /api/orders/:id/release`: the buyer gives the hold back. Again, it is the same. */
export const orderRelease: Endpoint = {
  POST: async (exchange, params) => {
    await readJson(exchange);
    const hold = await ownHold(params);
    const outcome = await release(hold, "given_up");
    switch (outcome.kind) {
      case "ended":
        return json({ hold: shownHold(outcome.hold) });
      case "already_sold":
        return alreadySold(hold);
      case "busy":
        return problem({ type: "busy", headers: RETRY_AFTER });
      case "not_found":
        throw notFound("order");
      default:
        return outcome satisfies never;
    }
  },
};

async function ownHold({ id }: Params): Promise<Hold> {
  const hold = isUuid(id) ? await findHold(id, getReaders()) : undefined;
  if (!hold) throw notFound("order");
  return hold;
}

/** `confirming`: its payment has begun, and has not ended. */
function shownHold(hold: Hold) {
  return {
    ...publicHold(hold),
    ...(hold.state === "open" && hold.paying && { state: "confirming" }),
    checkoutUrl: `/orders/${hold.id}${byKeyHere()}`,
  };
}

function publicPayment(payment: Payment | undefined): { status: string; amount: number; refunded: number } | null {
  return payment ? { status: payment.status, amount: payment.amount, refunded: payment.refunded } : null;
}

function alreadySold({ id }: Pick<Order, "id">): Answer {
  return problem({ type: "already-sold", more: { orderId: id } });
}
