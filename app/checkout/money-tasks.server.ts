/** What is done about a payment after a commit. Each task first asks the provider where the payment is: a try before may have had its effect. */
import { createHash } from "node:crypto";
import { db } from "#app/db.server.ts";
import { env } from "#app/env.server.ts";
import type { Done, Handlers, Task } from "#app/outbox/handler.ts";
import { type MailKind, mailTask } from "#app/outbox/mails.server.ts";
import { report } from "#app/report.server.ts";
import { getHold } from "#app/shop/holds.server.ts";
import { takeBack } from "#app/shop/holding.server.ts";
import { memory } from "#app/shop/memory.server.ts";
import { findOrder } from "#app/shop/orders.server.ts";
import { addTasks, nudge } from "#app/tasks.server.ts";
import { closePages } from "./begin-payment.server.ts";
import { getContact } from "./contacts.server.ts";
import { getPayment, isOver, listAttempts, type PaymentAttempt, recordBooks } from "./payments.server.ts";
import { type Books, type Provider, ProviderRefused } from "./provider.ts";
import { reconcile } from "./reconcile.server.ts";
import { getRefund, recordBookedRefunds, recordRefund } from "./refunds.server.ts";
import { providerOfPayment } from "./shop-provider.server.ts";

/** Milliseconds before a hold's end in which the provider is asked once more: its answer may make it an order in time. */
const LAST_LOOK = 5_000;
/** Milliseconds until a payment that is not over yet is looked at again. */
const LOOK_EVERY = 30_000;

/** A failure that the provider keeps under a name is answered to each try under it. */
const TRIES_UNDER_ONE_NAME = 3;

/** Milliseconds until a hold that has had its time is looked at again, if no decision has ended it yet. */
const ENDS_WITHIN = 1_000;

const LATER: Done = { again: "soon", why: "the till is busy" };

/**
 * A payment is begun, and must come to an end, whatever its buyer, this process and the provider's events do. By the database's clock: by one
 * that is fast, it would be done while the buyer can still ask for a page.
 */
async function settle({ subject: orderId }: Task): Promise<Done> {
  const hold = await getHold(orderId);
  if (!hold) return "done";
  const end = hold.expiresAt.getTime();
  const untilLast = end - LAST_LOOK;
  if (hold.state === "open" && memory.now.getTime() < untilLast)
    return { again: new Date(untilLast), why: "the buyer has time to pay" };
  const provider = await providerFor(orderId);
  await reconcile(orderId);
  if (hold.state === "open" && memory.now.getTime() < end)
    return { again: hold.expiresAt, why: "the buyer has time to pay" };
  // Before its pages are closed: whoever asks for one after this finds it ended.
  if ((await getHold(orderId))?.state === "open")
    return { again: new Date(memory.now.getTime() + ENDS_WITHIN), why: "its hold has not been ended yet" };
  await closePages(orderId, provider);
  const left = (await listAttempts(orderId)).filter((attempt) => !isOver(attempt));
  if (left.length === 0) {
    const isLapsed = (await getHold(orderId))?.why === "time";
    if (env.HOLD_ENDED_MAIL && isLapsed && (await getContact(orderId))) await addMail("hold_ended", orderId);
    return "done";
  }
  return { again: new Date(memory.now.getTime() + LOOK_EVERY), why: `a payment is ${left[0]?.state ?? ""}` };
}

/** The hold has ended before its time: nobody should pay for it any more. */
async function expire({ subject: orderId }: Task): Promise<Done> {
  await closePages(orderId, await providerFor(orderId));
  return "done";
}

/** The order is sold: its money comes, or its goods go back. */
async function capture({ subject: orderId, part: intent, tries }: Task): Promise<Done> {
  const provider = await providerFor(orderId);
  let books = await provider.find(intent);
  if (books.state === "authorised") {
    await provider.capture(intent, `capture:${intent}:${tries}`).catch(refusalOf);
    books = await provider.find(intent);
  }
  // Of a charge that was refused the provider says no more than this, where the page had expired before it was paid on.
  if (books.state === "expired") books = { ...books, state: "failed" };
  await record(orderId, books);
  if (books.state === "captured") {
    if (await getContact(orderId)) await addMail("yours", orderId);
    return "done";
  }
  if (books.state !== "cancelled" && books.state !== "failed") return { again: "soon", why: `it is ${books.state}` };
  const order = await findOrder(orderId);
  if (!order) throw new Error("a capture without its order");
  const outcome = await takeBack(order, order.quantity, "back", uuidOf(`${intent} refused`));
  if (outcome.kind === "busy") return LATER;
  if (outcome.kind === "done") report("capture_refused", { orderId, itemId: order.itemId, state: books.state });
  return "done";
}

