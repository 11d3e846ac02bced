import { data, type MetaFunction } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { Checkout } from "#app/components/checkout.tsx";
import { Receipt } from "#app/components/receipt.tsx";
import { languageIn, titleIn } from "#app/components/shop.ts";
import { page } from "#app/http/page.server.ts";
import { answerForm } from "#app/pages/answer-page.server.ts";
import { checkoutStep } from "#app/pages/checkout-step.server.ts";
import { type CheckoutPage, orderPage, type ReceiptPage } from "#app/pages/order.server.ts";
import { wordsIn, type Words } from "#app/words/words.ts";

/** What is held for its buyer, and later the receipt. Anyone else's looks like one that never was. */
export const loader = page(async ({ params }) =>
  data(await orderPage(params), { headers: { "Cache-Control": "private, no-store" } }),
);

export const action = page(({ params }) => answerForm(checkoutStep, params));

// The answer to a step keeps its own status, and its Retry-After.
export const headers = ({ actionHeaders, loaderHeaders }: { actionHeaders: Headers; loaderHeaders: Headers }) =>
  actionHeaders.has("Retry-After") ? actionHeaders : loaderHeaders;

export const meta: MetaFunction<typeof loader> = ({ data: shown, matches }) => [
  { title: titleIn(matches, shown && titleOf(shown, wordsIn(languageIn(matches)))) },
];

function titleOf(shown: ReceiptPage | CheckoutPage, { receipt, checkout }: Words): string {
  if (shown.kind === "receipt") return receipt.title(shown.item.name);
  const { hold, item } = shown;
  return hold.state === "open" ? checkout.title(item.name) : checkout.ended[hold.why ?? "operator"].title;
}

export default function OrderPage() {
  const shown = useLoaderData<typeof loader>();
  const message = useActionData<typeof action>();
  return shown.kind === "receipt" ? <Receipt page={shown} /> : <Checkout page={shown} message={message} />;
}
