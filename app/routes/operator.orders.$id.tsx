import { data, type MetaFunction } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { OrderSheet } from "#app/components/operator/order-sheet.tsx";
import { page } from "#app/http/page.server.ts";
import { answerOrder, orderPage } from "#app/pages/operator/orders.server.ts";
import { NOT_KEPT } from "#app/pages/operator/session.server.ts";
import { words } from "#app/words/operator-orders.ts";

export const loader = page(async ({ params }) => data(await orderPage(params.id), { headers: NOT_KEPT }));

export const action = page(({ params }) => answerOrder(params.id));

// After a refusal, too: it says that there is something else now than this page shows.
export const shouldRevalidate = () => true;

export const headers = () => NOT_KEPT;

export const meta: MetaFunction<typeof loader> = ({ data: page }) => [
  { title: page ? words.order.title(page.order.name, page.order.number) : words.list.title },
];

export default function OneOrder() {
  const page = useLoaderData<typeof loader>();
  return <OrderSheet key={page.order.id} page={page} message={useActionData<typeof action>()} />;
}
