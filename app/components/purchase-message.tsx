import { Link } from "@remix-run/react";
import { useEffect, useRef } from "react";
import { formatPrice, type Stock } from "#app/shop/item.ts";
import type { PurchaseOutcome } from "#app/shop/outcome.ts";
import { formatOpening } from "./moment.ts";

type Refused<Kind extends PurchaseOutcome["kind"]> = Extract<PurchaseOutcome, { kind: Kind }>;

/** What came of a purchase that made no order. Busy, the key names the attempt that can be sent again. */
export type Message =
  | Refused<"sold_out" | "not_enough" | "limit_reached" | "not_open" | "paused" | "price_changed">
  | (Refused<"busy"> & { key: string });

/** Says what happened and what to do next, to eyes and to screen readers. It goes with the stock, which may have changed since. */
export function PurchaseMessage({ message, stock }: { message: Message; stock: Stock }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), [message]);
  const { title, next } = wording(message, stock);
  return (
    <div
      ref={box}
      tabIndex={-1}
      role="alert"
      data-message={message.kind}
      className="mb-6 rounded-2xl border border-line bg-card p-5"
    >
      <p className="font-display text-xl font-semibold">{title}</p>
      <p className="mt-1 text-pretty text-quiet">{next}</p>
      {isAboutStock(message) && stock.state === "sold_out" && (
        <p className="mt-3">
          <Link to="/" className="link">
            See what is left in the shop
          </Link>
        </p>
      )}
    </div>
  );
}

/** Whether the stock was the reason, so that this is where a visitor hears of it. */
export function isAboutStock(message: Message): message is Message & { kind: "sold_out" | "not_enough" | "not_open" } {
  return message.kind === "sold_out" || message.kind === "not_enough" || message.kind === "not_open";
}

/** No quantity is in it: the page tells that, and an alert would be read out again with each. */
function wording(message: Message, stock: Stock): { title: string; next: string } {
  if (isAboutStock(message) && stock.state === "sold_out") {
    return { title: "Sold out", next: "Somebody was quicker. You were not charged, and nothing was ordered." };
  }
  if (isAboutStock(message) && stock.state === "not_open") {
    const opening = message.kind === "not_open" ? ` The sale opens ${formatOpening(message.opensAt)}.` : "";
    return { title: "Not open yet", next: `Nothing was ordered.${opening}` };
  }
  switch (message.kind) {
    case "sold_out":
      return { title: "It was sold out a moment ago", next: "There is stock again now, so try once more." };
    case "not_enough":
      return stock.quantity > message.stock.quantity
        ? {
            title: "There were too few a moment ago",
            next: "Nothing was ordered. There are more now, so try once more.",
          }
        : { title: "Not that many are left", next: "Nothing was ordered. You can still buy fewer." };
    case "limit_reached":
      return {
        title: `At most ${message.limit} for one ${message.per}`,
        next:
          message.per === "order"
            ? "Nothing was ordered. Choose fewer and buy again."
            : "Nothing more was ordered, so that others get one too.",
      };
    case "not_open":
      return {
        title: "It was not open a moment ago",
        next: "Nothing was ordered. The sale is open now, so try once more.",
      };
    case "price_changed":
      return {
        title: `The price is now ${formatPrice(message.now)}`,
        next: `This page showed ${formatPrice(message.was)}. Nothing was ordered. Buy again if you want it at the new price.`,
      };
    case "paused":
      return { title: "Sales are paused", next: "Nothing was ordered. This page shows when the sale goes on." };
    case "busy":
      return {
        title: "The till is busy",
        next: `${message.certain ? "This press bought nothing." : "We cannot see yet how it ended."} Press again in a moment: it is the same attempt and cannot buy twice.`,
      };
    default:
      return message satisfies never;
  }
}
