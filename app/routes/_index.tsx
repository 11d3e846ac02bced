import type { MetaFunction } from "@remix-run/node";
import { Link, useLoaderData } from "@remix-run/react";
import { type ComponentType, memo } from "react";
import { SaleCountdown } from "#app/components/countdown.tsx";
import { useWords } from "#app/components/document.tsx";
import { LiveBadge } from "#app/components/live-badge.tsx";
import { useTimes } from "#app/components/moment.tsx";
import { Picture } from "#app/components/picture.tsx";
import { Beat, EditionBar, Quantity, StateLabel } from "#app/components/quantity.tsx";
import { useReadAgain } from "#app/components/read-again.ts";
import { sharedLink, shopData } from "#app/components/shared-link.ts";
import { originIn, shopIn, titleIn, useShop } from "#app/components/shop.ts";
import { StockNews } from "#app/components/stock-news.tsx";
import { Story } from "#app/components/story.tsx";
import { page } from "#app/http/page.server.ts";
import { useLiveItems } from "#app/live/use-live-items.ts";
import { readPage } from "#app/pages/answer-page.server.ts";
import { arrange } from "#app/pages/arrangement.ts";
import { type Shown, shopWindow } from "#app/pages/window.server.ts";
import { isLastOne, isOver, type Stock } from "#app/shop/item.ts";

export const loader = page(({ params }) => readPage(shopWindow, params));

export const meta: MetaFunction<typeof loader> = ({ data: page, matches }) => {
  const [shop, origin] = [shopIn(matches), originIn(matches)];
  const { name, headline, intro } = shop;
  const tags = [{ title: titleIn(matches) }, { name: "description", content: intro }];
  if (!page) return tags;
  return [
    ...tags,
    ...sharedLink(
      { type: "website", title: name, description: intro, path: "/", card: { path: page.card, alt: headline } },
      shop,
      origin,
    ),
    ...shopData(shop, origin),
  ];
};

interface Seen extends Shown {
  /** Where it has closed: a stock tells of a closing that is to come. */
  closedAt: Date | null;
}

export default function ShopWindow() {
  const { items, renderedAt } = useLoaderData<typeof loader>();
  const { window: say } = useWords();
  const { headline, intro } = useShop();
  const live = useLiveItems(items, renderedAt.moment);
  useReadAgain(live.catalogueChanges);
  const shown = new Map(items.map((item) => [item.id, item]));
  const { leads, cards, gone } = arrange(items);
  const each = (ids: string[], as: ComponentType<{ item: Seen }>) =>
    ids.map((id) => {
      const item = shown.get(id);
      return item && <Entry key={id} as={as} item={item} stock={live.stockOf(id)} />;
    });
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
          {say.empty}
        </p>
      )}
      {leads.length > 0 && (
        <ul className="mt-8 grid gap-y-12 lg:mt-10 lg:gap-y-20" data-leads>
          {each(leads, Lead)}
        </ul>
      )}
      {cards.length > 0 && <ul className="cards mt-12 lg:mt-16">{each(cards, Card)}</ul>}
      {gone.length > 0 && (
        <section id="gone" className="mt-14 lg:mt-20">
          <h2 className="font-display text-2xl font-semibold tracking-tight">{say.gone}</h2>
          <ul className="mt-4 border-t border-line" data-gone>
            {each(gone, GoneItem)}
          </ul>
        </section>
      )}
      <StockNews items={items.map(({ id, name, state }) => ({ id, name, state: live.stockOf(id)?.state ?? state }))} />
    </>
  );
}

/** Only what has changed is drawn again: an item that opens or sells would otherwise draw all the others, too. */
const Entry = memo(function Entry({
  as: Draw,
  item,
  stock,
}: {
  as: ComponentType<{ item: Seen }>;
  item: Shown;
  stock: Stock | undefined;
}) {
  return <Draw item={{ ...item, closedAt: item.closesAt, closesAt: null, ...stock }} />;
});

