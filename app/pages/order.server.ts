/** `/orders/:id`: one address for life, first of a hold that is to be paid for, then of its order. */
import { getContact } from "#app/checkout/contacts.server.ts";
import { getPayment, isOver, listAttempts, type Payment } from "#app/checkout/payments.server.ts";
import { opensReceipt } from "#app/checkout/receipt-link.server.ts";
import { shopProvider } from "#app/checkout/shop-provider.server.ts";
import type { Address } from "#app/checkout/contact-form.ts";
import { reportProviderAway } from "#app/checkout/provider-away.server.ts";
import { ProviderAway, ProviderRefused } from "#app/checkout/provider.ts";
import { reconcile, Undecided } from "#app/checkout/reconcile.server.ts";
import { byKeyHere, getReaders } from "#app/http/buyer.server.ts";
import type { Params } from "#app/http/endpoint.server.ts";
import { currentExchange } from "#app/http/exchange.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import { canMail } from "#app/outbox/can-mail.server.ts";
import { getItem } from "#app/shop/catalogue.server.ts";
import type { Hold } from "#app/shop/holds.ts";
import { findHold } from "#app/shop/holds.server.ts";
import { isUuid, type Item, type Order } from "#app/shop/item.ts";
import { memory } from "#app/shop/memory.server.ts";
import { countTakenBack, findOrder, getOrder } from "#app/shop/orders.server.ts";
import { firstPictureOf, type Pictured } from "#app/shop/pictures.ts";
import { SharedReading } from "#app/shop/shared-reading.ts";

type Shown = Pick<Item, "name"> & Pictured;

export interface ReceiptPage {
  kind: "receipt";
  order: Order;
  item: Shown & Pick<Item, "ships">;
  /** Of how many it is one; null of one beyond them: after a restock there are more than the edition had. */
  edition: number | null;
  /** Null where the shop takes no money. */
  payment: Pick<Payment, "status" | "amount" | "currency" | "refunded"> | null;
  /** Units that were taken back. */
  back: number;
  /** All of it, or it was not paid for after all: it is not its buyer's. */
  isBack: boolean;
  /** Where the picture of it is, while it is its buyer's. */
  certificate: string | null;
  /** Whether its buyer is written to. */
  mailed: boolean;
  /** By the link in a mail: it shows the receipt alone. */
  byLink: boolean;
}

export interface CheckoutPage {
  kind: "checkout";
  hold: Pick<Hold, "id" | "itemId" | "quantity" | "price" | "expiresAt" | "state" | "why">;
  item: Shown & Pick<Item, "ships">;
  /** Whether a receipt is mailed. */
  mails: boolean;
  /** What was entered before, if the payment has begun: null before. */
  entered: { email: string; name: string; address: Address | undefined } | null;
  /** The buyer has come back from the provider's page, or has paid: the page asks again. */
  confirming: boolean;
  /** Its time is up, and the provider has not said yet what became of its pages: it may still be sold. */
  unsettled: boolean;
  /** The buyer was on the provider's page. */
  begun: boolean;
  /** This page, and the same without what the provider's page has added. */
  here: string;
  payHere: string;
  /** In ISO 8601. */
  madeAt: string;
}

export async function orderPage({ id }: Params): Promise<ReceiptPage | CheckoutPage> {
  if (!isUuid(id)) throw notFound("order");
  const linked = await orderByLink(id);
  if (linked) return receiptOf(linked, true);
  const readers = getReaders();
  const hold = await findHold(id, readers);
  // Whoever comes back from the provider comes before its events: the books are looked at, and say more than the address.
  if (hold && (await getPayment(id))) await reconciling.get(id.toLowerCase());
  const order = await getOrder(id, readers);
  if (order) return receiptOf(order, false);
  if (!hold) throw notFound("order");
  return checkoutOf((await findHold(id, readers)) ?? hold);
}

