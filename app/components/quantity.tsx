import { type ReactNode, useState } from "react";
import { isLastOne, isScarce, type Item, type ItemState, type Stock } from "#app/shop/item.ts";
import type { Words } from "#app/words/words.ts";
import { useWords } from "./document.tsx";
import { useTimes } from "./moment.tsx";

/** Sighted visitors see the quantity while there is stock, and otherwise the state. The other stays for screen readers and programs. */
const LOOK: Record<ItemState, { state: string; quantity: string }> = {
  available: { state: "sr-only", quantity: "" },
  all_held: { state: "tag inset-ring inset-ring-quiet", quantity: "sr-only" },
  sold_out: { state: "tag bg-line text-quiet", quantity: "sr-only" },
  paused: { state: "tag inset-ring inset-ring-quiet", quantity: "text-quiet" },
  closed: { state: "tag bg-line text-quiet", quantity: "sr-only" },
  not_open: { state: "tag inset-ring inset-ring-quiet", quantity: "text-quiet" },
};

/**
 * Units left, of as many as there were: the number, which rolls when it changes while the page is open. It stands in an element of its own,
 * and no translator may touch it: one that wrapped it would keep the old number, or break the page when React changes it.
 */
export function Quantity({ stock, of }: { stock: Stock; of: number }) {
  const { quantity, version, state } = stock;
  const [last, setLast] = useState({ quantity, changes: 0 });
  if (quantity !== last.quantity) setLast({ quantity, changes: last.changes + 1 });
  const { stock: say } = useWords();
  const scarce = isScarce(stock, of);
  const words = leftOf(say, state, quantity, of);
  return (
    <span
      className={`inline-flex flex-wrap gap-x-[0.3em] ${LOOK[state].quantity} ${scarce ? "text-accent" : ""}`}
      data-scarce={scarce || undefined}
    >
      {isLastOne(stock, of) && <span>{`${say.last},`}</span>}
      <span className="relative isolate tabular-nums">
        {/* A new element begins its animation. */}
        {last.changes > 0 && <span key={last.changes} className="changed" aria-hidden="true" />}
        <span
          data-quantity
          data-version={version}
          translate="no"
          // Of two that look alike, the other one: the same would not begin again.
          className={last.changes === 0 ? "" : last.changes % 2 === 1 ? "rolls" : "rolls-again"}
        >
          {quantity}
        </span>
      </span>
      <span key={words}>{words}</span>
    </span>
  );
}

/** Before the opening nothing has gone yet, so nothing is "left". After a restock there may be more than the edition had. */
function leftOf(say: Words["stock"], state: ItemState, quantity: number, of: number): string {
  if (state === "not_open") return say.pieces(quantity);
  return quantity < of ? say.leftOf(of) : say.left;
}

/** How much of it is left, and how much of it is held for buyers who pay, as a line. The numbers stand beside it. */
export function EditionBar({ stock, of }: { stock: Stock; of: number }) {
  const whole = Math.max(of, stock.quantity + stock.held);
  return (
    <svg
      viewBox="0 0 100 1"
      preserveAspectRatio="none"
      aria-hidden="true"
      data-edition-bar
      className={`edition-bar ${isScarce(stock, of) ? "text-accent" : "text-good"}`}
    >
      <rect className="text-line" width="100" height="1" fill="currentColor" />
      <rect width={share(stock.quantity + stock.held, whole)} height="1" fill="currentColor" opacity="0.4" />
      <rect width={share(stock.quantity, whole)} height="1" fill="currentColor" />
    </svg>
  );
}

/** In hundredths. What is not nothing is seen. */
function share(units: number, whole: number): number {
  return units === 0 ? 0 : Math.max(1, Math.round((units / whole) * 1_000) / 10);
}

/** With `opensAt` where the page does not tell the moment itself. */
export function StateLabel({ stock: { state, version }, opensAt }: { stock: Stock; opensAt?: Item["opensAt"] }) {
  const words = useWords();
  const times = useTimes();
  const told =
    state === "not_open" && opensAt ? words.window.opens(times.openingSoon(opensAt)) : words.stock.state[state];
  return (
    // An element of its own for each text: a translator that has wrapped the first would keep it.
    <span key={told} data-state={state} data-version={version} className={LOOK[state].state}>
      {told}
    </span>
  );
}

/** What it stands around beats when an item opens or sells out while the page is open. */
export function Beat({
  of: state,
  className = "inline-block",
  children,
}: {
  of: ItemState;
  className?: string;
  children: ReactNode;
}) {
  const [last, setLast] = useState({ state, changes: 0 });
  if (state !== last.state) setLast({ state, changes: last.changes + 1 });
  return (
    // A new element begins its animation.
    <span key={last.changes} className={`${className} ${last.changes > 0 ? "beat" : ""}`}>
      {children}
    </span>
  );
}
