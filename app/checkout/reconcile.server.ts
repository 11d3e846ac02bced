/**
 * Makes of a payment what the provider's books say: the browser that comes back, the provider's events and the task that settles it
 * all end here, and so none of them has to be believed.
 */
import { report } from "#app/report.server.ts";
import type { Outcome } from "#app/shop/outcome.ts";
import { confirm } from "#app/shop/holding.server.ts";
import { addTasks } from "#app/tasks.server.ts";
import { db } from "#app/db.server.ts";
import { getPayment, listAttempts, type Payment, type PaymentAttempt, recordBooks } from "./payments.server.ts";
import type { Books } from "./provider.ts";
import { providerOfPayment } from "./shop-provider.server.ts";

const FINAL = ["captured", "cancelled", "failed"];

/** The shop could not decide. Asked again, it will. */
export class Undecided extends Error {}

/** An attempt as the books have it now. */
export interface Seen {
  attempt: PaymentAttempt;
  books: Books;
}

/**
 * Asks the provider about every attempt that may still come to something, and confirms what is authorised. Nothing is locked meanwhile. Throws
 * ProviderAway, and Undecided. Undefined: there is no such payment, or it is of a provider whose keys this shop does not have.
 */
export async function reconcile(orderId: string): Promise<Seen[] | undefined> {
  const payment = await getPayment(orderId);
  const provider = payment && providerOfPayment(payment);
  if (!provider) return undefined;
  const seen: Seen[] = [];
  for (const attempt of await listAttempts(orderId)) {
    // Also one that has expired: the card's bank knows nothing of pages, and may authorise what was pressed on it before.
    if (attempt.reference === null || FINAL.includes(attempt.state)) continue;
    const books = await provider.find(attempt.reference);
    // Somebody may have charged it at the provider: it is sold, or the task that would let it go shows that it must be refunded there.
    const hasPaid = books.state === "authorised" || (books.state === "captured" && books.refunded === 0);
    if (hasPaid) await confirmBooks(payment, books);
    // After the decision: which attempt has paid the order is known then.
    await recordBooks(attempt, books);
    seen.push({ attempt, books });
  }
  return seen;
}

async function confirmBooks(payment: Payment, books: Books): Promise<void> {
  const { orderId, itemId, provider, mode } = payment;
  const { intent = "", amount, currency } = books;
  if (books.mode !== mode || books.orderId !== orderId || books.paymentId !== orderId) {
    report("payment_of_something_else", { orderId, provider, mode: books.mode, intent });
    if (intent !== "")
      await db.$transaction((tx) => addTasks(tx, [{ kind: "cancel", subject: orderId, part: intent, lane: orderId }]));
    return;
  }
  const outcome: Outcome = await confirm({ id: orderId, itemId }, { amount, currency, intent });
  if (outcome.kind === "busy") throw new Undecided("the till is busy");
  if (outcome.kind === "not_sold" && outcome.why === "amount")
    report("payment_of_another_sum", { orderId, provider, intent });
}