/** Goods first: they are for sale again whatever the provider answers, and how long it takes. */
async function refund({ subject: orderId, part: refundId, tries }: Task): Promise<Done> {
  const [wanted, order] = await Promise.all([getRefund(refundId), findOrder(orderId)]);
  if (!wanted || !order) throw new Error("a refund without its order");
  if (wanted.units > 0 && wanted.goods !== null && wanted.goods !== "kept") {
    const outcome = await takeBack(order, wanted.units, wanted.goods, wanted.id);
    if (outcome.kind === "busy") return LATER;
  }
  if (wanted.amount === 0) {
    await recordRefund(wanted.id, "done");
    return "done";
  }
  const provider = await providerFor(orderId);
  const intent = order.authorisation ?? "";
  let books = await provider.find(intent);
  if (books.state === "authorised" || books.state === "open") return { again: "soon", why: `it is ${books.state}` };
  if (books.state !== "captured") {
    await recordRefund(wanted.id, "void");
    return "done";
  }
  if (!books.refunds.some((booked) => booked.refundId === refundId)) {
    const { amount, currency } = wanted;
    // Some tries under one name: a refund whose answer was lost may not be in the books at once, and would be made again under another.
    const name = `refund:${refundId}:${Math.floor((tries - 1) / TRIES_UNDER_ONE_NAME)}`;
    const asked = provider.refund({ intent, refundId, amount, currency }, name);
    const refused = await asked.then(() => undefined, refusalOf);
    books = await provider.find(intent);
    // A no may be the answer to a request that was sent twice on its way: the books know.
    if (refused && !books.refunds.some((booked) => booked.refundId === refundId)) {
      await recordRefund(wanted.id, "failed");
      report("refund_refused", { orderId, refundId, reason: refused.reason });
      return "done";
    }
  }
  await record(orderId, books);
  await recordBookedRefunds(orderId, books.refunds);
  if (await getContact(orderId)) await addMail("refunded", orderId, refundId);
  return "done";
}

/** It was authorised and not sold: nobody may be charged for it. */
async function cancel({ subject: orderId, part: intent, tries }: Task): Promise<Done> {
  const provider = await providerFor(orderId);
  let books = await provider.find(intent);
  if (books.state === "authorised") {
    await provider.cancel(intent, `cancel:${intent}:${tries}`).catch(refusalOf);
    books = await provider.find(intent);
  }
  await record(orderId, books);
  if (books.state === "authorised" || books.state === "open") return { again: "soon", why: `it is ${books.state}` };
  if (books.state === "captured")
    return { again: "soon", why: "it was captured at the provider, though nothing was sold: refund it there" };
  return "done";
}

export const moneyTasks: Handlers = { settle, expire, capture, cancel, refund };

/** Throws where its keys are not here: the task waits for them, and is seen. */
async function providerFor(orderId: string): Promise<Provider> {
  const payment = await getPayment(orderId);
  const provider = payment && providerOfPayment(payment);
  if (!provider)
    throw new Error(`this shop has no keys of ${payment?.provider ?? "any provider"} (${payment?.mode ?? ""})`);
  return provider;
}

async function record(orderId: string, books: Books): Promise<void> {
  const attempt = (await listAttempts(orderId)).find(({ reference }) => reference === books.reference);
  if (attempt) await recordBooks(attempt satisfies PaymentAttempt, books);
}

/** A final no: the books say what has become of it. */
function refusalOf(error: unknown): ProviderRefused {
  if (!(error instanceof ProviderRefused)) throw error;
  return error;
}

async function addMail(kind: MailKind, orderId: string, part?: string): Promise<void> {
  await db.$transaction((tx) => addTasks(tx, [mailTask(kind, orderId, part)]));
  nudge();
}

/** The same name for the same change, whoever makes it (version 8, RFC 9562). */
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
