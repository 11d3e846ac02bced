import { Link } from "@remix-run/react";
import { useTellBought } from "#app/live/bought.ts";
import type { ReceiptPage } from "#app/pages/order.server.ts";
import { besideNumber, type Words } from "#app/words/words.ts";
import { useWords } from "./document.tsx";
import { Moment } from "./moment.tsx";
import { Share } from "./share.tsx";
import { useShop } from "./shop.ts";
import { useAskAgain, useReadOnReturn } from "./ask-again.ts";
import { Facts, Line } from "./facts.tsx";
import { Picture } from "./picture.tsx";

/** Seconds until a page without a script asks whether the card was charged. */
const LOOK_EVERY = 3;

export function Receipt({ page }: { page: ReceiptPage }) {
  const { order, item, edition, payment, isBack, certificate, byLink } = page;
  const words = useWords();
  const { receipt: say, frame } = words;
  const shop = useShop();
  useTellBought(order.itemId);
  const outcome = (
    <p className="mt-4 text-pretty text-quiet" data-payment={payment?.status ?? "none"}>
      {sayingOf(page, words)}
    </p>
  );
  const price = { amount: order.price.amount * order.quantity, currency: order.price.currency };
  /** What of it is still its buyer's, or was. */
  const units = isBack ? order.quantity : order.quantity - page.back;
  const beside = besideNumber(words, edition, units);
  const isWaiting = payment?.status === "authorised";
  useAskAgain(isWaiting);
  useReadOnReturn();
  return (
    <>
      {isWaiting && (
        <noscript>
          <meta httpEquiv="refresh" content={String(LOOK_EVERY)} />
        </noscript>
      )}
      <article
        className="grid gap-x-8 gap-y-6 sm:grid-cols-2 sm:grid-rows-[auto_1fr] lg:grid-cols-[minmax(0,1.1fr)_minmax(0,1fr)] lg:gap-x-14 print:flex print:flex-col print:items-center print:gap-y-5 print:border-4 print:border-double print:border-quiet print:p-8 print:text-center"
        data-receipt
      >
        {/* On paper the page's own head and foot are left out. */}
        <p className="hidden whitespace-pre-line print:block" data-seller>
          {[shop.name, shop.address, shop.email].filter((line) => line !== "").join("\n")}
        </p>
        <div className="sm:col-start-2">
          {/* The focus arrives on the heading, so the news stands in it: a screen reader hears it first. */}
          <h1 className="font-display text-4xl font-semibold tracking-tight text-balance lg:text-5xl">
            <span className={`mb-1 block ${isBack ? "" : "text-good"}`}>
              {isBack ? say.notYours(units) : say.yours(units)}
            </span>
            <span className="block">
              <bdi>{item.name}</bdi>
            </span>
          </h1>
          <p className="mt-4 flex flex-wrap items-baseline gap-x-4 lg:mt-6 print:justify-center">
            <span
              className={`flex items-baseline gap-x-[0.2em] font-display font-semibold tracking-tight ${isBack ? "text-3xl text-quiet" : "text-7xl lg:text-9xl"}`}
            >
              <span className="text-[0.5em] whitespace-nowrap" data-number-label>
                {say.number}
              </span>
              <span data-number translate="no" className="tabular-nums">
                {order.number}
              </span>
            </span>
            {beside && <span className="text-lg text-quiet">{beside}</span>}
          </p>
          {isBack && outcome}
        </div>
        <Picture
          item={item}
          first
          sizes="(min-width: 40rem) 50vw, 100vw"
          className="aspect-square sm:col-start-1 sm:row-span-2 sm:row-start-1 sm:self-start print:size-56 print:self-center"
        />
        <div className="sm:col-start-2 print:w-full">
          <Facts>
            <Line term={say.quantity}>{units}</Line>
            <Line term={isBack ? say.price : payment?.status === "captured" ? say.paid : say.toPay}>
              {words.price(price)}
            </Line>
            <Line term={say.ordered}>
              <Moment at={order.placedAt} as="moment" />
            </Line>
          </Facts>
          {!isBack && outcome}
          {!isBack && <Next page={page} />}
          <p className="mt-6 flex flex-wrap gap-3 print:hidden">
            {!isBack && <Share text={say.mine(item.name, order.number)} path={`/items/${order.itemId}`} />}
            {certificate && (
              <a href={certificate} download className="button-quiet" data-certificate>
                {say.certificate}
              </a>
            )}
            <button type="button" className="button-quiet only-with-script" onClick={() => window.print()}>
              {say.print}
            </button>
            {!byLink && (
              <>
                <Link to={`/items/${order.itemId}`} className="button-quiet">
                  {frame.toItem}
                </Link>
                <Link to="/" className="button-quiet">
                  {frame.toShop}
                </Link>
              </>
            )}
          </p>
          <p className="mt-6 text-xs break-all text-quiet">
            <span>{`${say.id} `}</span>
            <span translate="no">{order.id}</span>
          </p>
        </div>
      </article>
    </>
  );
}

/** What a buyer may wait for, and where they can ask. */
function Next({ page: { mailed, item, order, back } }: { page: ReceiptPage }) {
  const { next: say } = useWords().receipt;
  const { email } = useShop();
  return (
    <section aria-labelledby="next" className="mt-6 print:hidden" data-next>
      <h2 id="next" className="font-display text-xl font-semibold tracking-tight">
        {say.title}
      </h2>
      <ul className="mt-2 list-disc space-y-1 pl-5 text-quiet">
        <li>{mailed ? say.mailed : say.here}</li>
        {item.ships && <li>{say.ships(order.quantity - back)}</li>}
        {email && <li>{say.questions(email)}</li>}
      </ul>
    </section>
  );
}

function sayingOf({ payment, isBack }: ReceiptPage, { receipt: say, item, price }: Words): string {
  if (!payment) return isBack ? say.takenBack : item.bySeller;
  if (payment.refunded > 0)
    return say.payment.refunded(price({ amount: payment.refunded, currency: payment.currency }));
  if (payment.status === "captured") return say.payment.captured;
  if (payment.status === "failed") return say.payment.failed;
  return payment.status === "cancelled" ? say.payment.cancelled : say.payment.authorised;
}
