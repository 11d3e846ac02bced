import type { MetaFunction } from "@remix-run/node";
import {
  type ShouldRevalidateFunction,
  useActionData,
  useLoaderData,
  useNavigation,
  useRevalidator,
} from "@remix-run/react";
import { useEffect } from "react";
import { SaleCountdown } from "#app/components/countdown.tsx";
import { useWords } from "#app/components/document.tsx";
import { useLastWord } from "#app/components/last-word.ts";
import { Held } from "#app/components/held.tsx";
import { LiveBadge } from "#app/components/live-badge.tsx";
import { InCheckout } from "#app/components/in-checkout.tsx";
import { InsteadOf } from "#app/components/instead.tsx";
import { Owned } from "#app/components/owned.tsx";
import { Pictures } from "#app/components/pictures.tsx";
import { PurchaseForm } from "#app/components/purchase-form.tsx";
import { isRefused, isLost, PurchaseMessage } from "#app/components/purchase-message.tsx";
import { Beat, EditionBar, Quantity, StateLabel } from "#app/components/quantity.tsx";
import { useReadAgain } from "#app/components/read-again.ts";
import { ResetForm } from "#app/components/reset-form.tsx";
import { productData, sharedLink } from "#app/components/shared-link.ts";
import { languageIn, originIn, shopIn, titleIn } from "#app/components/shop.ts";
import { ItemChanges } from "#app/components/item-changes.tsx";
import { Story } from "#app/components/story.tsx";
import { StockNews } from "#app/components/stock-news.tsx";
import { useUnanswered } from "#app/components/unanswered.ts";
import { useWait } from "#app/components/wait.ts";
import { page } from "#app/http/page.server.ts";
import { useBoughtElsewhere } from "#app/live/bought.ts";
import { useLiveItems } from "#app/live/use-live-items.ts";
import { itemPage } from "#app/pages/item.server.ts";
import { answerForm, readPage } from "#app/pages/answer-page.server.ts";
import { type Message, press } from "#app/pages/press.server.ts";
import { isOver, type Item, type Price } from "#app/shop/item.ts";
import { wordsIn } from "#app/words/words.ts";

export const loader = page(({ params }) => readPage(itemPage, params));

export const action = page(({ params }) => answerForm(press, params));

/** The price that is shown and that the form carries: what a refusal has just told may be newer than this page. */
function priceOf(item: Pick<Item, "price" | "edition">, message: Message | undefined): Price {
  return message?.kind === "price_changed" && message.stock.edition > item.edition ? message.now : item.price;
}

/** Where there is something to press, or may be: the button stands at the same place before and after an opening. */
function isForSale({ state }: Pick<Item, "state">): boolean {
  return state === "available" || state === "all_held" || state === "not_open";
}

function unitsOf(orders: { quantity: number }[]): number {
  return orders.reduce((units, { quantity }) => units + quantity, 0);
}

// A refusal says that the stock is not what this page shows, so the page is read again after it, too. Not while the shop is
// busy or its database away: that reading would fail, and put a failure in the place of the form that can be sent again.
export const shouldRevalidate: ShouldRevalidateFunction = ({ actionStatus }) => actionStatus !== 503;

// The answer to a purchase keeps its own status, and its Retry-After.
export const headers = ({ actionHeaders, loaderHeaders }: { actionHeaders: Headers; loaderHeaders: Headers }) =>
  actionHeaders.has("Retry-After") ? actionHeaders : loaderHeaders;

export const meta: MetaFunction<typeof loader> = ({ data: page, matches }) => {
  const title = titleIn(matches, page?.item.name);
  if (!page) return [{ title }];
  const { item, card } = page;
  const [shop, origin] = [shopIn(matches), originIn(matches)];
  const alt = `${item.name}, ${wordsIn(languageIn(matches)).price(item.price)}`;
  return [
    { title },
    { name: "description", content: item.tagline },
    ...sharedLink(
      {
        ...{ type: "product", title: item.name, description: item.tagline },
        ...{ path: `/items/${item.id}`, card: { path: card, alt } },
      },
      shop,
      origin,
    ),
    productData(item, shop, origin),
  ];
};

