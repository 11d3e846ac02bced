/** What follows from an event of the provider. */
import { db } from "#app/db.server.ts";
import { isUuid } from "#app/shop/item.ts";
import { findOrder } from "#app/shop/orders.server.ts";
import type { Provider, ProviderEvent } from "./provider.ts";
import { findPaymentOf, listAttempts, recordBooks } from "./payments.server.ts";
import { recordBookedRefunds } from "./refunds.server.ts";
import { reconcile } from "./reconcile.server.ts";

/**
 * Done once its effect is there: an event that came before is passed by, and one whose effect failed comes again. Whatever is read in it, the
 * provider's books decide. Throws ProviderAway, and Undecided.
 */
export async function handleEvent(event: ProviderEvent, provider: Provider): Promise<void> {
  if (event.kind === "other" || event.mode !== provider.mode) return;
  if (await isTaken(event.id)) return;
  const orderId = await orderOf(event, provider);
  if (orderId !== undefined) {
    await reconcile(orderId);
    if (event.kind === "refund" || event.kind === "dispute") await readAgain(orderId, provider);
  }
  await db.$executeRaw`
    INSERT INTO provider_events (id, done_at) VALUES (${event.id}, statement_timestamp()) ON CONFLICT (id) DO NOTHING`;
}

/** A payment that is over, of which something went back, or which the buyer's bank has taken up. */
async function readAgain(orderId: string, provider: Provider): Promise<void> {
  const order = await findOrder(orderId);
  if (!order?.authorisation) return;
  const books = await provider.find(order.authorisation);
  const attempt = (await listAttempts(orderId)).find(({ reference }) => reference === books.reference);
  if (attempt) await recordBooks(attempt, books);
  await recordBookedRefunds(orderId, books.refunds);
}

async function isTaken(id: string): Promise<boolean> {
  const found = await db.$queryRaw<unknown[]>`SELECT 1 FROM provider_events WHERE id = ${id}`;
  return found.length > 0;
}

/** Which payment it is about; undefined for one of somebody else's, who uses the same account. */
async function orderOf({ orderId, reference, intent }: ProviderEvent, provider: Provider): Promise<string | undefined> {
  if (isUuid(orderId)) return orderId;
  return findPaymentOf(
    provider.name,
    [reference, intent].filter((id) => id !== undefined),
  );
}
