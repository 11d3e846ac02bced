import { Link } from "@remix-run/react";
import type { CheckoutMessage } from "#app/pages/checkout-step.server.ts";
import type { CheckoutPage } from "#app/pages/order.server.ts";
import { sumOf } from "#app/shop/holds.ts";
import { useAskAgain, useReadOnReturn } from "./ask-again.ts";
import { useWords } from "./document.tsx";
import { Countdown, useSecondsLeft } from "./countdown.tsx";
import { Facts, Line } from "./facts.tsx";
import { Moment } from "./moment.tsx";
import { PayForm } from "./pay-form.tsx";
import { Picture } from "./picture.tsx";

/** Seconds until a page without a script asks what has become of the payment. */
const LOOK_EVERY = 3;

/** What is held, until when, and the way to pay for it. */
export function Checkout({ page, message }: { page: CheckoutPage; message: CheckoutMessage | undefined }) {
  const { hold, item, here, madeAt } = page;
  const { checkout: say, frame, price } = useWords();
  const left = useSecondsLeft(hold.expiresAt, madeAt) ?? 0;
  const isOpen = hold.state === "open";
  useAskAgain(page.unsettled || (isOpen && (page.confirming || left === 0)));
  useReadOnReturn();
  return (
    <>
      {/* Outside of the grid, where it would take a place. */}
      {(isOpen || page.unsettled) && (
        <noscript>
          <meta
            httpEquiv="refresh"
            content={`${page.confirming || page.unsettled ? LOOK_EVERY : left + 1}; url=${here}`}
          />
        </noscript>
      )}
      <article
        className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-4 sm:grid-cols-2 sm:grid-rows-[auto_1fr] sm:gap-x-8 lg:grid-cols-[minmax(0,1.1fr)_minmax(0,1fr)] lg:gap-x-14"
        data-checkout={page.confirming ? "confirming" : hold.state}
        data-why={hold.why ?? undefined}
      >
        <div className="sm:col-start-2">
          <Heading page={page} />
        </div>
        <Picture
          item={item}
          first
          sizes="(min-width: 40rem) 50vw, 5rem"
          className="size-20 sm:sticky sm:top-5 sm:col-start-1 sm:row-span-2 sm:row-start-1 sm:aspect-square sm:size-auto sm:self-start lg:top-8"
        />
        <div className="col-span-2 sm:col-span-1 sm:col-start-2">
          {isOpen && (
            <Facts>
              <Line term={say.toPay}>{price(sumOf(hold))}</Line>
              {!page.confirming && (
                <Line term={say.until}>
                  <span className="flex flex-wrap items-baseline justify-end gap-x-4">
                    <Moment at={hold.expiresAt} as="clock" />
                    <Countdown left={left} />
                  </span>
                </Line>
              )}
            </Facts>
          )}
          {isOpen && page.confirming && <Confirming page={page} />}
          {isOpen && !page.confirming && <PayForm page={page} message={message} />}
          {!isOpen && (
            <p className="mt-2">
              <Link to={`/items/${hold.itemId}`} className="button w-full">
                {frame.toItem}
              </Link>
            </p>
          )}
        </div>
      </article>
    </>
  );
}

function Heading({ page: { hold, item, confirming, unsettled, begun } }: { page: CheckoutPage }) {
  const { checkout: say } = useWords();
  const wording = unsettled ? say.unsettled : say.ended[hold.why ?? "operator"];
  const ended = hold.state === "open" ? undefined : wording;
  const title = ended?.title ?? (confirming ? say.confirming.title : say.heading(hold.quantity));
  return (
    <>
      <h1 className="font-display text-2xl font-semibold tracking-tight text-balance sm:text-3xl lg:text-5xl">
        <span className={`mb-1 block ${ended ? "" : "text-good"}`}>{title}</span>
        <span className="block text-lg sm:text-xl lg:text-3xl">
          <bdi>{item.name}</bdi>
        </span>
      </h1>
      {ended && <p className="mt-3 text-lg text-pretty text-quiet">{ended.text}</p>}
      {ended && begun && !unsettled && <p className="mt-2 text-sm text-pretty text-quiet">{say.endedLate}</p>}
    </>
  );
}

function Confirming({ page: { payHere } }: { page: CheckoutPage }) {
  const { checkout: say } = useWords();
  return (
    <div className="mt-6">
      <p role="status" className="text-lg text-pretty">
        {say.confirming.text}
      </p>
      <p className="mt-4">
        <Link to={payHere} className="button-quiet">
          {say.confirming.notPaid}
        </Link>
      </p>
    </div>
  );
}
