import { Link, useLoaderData } from "@remix-run/react";
import { LiveBadge } from "#app/components/live-badge.tsx";
import { Picture } from "#app/components/picture.tsx";
import { Quantity, StateLabel } from "#app/components/quantity.tsx";
import { useReadAgain } from "#app/components/read-again.ts";
import { useShop } from "#app/components/shop.ts";
import { StockNews } from "#app/components/stock-news.tsx";
import { page } from "#app/http/page.server.ts";
import { useLiveItems } from "#app/live/use-live-items.ts";
import { readPage } from "#app/pages/answer-page.server.ts";
import { shopWindow } from "#app/pages/window.server.ts";
import { formatPrice } from "#app/shop/money.ts";

export const loader = page(({ params }) => readPage(shopWindow, params));

export default function ShopWindow() {
  const { items, renderedAt } = useLoaderData<typeof loader>();
  const { headline, intro } = useShop();
  const live = useLiveItems(items, renderedAt.moment);
  useReadAgain(live.catalogueChanges);
  const shown = items.map((item) => ({ ...item, ...live.stockOf(item.id) }));
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-4">
        <div>
          <h1 className="font-display text-4xl font-semibold tracking-tight text-balance sm:text-6xl">{headline}</h1>
          <p className="mt-3 max-w-prose text-lg text-pretty text-quiet">{intro}</p>
        </div>
        <LiveBadge live={live} renderedAt={renderedAt} />
      </div>
      {items.length === 0 && (
        <p className="mt-16 text-center font-display text-2xl font-semibold text-quiet" data-empty>
          Nothing on sale yet. The first piece will appear here by itself.
        </p>
      )}
      <ul className="mt-10 grid grid-cols-1 gap-x-7 gap-y-11 min-[30rem]:grid-cols-2 lg:grid-cols-3">
        {shown.map((item) => (
          <li key={item.id} data-item={item.id} className="group relative">
            <Picture
              item={item}
              cut
              sizes="(min-width: 64rem) 22rem, (min-width: 30rem) 50vw, 100vw"
              soldOut={item.state === "sold_out"}
              className="aspect-square"
            />
            <h2 className="mt-4 font-display text-2xl font-semibold tracking-tight">
              <Link to={`/items/${item.id}`} className="cover">
                {item.name}
              </Link>
            </h2>
            <p className="mt-1 text-quiet">{item.tagline}</p>
            <div className="mt-2 flex items-baseline justify-between gap-4">
              <p data-price translate="no" className="tabular-nums">
                {formatPrice(item.price)}
              </p>
              <p className="font-medium">
                {item.state === "available" ? (
                  <Quantity stock={item} />
                ) : (
                  <StateLabel stock={item} opensAt={item.opensAt} />
                )}
              </p>
            </div>
          </li>
        ))}
      </ul>
      <StockNews items={shown} />
    </>
  );
}