/** The receipt alone, for whoever may see it there, as it is known now: no provider is asked. */
export async function receiptPage({ id }: Params): Promise<ReceiptPage> {
  if (!isUuid(id)) throw notFound("order");
  const linked = await orderByLink(id);
  const order = linked ?? (await getOrder(id, getReaders()));
  if (!order) throw notFound("order");
  return receiptOf(order, linked !== undefined);
}

async function orderByLink(id: string): Promise<Order | undefined> {
  const link = currentExchange().url.searchParams.get("link");
  return link !== null && (await opensReceipt(id, link)) ? findOrder(id) : undefined;
}

/**
 * However often somebody asks for their page at once, the provider is asked once, and once more: what it lets a shop ask in a second is meant
 * for all of its buyers. While it cannot be asked, or the till is busy, the page shows what is known. It asks again.
 */
const reconciling = new SharedReading(async (orderId) => {
  try {
    await reconcile(orderId);
  } catch (error) {
    if (!(error instanceof Undecided || error instanceof ProviderAway || error instanceof ProviderRefused)) throw error;
    reportProviderAway(error, orderId);
  }
});

async function receiptOf(order: Order, byLink: boolean): Promise<ReceiptPage> {
  const item = await getItem(order.itemId);
  if (!item) throw notFound("order");
  const [payment, back, contact] = await Promise.all([
    getPayment(order.id),
    countTakenBack(order.id),
    getContact(order.id),
  ]);
  const { id, itemId, run, number, quantity, price, placedAt } = order;
  // As it was sold, whatever it is called now.
  const name = order.name ?? item.name;
  const isBack = back >= quantity || payment?.status === "cancelled" || payment?.status === "failed";
  return {
    kind: "receipt",
    order: { id, itemId, run, number, quantity, name, price, placedAt },
    item: { name, ships: item.ships, ...firstPictureOf(item) },
    edition: number <= item.startingQuantity ? item.startingQuantity : null,
    payment: payment
      ? { status: payment.status, amount: payment.amount, currency: payment.currency, refunded: payment.refunded }
      : null,
    back,
    isBack,
    certificate: isBack ? null : certificateAt(id, byLink),
    mailed: canMail && contact !== null && contact.email !== null,
    byLink,
  };
}

/** For the same reader as this page: by the link, or by the key. */
function certificateAt(id: string, byLink: boolean): string {
  const { searchParams } = currentExchange().url;
  const reader = byLink ? `?${String(new URLSearchParams({ link: searchParams.get("link") ?? "" }))}` : byKeyHere();
  return `/orders/${id}/certificate.jpg${reader}`;
}

async function checkoutOf(hold: Hold): Promise<CheckoutPage> {
  const item = await getItem(hold.itemId);
  if (!item) throw notFound("order");
  const [contact, payment, attempts] = await Promise.all([
    getContact(hold.id),
    getPayment(hold.id),
    listAttempts(hold.id),
  ]);
  currentExchange().formsLeadTo = shopProvider()?.pagesOrigin;
  const byKey = byKeyHere();
  const payHere = `/orders/${hold.id}${byKey}`;
  const cameBack = currentExchange().url.searchParams.has("paid");
  const { id, itemId, quantity, price, expiresAt, state, why } = hold;
  return {
    kind: "checkout",
    hold: { id, itemId, quantity, price, expiresAt, state, why },
    item: { name: hold.name, ...firstPictureOf(item), ships: item.ships },
    mails: canMail,
    entered: contact?.email
      ? { email: contact.email, name: contact.name ?? "", address: contact.address ?? undefined }
      : null,
    confirming: state === "open" && payment !== undefined && (cameBack || payment.status === "authorised"),
    unsettled: state !== "open" && why === "time" && attempts.some((attempt) => !isOver(attempt)),
    begun: hold.paying,
    here: cameBack ? `${payHere}${byKey === "" ? "?" : "&"}paid=1` : payHere,
    payHere,
    madeAt: memory.now.toISOString(),
  };
}