export default function ItemPage() {
  const { item, story, owned, placed, hold, purchaseKey, demo, instead, renderedAt } = useLoaderData<typeof loader>();
  const words = useWords();
  const message = useLastWord(useActionData<typeof action>() as Message | undefined);
  const buying = useNavigation().formAction?.split("?")[0] === `/items/${item.id}`;
  const units = unitsOf(owned);
  const allowance = item.limitPerBuyer === null ? null : Math.max(0, item.limitPerBuyer - units);
  // Whoever may own no more has no use for a form.
  const done = placed || allowance === 0;
  const isArchived = item.status === "archived";
  const told = done || buying || isArchived ? undefined : message;
  const price = priceOf(item, message);
  const unanswered = useUnanswered(buying);
  const live = useLiveItems(item, renderedAt.moment);
  useReadAgain(live.changesOf(item.id));
  useReadAgain(useBoughtElsewhere(item.id), 0);
  const stock = live.stockOf(item.id) ?? item;
  const wait = useWait(message, buying, !done && stock.state === "available");
  const { revalidate, state: revalidation } = useRevalidator();

  // A form belongs to a run. When another page started the next one, this page needs that run's form.
  useEffect(() => {
    // One at a time, since a second would break off the first; and not at once again, should an instance be behind.
    if (stock.run <= item.run || revalidation !== "idle") return;
    const soon = setTimeout(revalidate, 100);
    return () => clearTimeout(soon);
  }, [stock.run, item.run, revalidate, revalidation]);

  // As it came, so that an opening moves nothing: a countdown takes room from a phone's name and picture, and the name comes first.
  const pictureClass = `${item.state === "not_open" ? "h-[28svh]" : "h-[36svh]"} sm:aspect-square sm:h-auto sm:max-h-[calc(100svh-6rem)] lg:max-h-none`;
  return (
    <article
      key={item.id}
      className="gap-x-8 sm:grid sm:grid-cols-2 lg:grid-cols-[minmax(0,1.1fr)_minmax(0,1fr)] lg:gap-x-14"
    >
      <Pictures
        item={item}
        isOver={isOver({ state: stock.state, status: item.status })}
        className="mb-5 sm:sticky sm:top-5 sm:mb-0 sm:self-start lg:top-8"
        each={pictureClass}
      />
      {/* In one column the bar with the button may lie over the picture, so it stands in the article itself. */}
      <div className="contents sm:block">
        <LiveBadge live={live} renderedAt={renderedAt} />
        <h1 className="mt-3 font-display text-3xl font-semibold tracking-tight text-balance lg:mt-4 lg:text-5xl">
          <bdi>{item.name}</bdi>
        </h1>
        <p className="mt-1 text-lg text-quiet lg:mt-3">
          <bdi>{item.tagline}</bdi>
        </p>
        <div className={`mt-4 lg:mt-6 ${done || hold || told || isArchived || !isForSale(stock) ? "" : "buy-bar"}`}>
          <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 pt-2 text-lg">
            <p data-price translate="no" className="text-2xl font-semibold tabular-nums">
              {words.price(price)}
            </p>
            <p className="font-medium">
              {isArchived ? (
                <span data-state={stock.state}>{words.item.noLongerSold}</span>
              ) : (
                <Beat of={stock.state} className="flex items-baseline gap-x-3">
                  <StateLabel stock={stock} />
                  <Quantity stock={stock} of={item.startingQuantity} />
                </Beat>
              )}
            </p>
          </div>
          {!isArchived && <EditionBar stock={stock} of={item.startingQuantity} />}
          <InCheckout stock={stock} />
          {!isArchived && (
            <SaleCountdown
              stock={stock}
              sizes={{ awaited: "mb-3 text-4xl lg:mb-5 lg:text-5xl", later: "mb-3 text-2xl lg:mb-5" }}
            />
          )}
          {told && <PurchaseMessage message={told} stock={stock} wait={wait} />}
          {done && (
            <Owned
              itemId={item.id}
              orders={owned}
              units={units}
              limitReached={allowance === 0 ? (item.limitPerBuyer ?? undefined) : undefined}
              canBuyMore={stock.state === "available" && allowance !== 0}
              pressed={message !== undefined}
            />
          )}
          {!done && hold && <Held hold={hold} madeAt={renderedAt.moment} />}
          {isArchived && !done && !hold && <p data-archived>{words.item.archived}</p>}
          {!isArchived && !done && !hold && (
            <PurchaseForm
              // There is nothing to press for now. When there is stock again, the same form is back.
              hidden={told !== undefined && isLost(told, stock)}
              item={{ ...item, price }}
              stock={stock}
              allowance={allowance}
              purchaseKey={message?.kind === "busy" ? message.key : purchaseKey}
              buying={buying}
              unanswered={unanswered}
              waiting={wait.waiting}
              hasInstead={instead !== null}
              undecided={message?.kind === "busy"}
            />
          )}
        </div>
        {stock.state === "not_open" && stock.opensAt && !isArchived && (
          <p className="mt-1 text-sm text-quiet">
            <a href={`/items/${item.id}/opening.ics`} className="link inline-block py-1" download>
              {words.countdown.calendar}
            </a>
          </p>
        )}
        {instead && stock.state !== "available" && <InsteadOf instead={instead} />}
        <Story html={story} className="mt-6 lg:mt-8" />
        <ItemChanges changes={item.changes} />
        {demo && <ResetForm item={item} />}
        <StockNews items={[{ ...item, state: stock.state }]} hold={buying || (told !== undefined && isRefused(told))} />
      </div>
    </article>
  );
}
