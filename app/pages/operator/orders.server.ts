/** The list of orders, one order, and what an operator does with it. */
import { randomUUID } from "node:crypto";
import { data, redirect } from "@remix-run/node";
import { getContact } from "#app/checkout/contacts.server.ts";
import { getPayment, type Payment } from "#app/checkout/payments.server.ts";
import {
  canBeCancelled,
  type Goods,
  leftOf,
  listRefunds,
  refundOrder,
  type RefundOutcome,
} from "#app/checkout/refunds.server.ts";
import { readForm } from "#app/http/body.server.ts";
import { currentExchange } from "#app/http/exchange.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import {
  cancel,
  type CancelOutcome,
  getRemarks,
  listMovementsOf,
  listOrders,
  LONGEST,
  markSent,
  type NotSent,
  overOf,
  whyNotSent,
  writeNote,
} from "#app/operator/orders.server.ts";
import { listMails } from "#app/outbox/mails.server.ts";
import { listActs } from "#app/shop/acts.server.ts";
import { getItem } from "#app/shop/catalogue.server.ts";
import { getHold } from "#app/shop/holds.server.ts";
import { isUuid, type KeyedOrder } from "#app/shop/item.ts";
import { formatPrice, readAmount, writeAmount } from "#app/shop/money.ts";
import { findOrder } from "#app/shop/orders.server.ts";
import { words } from "#app/words/operator-orders.ts";
import { wantedOrders } from "./orders-wanted.server.ts";
import { NOT_KEPT, requireOperator } from "./session.server.ts";

/** Lines of one page, and acts of one order. */
const MOST = 50;
const MOST_ACTS = 100;

export async function ordersPage() {
  await requireOperator();
  const { searchParams } = currentExchange().url;
  const { state, search } = wantedOrders(searchParams);
  const after = readPlace(searchParams.get("after"));
  const found = await listOrders({ state, search, after }, MOST + 1);
  const orders = found.slice(0, MOST);
  const last = orders.at(-1);
  const older = found.length > MOST && last ? `${last.at.toISOString()}_${last.id}` : undefined;
  return { orders, state, search, older, isFirst: after === undefined };
}

/** Where the page before ended: a time and an id. */
function readPlace(text: string | null): { at: Date; id: string } | undefined {
  const [time = "", id] = text?.split("_") ?? [];
  // The database knows no year 0.
  const at = new Date(/^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(time) ? time : NaN);
  return isUuid(id) && !Number.isNaN(at.getTime()) ? { at, id } : undefined;
}

export async function orderPage(id: string | undefined) {
  await requireOperator();
  const order = await known(id);
  const [payment, refunds, remarks, movements, contact, mails, acts, item, whyNot] = await Promise.all([
    getPayment(order.id),
    listRefunds(order.id),
    getRemarks(order.id),
    listMovementsOf(order.id),
    getContact(order.id),
    listMails({ orderId: order.id }),
    listActs({ orderId: order.id, most: MOST_ACTS }),
    getItem(order.itemId),
    whyNotSent(order),
  ]);
  const { buyerId, key, authorisation, ...sold } = order;
  const left = await leftOf(order, payment, refunds);
  const askedBack = payment && { ...payment, refunded: payment.captured - left.money };
  return {
    order: { ...sold, name: sold.name ?? item?.name ?? sold.itemId },
    payment: payment && { ...payment, at: placeOf(payment, authorisation) },
    refunds,
    remarks,
    movements,
    contact: contact && { ...contact, linkSecret: undefined },
    mails: mails.map(({ id, kind, subject, state, createdAt }) => ({ id, kind, subject, state, createdAt })),
    acts,
    whyNotSent: whyNot,
    left: payment ? { amount: left.money, currency: payment.currency } : null,
    unitsLeft: left.units,
    over: overOf({ quantity: order.quantity, back: order.quantity - left.units }, askedBack),
    canBeCancelled: !remarks.sentAt && canBeCancelled(payment, refunds, left),
    /** Each names what its form does next: by one for both, a cancellation would be taken for the refund that was asked for before. */
    keys: { cancel: randomUUID(), refund: randomUUID() },
    said: saidOf(currentExchange().url.searchParams.get("said")),
  };
}

type Said = keyof typeof words.said;

function saidOf(text: string | null): Said | undefined {
  return (Object.keys(words.said) as Said[]).find((each) => each === text);
}

/** Where the payment stands in the provider's own pages. */
function placeOf({ provider, mode }: Payment, authorisation: string | null): string | null {
  if (provider === "test-bank") return "/test-bank/payments";
  if (authorisation === null) return null;
  return `https://dashboard.stripe.com/${mode === "test" ? "test/" : ""}payments/${encodeURIComponent(authorisation)}`;
}

/** Why nothing was done, beside which form, and what had been entered. */
export interface OrderMessage {
  step: string;
  says: string;
  fields: Partial<Record<"amount" | "goods" | "units" | "tracking" | "note", string>>;
  entered: Record<string, string>;
}

