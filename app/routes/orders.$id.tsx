import { data, type MetaFunction } from "@remix-run/node";
import { Link, useLoaderData } from "@remix-run/react";
import { formatMoment } from "#app/words/moment.ts";
import { PAYMENT } from "#app/components/payment.ts";
import { Picture } from "#app/components/picture.tsx";
import { page } from "#app/http/page.server.ts";
import { getReaders } from "#app/http/buyer.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import { useTellBought } from "#app/live/bought.ts";
import { getItem } from "#app/shop/catalogue.server.ts";
import { isUuid } from "#app/shop/item.ts";
import { formatPrice } from "#app/shop/money.ts";
import { getOrder } from "#app/shop/orders.server.ts";

/** The receipt, for its buyer. Anyone else's looks like one that never was. */
export const loader = page(async ({ params }) => {
  const order = isUuid(params.id) ? await getOrder(params.id, getReaders()) : undefined;
  const item = order && (await getItem(order.itemId));
  if (!order || !item) throw notFound("order");
  const { picture, pictureAlt } = item;
  // As it was sold, whatever it is called now.
  const name = order.name ?? item.name;
  return data({ order, item: { name, picture, pictureAlt } }, { headers: { "Cache-Control": "private, no-store" } });
});

export const headers = ({ loaderHeaders }: { loaderHeaders: Headers }) => loaderHeaders;

export const meta: MetaFunction<typeof loader> = ({ data: page }) => [
  { title: page ? `Receipt: ${page.item.name} · Lastone` : "Lastone" },
];

export default function Receipt() {
  const { order, item } = useLoaderData<typeof loader>();
  useTellBought(order.itemId);
  const price = { amount: order.price.amount * order.quantity, currency: order.price.currency };
  return (
    <article
      className="grid gap-x-8 gap-y-6 sm:grid-cols-2 sm:grid-rows-[auto_1fr] lg:grid-cols-[minmax(0,1.1fr)_minmax(0,1fr)] lg:gap-x-14 print:block"
      data-receipt
    >
      <div className="sm:col-start-2">
        {/* The focus arrives on the heading, so the news stands in it: a screen reader hears it first. */}
        <h1 className="font-display text-4xl font-semibold tracking-tight text-balance lg:text-5xl">
          <span className="mb-1 block text-good">{order.quantity === 1 ? "It’s yours." : "They’re yours."}</span>
          <span className="block">{item.name}</span>
        </h1>
        <p className="mt-3 flex gap-x-[0.3em] text-lg text-quiet">
          <span>Order No.</span>
          <span data-number translate="no" className="tabular-nums">
            {order.number}
          </span>
        </p>
      </div>
      <Picture
        item={item}
        className="h-[38svh] sm:col-start-1 sm:row-span-2 sm:row-start-1 sm:aspect-square sm:h-auto sm:self-start print:float-right print:size-40"
      />
      <div className="sm:col-start-2">
        <dl className="divide-y divide-line border-y border-line">
          <Line term="Quantity">{order.quantity}</Line>
          <Line term="To pay">{formatPrice(price)}</Line>
          <Line term="Ordered">
            <time dateTime={order.placedAt.toISOString()}>{formatMoment(order.placedAt)}</time>
          </Line>
          <Line term="Order ID">
            <span className="text-sm break-all">{order.id}</span>
          </Line>
        </dl>
        <p className="mt-4 text-quiet">{PAYMENT}</p>
        <p className="mt-6 flex flex-wrap gap-3 print:hidden">
          <Link to={`/items/${order.itemId}`} className="button-quiet">
            Back to the item
          </Link>
          <Link to="/" className="button-quiet">
            Back to the shop
          </Link>
        </p>
      </div>
    </article>
  );
}

function Line({ term, children }: { term: string; children: React.ReactNode }) {
  return (
    <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 py-3">
      <dt className="text-quiet">{term}</dt>
      <dd translate="no" className="font-medium tabular-nums">
        {children}
      </dd>
    </div>
  );
}