/** A drop of its own, or the one that all the others stand behind. */
function Lead({ item }: { item: Shown }) {
  const { window: say } = useWords();
  return (
    <li
      data-item={item.id}
      className="group stirs relative grid items-center gap-x-10 gap-y-5 sm:grid-cols-2 lg:gap-x-14"
    >
      <Picture
        item={item}
        cut
        first
        sizes="(min-width: 40rem) 50vw, 100vw"
        isOver={isOver(item)}
        className="aspect-square"
      />
      <div className="min-w-0">
        <p className="text-quiet">{say.edition(item.startingQuantity)}</p>
        <h2 className="mt-1 font-display text-4xl font-semibold tracking-tight text-balance lg:text-6xl">
          <Name item={item} />
        </h2>
        <p className="mt-2 text-lg text-pretty text-quiet lg:text-xl">
          <bdi>{item.tagline}</bdi>
        </p>
        {item.story && <Story html={item.story} className="mt-4 line-clamp-4" />}
        <Offer item={item} className="mt-5 gap-x-6 gap-y-1 text-lg" price="text-2xl font-semibold" />
        <SaleCountdown stock={item} sizes={{ awaited: "mt-5 text-5xl lg:text-7xl", later: "mt-5 text-2xl" }} told />
        <p className="mt-5">
          <Link
            to={`/items/${item.id}`}
            className={`relative min-h-13 w-full sm:w-auto ${item.state === "available" ? "button" : "button-quiet"}`}
          >
            {item.state !== "available" ? say.look : isLastOne(item, item.startingQuantity) ? say.getLast : say.get}
          </Link>
        </p>
      </div>
    </li>
  );
}

function Card({ item }: { item: Shown }) {
  return (
    <li data-item={item.id} className="group stirs relative">
      <Picture
        item={item}
        cut
        sizes="(min-width: 64rem) 33vw, (min-width: 40rem) 50vw, 100vw"
        isOver={isOver(item)}
        className="aspect-square"
      />
      <h2 className="mt-4 font-display text-2xl font-semibold tracking-tight">
        <Name item={item} />
      </h2>
      <p className="mt-1 text-quiet">
        <bdi>{item.tagline}</bdi>
      </p>
      <Offer item={item} opensAt={item.opensAt} className="mt-2 gap-x-4" price="font-medium" />
    </li>
  );
}

/** When it went, and how fast, or when it closed. */
function useWhenGone({ state, gone, closedAt }: Seen): { at: Date; told: string } | undefined {
  const { window: say } = useWords();
  const times = useTimes();
  if (state === "closed" && closedAt) return { at: closedAt, told: say.closedOn(times.day(closedAt)) };
  if (state !== "sold_out" || !gone) return undefined;
  const day = times.day(gone.at);
  return { at: gone.at, told: gone.seconds === null ? say.goneOn(day) : say.goneWithin(day, gone.seconds) };
}

/** It may come back while the page is open. */
function GoneItem({ item }: { item: Seen }) {
  const { window: say } = useWords();
  const when = useWhenGone(item);
  return (
    <li data-item={item.id} className="group stirs relative flex items-center gap-4 border-b border-line py-3">
      <Picture item={item} cut sizes="5rem" isOver={isOver(item)} className="size-16 shrink-0 rounded-xl sm:size-20" />
      {/* How it stands goes below where both side by side would break a word. */}
      <div className="flex min-w-0 flex-1 flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <div className="min-w-0 grow basis-40">
          <h3 className="font-display text-xl font-semibold tracking-tight">
            <Name item={item} />
          </h3>
          <p className="text-quiet">
            {say.edition(item.startingQuantity)}
            {when && (
              <>
                {" · "}
                <time key={when.told} dateTime={when.at.toISOString()}>
                  {when.told}
                </time>
              </>
            )}
          </p>
        </div>
        <p className="font-medium">
          <Stand item={item} />
        </p>
      </div>
    </li>
  );
}

/** All of what it stands in leads there. */
function Name({ item }: { item: Shown }) {
  return (
    <Link to={`/items/${item.id}`} className="cover">
      <bdi>{item.name}</bdi>
    </Link>
  );
}

/** `opensAt`: where the day stands nowhere else. */
interface Standing {
  item: Shown;
  opensAt?: Date | null;
}

/** What it costs, and how much of it there is. */
function Offer({ className, price, ...standing }: Standing & { className: string; price: string }) {
  const { item } = standing;
  const words = useWords();
  return (
    <>
      <div className={`flex flex-wrap items-baseline justify-between ${className}`}>
        <p data-price translate="no" className={`tabular-nums ${price}`}>
          {words.price(item.price)}
        </p>
        <p className="font-medium">
          <Stand {...standing} />
        </p>
      </div>
      <EditionBar stock={item} of={item.startingQuantity} />
    </>
  );
}

/** How many are left, or why none can be had. */
function Stand({ item, opensAt }: Standing) {
  return (
    <Beat of={item.state}>
      {item.state === "available" ? (
        <Quantity stock={item} of={item.startingQuantity} />
      ) : (
        <StateLabel stock={item} {...(opensAt && { opensAt })} />
      )}
    </Beat>
  );
}
