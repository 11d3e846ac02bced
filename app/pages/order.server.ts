/** `/orders/:id`: one address for life, first of a hold that is to be paid for, then of its order. */
import { getContact } from "#app/checkout/contacts.server.ts";
import { getPayment, type Payment } from "#app/checkout/payments.server.ts";
import { opensReceipt } from "#app/checkout/receipt-link.server.ts";
import { shopProvider } from "#app/checkout/shop-provider.server.ts";
import { reconcile } from "#app/checkout/reconcile.server.ts";
import { getReaders } from "#app/http/buyer.server.ts";
import type { Params } from "#app/http/endpoint.server.ts";
import { currentExchange } from "#app/http/exchange.server.ts";
import { renderedAt } from "#app/http/kept-pages.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import { getItem } from "#app/shop/catalogue.server.ts";
import type { Hold } from "#app/shop/holds.ts";
import { findHold } from "#app/shop/holds.server.ts";
import { isUuid, type Item, type Order } from "#app/shop/item.ts";
import { findOrder, getOrder } from "#app/shop/orders.server.ts";

type Shown = Pick<Item, "name" | "picture" | "pictureAlt">;

export interface ReceiptPage {
  kind: "receipt";
  order: Order;
  item: Shown;
  /** Null where the shop takes no money. */
  payment: Pick<Payment, "status" | "amount" | "currency" | "refunded"> | null;
  /** By the link in a mail: it shows the receipt alone. */
  byLink: boolean;
}

export interface CheckoutPage {
  kind: "checkout";
  hold: Pick<Hold, "id" | "itemId" | "quantity" | "price" | "expiresAt" | "state" | "why">;
  item: Shown & Pick<Item, "ships">;
  /** What was entered before, if the payment has begun: null before. */
  entered: { email: string; name: string } | null;
  /** The payment is under way at the provider, or was: the page asks again. */
  confirming: boolean;
  renderedAt: ReturnType<typeof renderedAt>;
}

export async function orderPage({ id }: Params): Promise<ReceiptPage | CheckoutPage> {
  if (!isUuid(id)) throw notFound("order");
  const { url } = currentExchange();
  const link = url.searchParams.get("link");
  if (link !== null && (await opensReceipt(id, link))) {
    const order = await findOrder(id);
    if (order) return receiptOf(order, true);
  }
  const readers = getReaders();
  const hold = await findHold(id, readers);
  // Whoever comes back from the provider comes before its events: the books are looked at, and say more than the address.
  if (hold && (await getPayment(id))) await reconcile(id);
  const order = await getOrder(id, readers);
  if (order) return receiptOf(order, false);
  if (!hold) throw notFound("order");
  return checkoutOf((await findHold(id, readers)) ?? hold);
}

async function receiptOf(order: Order, byLink: boolean): Promise<ReceiptPage> {
  const item = await getItem(order.itemId);
  if (!item) throw notFound("order");
  const payment = await getPayment(order.id);
  const { id, itemId, run, number, quantity, price, placedAt } = order;
  // As it was sold, whatever it is called now.
  const name = order.name ?? item.name;
  return {
    kind: "receipt",
    order: { id, itemId, run, number, quantity, name, price, placedAt },
    item: { name, picture: item.picture, pictureAlt: item.pictureAlt },
    payment: payment
      ? { status: payment.status, amount: payment.amount, currency: payment.currency, refunded: payment.refunded }
      : null,
    byLink,
  };
}

async function checkoutOf(hold: Hold): Promise<CheckoutPage> {
  const item = await getItem(hold.itemId);
  if (!item) throw notFound("order");
  const contact = await getContact(hold.id);
  currentExchange().formsLeadTo = shopProvider()?.pagesOrigin;
  const { id, itemId, quantity, price, expiresAt, state, why } = hold;
  const { picture, pictureAlt, ships } = item;
  return {
    kind: "checkout",
    hold: { id, itemId, quantity, price, expiresAt, state, why },
    item: { name: hold.name, picture, pictureAlt, ships },
    entered: contact?.email ? { email: contact.email, name: contact.name ?? "" } : null,
    confirming: currentExchange().url.searchParams.has("paid") && state === "open",
    renderedAt: renderedAt(),
  };
}
