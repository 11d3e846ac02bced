import { data, type MetaFunction } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { OrderSheet } from "#app/components/operator/order-sheet.tsx";
import { page } from "#app/http/page.server.ts";
import { answerOrder, orderPage } from "#app/pages/operator/orders.server.ts";
import { NOT_KEPT } from "#app/pages/operator/session.server.ts";
import { words } from "#app/words/operator-orders.ts";

export const loader = page(async ({ params }) => data(await orderPage(params.id), { headers: NOT_KEPT }));

export const action = page(({ params }) => answerOrder(params.id));

export const headers = () => NOT_KEPT;

export const meta: MetaFunction<typeof loader> = ({ data: page }) => [
  { title: page ? words.order.title(page.order.name, page.order.number) : words.list.title },
];

export default function OneOrder() {
  return <OrderSheet page={useLoaderData<typeof loader>()} message={useActionData<typeof action>()} />;
}
