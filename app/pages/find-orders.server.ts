/** `/orders`: whoever has lost their receipts has them mailed. */
import { canMail } from "#app/outbox/can-mail.server.ts";
import { readEmail } from "#app/checkout/contact-form.ts";
import { assertCanLookUp, mailOrdersOf } from "#app/checkout/find-orders.server.ts";
import { Arrivals, MINUTE } from "#app/http/arrivals.ts";
import { readForm } from "#app/http/body.server.ts";
import { currentExchange, type Exchange } from "#app/http/exchange.server.ts";
import { keepPage, type PageContent } from "#app/http/kept-pages.server.ts";
import { BadRequest } from "#app/http/refusals.server.ts";
import { singleton } from "#app/singleton.server.ts";
import type { FormAnswer } from "./answer-page.server.ts";

/** What the page says of what was asked, with what was typed. */
export type FindOrdersMessage = { typed: string } & (
  { kind: "asked" } | { kind: "wrong"; says: string } | { kind: "too_often"; minutes: number }
);

/** Asked for from one address in an hour, also all at once: whoever goes through a list of other people's addresses is stopped. */
const MOST_AN_HOUR = 20;
const asks = singleton("order-asks", () => new Arrivals(MOST_AN_HOUR, 60 * MINUTE));

// eslint-disable-next-line @typescript-eslint/require-await -- As every page's.
export async function findOrdersPage() {
  // The answer to the form has an e-mail address on it.
  if (currentExchange().request.method !== "POST") keepPage();
  return { data: { canMail }, headers: {} } satisfies PageContent;
}

/** The same answer whether or not there are orders. */
export async function askForOrders(exchange: Exchange): Promise<FormAnswer<FindOrdersMessage>> {
  const { email: typed = "" } = await readForm(exchange);
  if (!canMail) throw new BadRequest("method-not-allowed", "This shop sends no mail.", { Allow: "GET, HEAD, OPTIONS" });
  const read = readEmail(typed, exchange.language);
  if (read.error !== undefined) return stay({ kind: "wrong", typed, says: read.error }, 400);
  const wait = asks.arrive(exchange.address);
  if (wait > 0) {
    const minutes = Math.ceil(wait / MINUTE);
    return stay({ kind: "too_often", typed, minutes }, 429, { "Retry-After": String(minutes * 60) });
  }
  await assertCanLookUp();
  exchange.response.once("close", () => mailOrdersOf(read.email));
  return stay({ kind: "asked", typed: read.email }, 200);
}

function stay(message: FindOrdersMessage, status: number, headers = {}): FormAnswer<FindOrdersMessage> {
  return { kind: "message", message, status, headers };
}