export async function answerOrder(id: string | undefined) {
  const { who: by } = await requireOperator();
  const sent = await readForm(currentExchange());
  const order = await known(id);
  const key = isUuid(sent.key) ? sent.key : randomUUID();
  switch (sent.step) {
    case "cancel":
      return cancelling(order, sent, await cancel(order.id, { key, by }));
    case "refund":
      return refunding(order, sent, key, by);
    case "note":
      return noting(order, sent, by);
    case "send":
      return sending(order, sent, by);
    default:
      throw notFound("page");
  }
}

async function known(id: string | undefined): Promise<KeyedOrder> {
  const order = isUuid(id) ? await findOrder(id) : undefined;
  if (order) return order;
  // A hold has the order's id before it is one: what is known of it stands at its item.
  const hold = isUuid(id) ? await getHold(id) : undefined;
  if (hold) throw redirect(`/operator/items/${hold.itemId}`, { headers: NOT_KEPT });
  throw notFound("order");
}

type Sent = Record<string, string>;

function cancelling(order: KeyedOrder, sent: Sent, outcome: CancelOutcome) {
  if (outcome.kind === "taken_back") return go(order, outcome.units === 0 ? "repeated" : "taken_back");
  if (outcome.kind === "busy") return stay("cancel", sent, words.refused.busy, {}, 503);
  return refunded(order, sent, outcome, "cancel");
}

async function refunding(order: KeyedOrder, sent: Sent, key: string, by: string) {
  const { amount = "", goods, again } = sent;
  const units = sent.units?.trim() ?? "";
  const { currency } = order.price;
  const chosen = (["back", "gone", "kept"] as const).find((each) => each === goods);
  const sum = readAmount(amount, currency);
  const isCount = /^\d{1,9}$/.test(units) && Number(units) > 0;
  const fields = {
    ...(amount.trim() === ""
      ? { amount: words.refund.missing.amount }
      : sum === undefined && { amount: words.refund.wrong.amount(writeAmount({ amount: 1_234, currency })) }),
    ...(!chosen && { goods: words.refund.missing.goods }),
    ...(chosen !== "kept" && units !== "" && !isCount && { units: words.refund.wrong.units }),
  };
  if (!chosen || sum === undefined || Object.keys(fields).length > 0) return stay("refund", sent, "", fields);
  const outcome = await refundOrder({
    orderId: order.id,
    amount: sum,
    goods: chosen satisfies Goods,
    units: isCount && chosen !== "kept" ? Number(units) : undefined,
    ...{ key, first: true, again: again !== undefined, by },
  });
  return refunded(order, sent, outcome, "refund");
}

function refunded(order: KeyedOrder, sent: Sent, outcome: RefundOutcome, step: "cancel" | "refund") {
  switch (outcome.kind) {
    case "asked":
    case "repeated":
      return go(order, outcome.kind);
    case "too_much":
      return stay(step, sent, words.refused.too_much(formatPrice({ ...outcome, amount: outcome.left })), {}, 409);
    case "too_many":
      return stay(step, sent, words.refused.too_many(outcome.left), {}, 409);
    case "key_reused":
      return stay(step, { ...sent, key: "" }, words.refused.key_reused, {}, 409);
    default:
      return stay(step, sent, words.refused[outcome.kind], {}, 409);
  }
}

async function noting(order: KeyedOrder, sent: Sent, by: string) {
  const note = linesOf(sent.note);
  const length = Array.from(note).length;
  if (length > LONGEST.note) return stay("note", sent, "", { note: words.note.tooLong(length, LONGEST.note) });
  if (/(?![\n\t])\p{Cc}/u.test(note)) return stay("note", sent, "", { note: words.note.unreadable });
  const outcome = await writeNote(order, { note, seen: linesOf(sent.seen) }, by);
  if (outcome.kind === "moved_on") return stay("note", sent, words.note.movedOn(outcome.now), {}, 409);
  return go(order, outcome.kind);
}

/** A form sends line breaks as two characters. */
function linesOf(text = ""): string {
  return text.replaceAll("\r\n", "\n");
}

async function sending(order: KeyedOrder, sent: Sent, by: string) {
  const given = (sent.tracking ?? "").trim();
  const tracking = given === "" ? null : readLink(given);
  if (tracking === undefined) return stay("send", sent, "", { tracking: words.send.wrong(LONGEST.tracking) });
  const outcome = await markSent(order, tracking, by);
  if (outcome.kind === "refused") return stay("send", sent, refusalToSend(outcome.why), {}, 409);
  return go(order, outcome.kind);
}

/** As it is kept: what is no letter of an address is written out, which makes it longer. */
function readLink(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, username, password, href } = new URL(text);
  // What stands before an @ looks like the site that a link leads to.
  const isPlain = protocol === "https:" && username === "" && password === "";
  return isPlain && href.length <= LONGEST.tracking ? href : undefined;
}

function refusalToSend(why: NotSent): string {
  return words.refused.notSent[why];
}

function go({ id }: KeyedOrder, said: Said) {
  return redirect(`/operator/orders/${id}?said=${said}`, { status: 303, headers: NOT_KEPT });
}

function stay(step: string, entered: Sent, says: string, fields: OrderMessage["fields"], status = 400) {
  return data<OrderMessage>({ step, says, fields, entered }, { status, headers: NOT_KEPT });
}
