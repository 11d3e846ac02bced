/** From a hold to the provider's page: whoever pays, what is asked for, and the page that asks for it. */
import { randomUUID } from "node:crypto";
import { db } from "#app/db.server.ts";
import { env } from "#app/env.server.ts";
import { getHold } from "#app/shop/holds.server.ts";
import { findOrder } from "#app/shop/orders.server.ts";
import { startPayment } from "#app/shop/holding.server.ts";
import { type Hold, sumOf } from "#app/shop/holds.ts";
import { singleton } from "#app/singleton.server.ts";
import type { Language } from "#app/words/languages.ts";
import type { ContactDetails } from "./contact-form.ts";
import { getContact, saveContact } from "./contacts.server.ts";
import { partyOf } from "./party.server.ts";
import {
  getPayment,
  insertAttempt,
  insertPayment,
  isOver,
  listAttempts,
  type PaymentAttempt,
  recordBooks,
  recordOpened,
} from "./payments.server.ts";
import { reportProviderAway } from "./provider-away.server.ts";
import { type Provider, ProviderAway, ProviderRefused } from "./provider.ts";
import { reconcile, Undecided } from "./reconcile.server.ts";
import { providerOfPayment, shopProvider } from "./shop-provider.server.ts";

export type Begun =
  /** The provider's page. */
  | { kind: "pay"; payAt: string }
  | { kind: "hold_ended" | "already_sold" | "provider_away" | "email_refused" | "busy" }
  | { kind: "limit_reached"; limit: number; per: "person" | "hold" };

/** Pages that the provider is asked for, for one hold. Each look at the payment asks about all of them. */
const MOST_PAGES = 10;

/** Those under way, by the hold: a second press waits for the first, and is given the same page. */
const underWay = singleton("payments-beginning", () => new Map<string, Promise<Begun>>());

/** Who pays, and in which language they are written to. */
type Paying = ContactDetails & { language: Language };

/** `here`: the path of the hold's page, to which the buyer comes back. */
export async function beginPayment(hold: Hold, details: Paying, here: string): Promise<Begun> {
  const before = underWay.get(hold.id);
  await before?.catch(() => undefined);
  const begun = begin(hold, details, here);
  underWay.set(hold.id, begun);
  try {
    return await begun;
  } finally {
    if (underWay.get(hold.id) === begun) underWay.delete(hold.id);
  }
}

async function begin(hold: Hold, details: Paying, here: string): Promise<Begun> {
  const payment = await getPayment(hold.id);
  const provider = payment ? providerOfPayment(payment) : shopProvider();
  if (!provider) return { kind: "provider_away" };
  try {
    const email = (await getContact(hold.id))?.email ?? undefined;
    // A page that was opened for another address is closed first, and what was paid on it is this payment.
    if (payment && email !== details.email) await closePages(hold.id, provider);
    // What is sold or over keeps the contact that it has.
    if ((await getHold(hold.id))?.state !== "open")
      return { kind: (await findOrder(hold.id)) ? "already_sold" : "hold_ended" };
    await db.$transaction((tx) =>
      saveContact(tx, { ...details, orderId: hold.id, itemId: hold.itemId, run: hold.run }),
    );
    await insertPayment(hold, provider);
    const started = await startPayment(hold, partyOf(details.email));
    if (started.kind === "not_found") return { kind: "hold_ended" };
    if (started.kind === "limit_reached") return { ...started, per: "person" };
    if (started.kind !== "started") return started;
    return await pageOf(started.hold, provider, details.email, here);
  } catch (error) {
    if (error instanceof Undecided) return { kind: "busy" };
    if (error instanceof ProviderRefused && error.reason === "email") return { kind: "email_refused" };
    if (!(error instanceof ProviderAway || error instanceof ProviderRefused)) throw error;
    reportProviderAway(error, hold.id);
    return { kind: "provider_away" };
  }
}

/** The page that is open already, or the next one. */
async function pageOf(hold: Hold, provider: Provider, email: string, here: string): Promise<Begun> {
  const attempts = await listAttempts(hold.id);
  const latest = attempts.at(-1);
  if (latest?.reference && !isOver(latest)) {
    const { payAt, state } = await provider.find(latest.reference);
    if (state === "open" && payAt) return { kind: "pay", payAt };
    await reconcile(hold.id);
    if (await findOrder(hold.id)) return { kind: "already_sold" };
    // It may still be sold, or is being let go: beside another page, both would be paid.
    if (state === "open" || state === "authorised") return { kind: "busy" };
  }
  if (attempts.length >= MOST_PAGES) return { kind: "limit_reached", limit: MOST_PAGES, per: "hold" };
  const attempt = await insertAttempt(hold.id);
  const back = new URL(here, env.SHOP_URL);
  const paid = new URL(back);
  paid.searchParams.set("paid", "1");
  try {
    const opened = await provider.open({
      paymentId: hold.id,
      attempt,
      orderId: hold.id,
      ...sumOf(hold),
      description: hold.quantity === 1 ? hold.name : `${hold.quantity} × ${hold.name}`,
      email,
      backTo: { paid: paid.href, left: back.href },
    });
    await recordOpened(hold.id, attempt, opened.reference);
    if ((await getHold(hold.id))?.state === "open") return { kind: "pay", payAt: opened.payAt };
  } catch (error) {
    // Under this attempt's name the provider would answer the same again.
    await recordOpened(hold.id, attempt, null);
    throw error;
  }
  // It ended meanwhile, and whoever closes its pages then may not have seen this one, which nobody has been given.
  await closePages(hold.id, provider);
  return { kind: "hold_ended" };
}

/** Closes what is open. Whatever was paid on a page before is confirmed, or let go. */
export async function closePages(orderId: string, provider: Provider): Promise<void> {
  await reconcile(orderId);
  for (const attempt of await listAttempts(orderId)) if (!isOver(attempt)) await closePage(attempt, provider);
  await reconcile(orderId);
}

/** Closes a page that is open. Whoever has pressed pay on it meanwhile has paid: the books say so. */
async function closePage(attempt: PaymentAttempt, provider: Provider): Promise<void> {
  // Nobody was ever given its page.
  if (attempt.reference === null) return recordOpened(attempt.orderId, attempt.attempt, null);
  if (attempt.state === "authorised") return;
  try {
    // Each try has a name of its own: a failure that the provider keeps under it would be the answer to every other. Done twice, it is refused.
    await provider.expire(attempt.reference, `expire:${attempt.reference}:${randomUUID()}`);
  } catch (error) {
    // It is past that already.
    if (!(error instanceof ProviderRefused && error.reason === "wrong-state")) throw error;
  }
  await recordBooks(attempt, await provider.find(attempt.reference));
}
