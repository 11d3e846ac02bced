import { data, type MetaFunction } from "@remix-run/node";
import { Link, useLoaderData } from "@remix-run/react";
import { formatMoment } from "#app/components/moment.ts";
import { page } from "#app/http/answer.server.ts";
import { getReaders } from "#app/http/buyer.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import { getItem } from "#app/shop/catalogue.server.ts";
import { isUuid } from "#app/shop/item.ts";
import { formatPrice } from "#app/shop/money.ts";
import { getOrder } from "#app/shop/orders.server.ts";

/** The receipt, for its buyer. Anyone else's looks like one that never was. */
export const loader = page(async ({ request, params }) => {
  const order = isUuid(params.id) ? await getOrder(params.id, await getReaders(request)) : undefined;
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
  const total = { amount: order.price.amount * order.quantity, currency: order.price.currency };
  return (
    <article
      className="grid gap-x-14 gap-y-8 lg:grid-cols-[minmax(0,1.1fr)_minmax(0,1fr)] lg:grid-rows-[auto_1fr]"
      data-receipt
    >
      <div className="lg:col-start-2">
        <p className="font-medium text-good" role="status">
          {order.quantity === 1 ? "It is yours." : "They are yours."}
        </p>
        <h1 className="mt-2 font-display text-4xl font-semibold tracking-tight text-balance sm:text-5xl">
          {item.name}
        </h1>
        <p className="mt-3 text-lg text-quiet">
          Order No. <span data-number>{order.number}</span> of sale No. {order.run}
        </p>
      </div>
      <img
        src={item.picture}
        alt={item.pictureAlt}
        width="800"
        height="800"
        className="aspect-square w-full rounded-2xl lg:col-start-1 lg:row-span-2 lg:row-start-1"
      />
      <div className="lg:col-start-2">
        <dl className="divide-y divide-line border-y border-line">
          <Line term="Units">{order.quantity}</Line>
          <Line term="Total">{formatPrice(total)}</Line>
          <Line term="When">
            <time dateTime={order.placedAt.toISOString()}>{formatMoment(order.placedAt)}</time>
          </Line>
          <Line term="Order ID">
            <span className="text-sm">{order.id}</span>
          </Line>
        </dl>
        <p className="mt-8 flex flex-wrap gap-4">
          <Link to={`/items/${order.itemId}`} className="button-quiet">
            Back to the item
          </Link>
          <Link to="/" className="button-quiet">
            To the shop window
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
      <dd className="font-medium tabular-nums">{children}</dd>
    </div>
  );
}
