import { Link } from "@remix-run/react";
import type { Message, Refused } from "#app/pages/press.server.ts";
import type { Stock } from "#app/shop/item.ts";
import { formatPrice } from "#app/shop/money.ts";
import { formatOpening } from "#app/words/moment.ts";
import { useFocus } from "./use-focus.ts";
import type { Wait } from "./wait.ts";

interface Props {
  message: Message;
  stock: Stock;
  wait: Wait;
}

/** Says what happened and what to do next, to eyes and to screen readers. It goes with the stock, which may have changed since. */
export function PurchaseMessage({ message, stock, wait }: Props) {
  const box = useFocus<HTMLDivElement>(message);
  const { title, next } = wording(message, stock, wait);
  return (
    <div
      ref={box}
      tabIndex={-1}
      role="alert"
      data-message={message.kind}
      className="mb-4 rounded-2xl border border-line bg-card p-4 sm:p-5"
    >
      <p className="font-display text-xl font-semibold">{title}</p>
      <p className="mt-1 text-pretty text-quiet">{next}</p>
      {isLost(message, stock) && (
        <p className="mt-4">
          <Link to="/" className="button w-full">
            See what’s still available
          </Link>
        </p>
      )}
    </div>
  );
}

/** Whether it is certain that nothing was bought. Then this is where a visitor hears of the stock: to try again helps no more when it is gone. */
export function isRefused(message: Message): message is Exclude<Message, { kind: "busy" }> {
  return message.kind !== "busy";
}

/** Whether it is gone: then the next thing is another item, and no button that cannot be pressed. */
export function isLost(message: Message, stock: Stock): boolean {
  return isRefused(message) && stock.state === "sold_out";
}

/** No quantity of the stock is in it: the page tells that, and an alert would be read out again with each. */
function wording(message: Message, stock: Stock, wait: Wait): { title: string; next: string } {
  if (isLost(message, stock)) {
    return { title: "Someone else got there first", next: "It’s sold out, and nothing was ordered." };
  }
  if (isRefused(message) && stock.state === "not_open") {
    const opening = message.kind === "not_open" ? ` The sale opens ${formatOpening(message.opensAt)}.` : "";
    return { title: "Not open yet", next: `Nothing was ordered.${opening}` };
  }
  if (isRefused(message) && stock.state === "closed") {
    return { title: "The sale has closed", next: "Nothing was ordered." };
  }
  if (isRefused(message) && stock.state === "paused") {
    return { title: "Sales are paused", next: "Nothing was ordered. This page will tell you when they resume." };
  }
  if (isRefused(message) && stock.state === "all_held") {
    return {
      title: "All of them are held",
      next: "Buyers are paying for the last ones. Nothing was ordered. This page will tell you when one comes back.",
    };
  }
  switch (message.kind) {
    case "all_held":
      return { title: "One came back", next: "All were held a moment ago, and nothing was ordered. Try again." };
    case "hold_open":
      return {
        title: "One is held for you already",
        next: "Nothing new was ordered. Pay for what is held for you, or give it back first.",
      };
    case "sold_out":
      return { title: "It’s back in stock", next: "It was sold out a moment ago, and nothing was ordered. Try again." };
    case "not_enough":
      return stock.quantity > message.stock.quantity
        ? {
            title: "There are more now",
            next: "There weren’t that many a moment ago, and nothing was ordered. Try again.",
          }
        : {
            title: "There aren’t that many left",
            next: "Nothing was ordered. Choose a smaller quantity and try again.",
          };
    case "limit_reached":
      return limitWording(message);
    case "not_open":
      return { title: "It’s open now", next: "It wasn’t a moment ago, and nothing was ordered. Try again." };
    case "closed":
      return { title: "It’s open again", next: "It had closed a moment ago, and nothing was ordered. Try again." };
    case "paused":
      return {
        title: "Sales have resumed",
        next: "They were paused a moment ago, and nothing was ordered. Try again.",
      };
    case "price_changed":
      return {
        title: `The price is now ${formatPrice(message.now)}`,
        next: `It was ${formatPrice(message.was)} on this page. Nothing was ordered. Buy again if you want it at the new price.`,
      };
    case "cookie_needed":
      return wait.waiting ? newHere(message, wait) : NOT_NEW_ANY_MORE;
    case "busy":
      return {
        title: "The till is busy",
        next: `${message.certain ? "Nothing was bought this time." : "We don’t know yet whether it went through."} Try again in a moment: it’s the same attempt and can’t buy twice.`,
      };
    default:
      return message satisfies never;
  }
}

function newHere({ retryAfterSeconds }: Refused<"cookie_needed">, { again }: Wait): { title: string; next: string } {
  const moment = retryAfterSeconds === 1 ? "a second" : `${retryAfterSeconds} seconds`;
  const limited = "This one is limited per person, and your browser is new here";
  return again
    ? { title: "One moment…", next: `${limited}. We’ll try again for you in ${moment}.` }
    : {
        title: "Just a moment",
        next: `${limited} or keeps no cookies. Nothing was ordered. Try again in ${moment}.`,
      };
}

const NOT_NEW_ANY_MORE = {
  title: "You can buy now",
  next: "Your browser was new here a moment ago, and nothing was ordered. Try again.",
};

function limitWording({ limit, per, owned, until }: Refused<"limit_reached">): { title: string; next: string } {
  if (until !== undefined)
    return {
      title: "Give others a chance",
      next: `${limit} were held from here and not paid for. Nothing was ordered. You can try again from ${formatOpening(new Date(until))}.`,
    };
  if (per === "order")
    return {
      title: `Limit: ${limit} per order`,
      next: "Nothing was ordered. Choose a smaller quantity and try again.",
    };
  if (per === "address")
    return {
      title: "The limit for your network is reached",
      next: `Buyers from one network can have ${limit} of these. Nothing was ordered.`,
    };
  return {
    title: `Limit: ${limit} per person`,
    next:
      owned === 0
        ? "Nothing was ordered. Choose a smaller quantity and try again."
        : `You have ${owned}. You can buy ${limit - owned} more. This order wasn’t placed.`,
  };
}
