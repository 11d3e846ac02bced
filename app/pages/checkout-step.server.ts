import type { SubmissionResult } from "@conform-to/react";
import { parseWithZod } from "@conform-to/zod/v3";
import { contactForm } from "#app/checkout/contact-form.ts";
import { beginPayment } from "#app/checkout/begin-payment.server.ts";
import type { AnswerHeaders } from "#app/http/answer.ts";
import { readForm } from "#app/http/body.server.ts";
import { byKeyHere, getReaders } from "#app/http/buyer.server.ts";
import type { Params } from "#app/http/endpoint.server.ts";
import type { Exchange } from "#app/http/exchange.server.ts";
import { RETRY_AFTER } from "#app/http/faults.server.ts";
import { withinShop } from "#app/http/own-address.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import type { FormAnswer } from "#app/pages/answer-page.server.ts";
import { getItem } from "#app/shop/catalogue.server.ts";
import { release } from "#app/shop/holding.server.ts";
import { findHold } from "#app/shop/holds.server.ts";
import { isUuid } from "#app/shop/item.ts";

/** What came of a step of the checkout that stays on its page. */
export type CheckoutMessage =
  | { kind: "errors"; reply: SubmissionResult }
  | { kind: "limit"; limit: number; per: "person" | "hold" }
  | { kind: "away" | "busy" | "email" };

/** The checkout's two buttons: pay, and give it back. */
export async function checkoutStep(exchange: Exchange, { id }: Params): Promise<FormAnswer<CheckoutMessage>> {
  const fields = await readForm(exchange);
  const hold = isUuid(id) ? await findHold(id, getReaders()) : undefined;
  if (!hold) throw notFound("order");
  const here = `/orders/${hold.id}${byKeyHere()}`;
  if (fields.step === "release") {
    const outcome = await release(hold, "given_up");
    return outcome.kind === "busy" ? stay({ kind: "busy" }, 503) : go(here);
  }
  const item = await getItem(hold.itemId);
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  const read = parseWithZod(form, { schema: contactForm(item?.ships ?? false, exchange.language) });
  if (read.status !== "success") return stay({ kind: "errors", reply: read.reply() }, 400);
  const begun = await beginPayment(hold, { ...read.value, language: exchange.language }, here);
  switch (begun.kind) {
    case "pay":
      // By a whole load, wherever the page is: a script that follows the form would look for it among the shop's own.
      return go(withinShop(begun.payAt), { "X-Remix-Reload-Document": "true" });
    // The page says what has become of it.
    case "already_sold":
    case "hold_ended":
      return go(here);
    case "limit_reached":
      return stay({ kind: "limit", limit: begun.limit, per: begun.per }, 409);
    case "provider_away":
      return stay({ kind: "away" }, 503);
    case "email_refused":
      return stay({ kind: "email" }, 400);
    case "busy":
      return stay({ kind: "busy" }, 503);
    default:
      return begun satisfies never;
  }
}

function go(location: string, headers: AnswerHeaders = {}): FormAnswer<CheckoutMessage> {
  return { kind: "redirect", location, headers };
}

function stay(message: CheckoutMessage, status: number): FormAnswer<CheckoutMessage> {
  return { kind: "message", message, status, headers: status === 503 ? RETRY_AFTER : {} };
}
