import { useState } from "react";
import type { Item, ItemState, Stock } from "#app/shop/item.ts";
import { formatOpeningDay } from "#app/words/moment.ts";

/** Sighted visitors see the quantity while there is stock, and otherwise the state. The other stays for screen readers and programs. */
const LOOK: Record<ItemState, { label: string; state: string; quantity: string }> = {
  available: { label: "Available", state: "sr-only", quantity: "text-good" },
  all_held: { label: "All held", state: "tag inset-ring inset-ring-quiet", quantity: "sr-only" },
  sold_out: { label: "Sold out", state: "tag bg-line text-quiet", quantity: "sr-only" },
  paused: { label: "Paused", state: "tag inset-ring inset-ring-quiet", quantity: "text-quiet" },
  not_open: { label: "Coming soon", state: "tag inset-ring inset-ring-quiet", quantity: "text-quiet" },
};

/**
 * Units left: the number, marked for a moment when it changes while the page is open. It stands in an element of its own,
 * and no translator may touch it: one that wrapped it would keep the old number, or break the page when React changes it.
 */
export function Quantity({ stock: { quantity, version, state } }: { stock: Stock }) {
  const [last, setLast] = useState({ quantity, changes: 0 });
  if (quantity !== last.quantity) setLast({ quantity, changes: last.changes + 1 });
  return (
    <span className={`inline-flex gap-x-[0.3em] ${LOOK[state].quantity}`}>
      <span className="relative isolate tabular-nums">
        {/* A new element begins its animation. */}
        {last.changes > 0 && <span key={last.changes} className="changed" aria-hidden="true" />}
        <span data-quantity data-version={version} translate="no">
          {quantity}
        </span>
      </span>
      <span>{unitsOf(state, quantity)}</span>
    </span>
  );
}

/** Before the opening nothing has gone yet, so nothing is "left". */
function unitsOf(state: ItemState, quantity: number): string {
  if (state !== "not_open") return "left";
  return quantity === 1 ? "piece" : "pieces";
}

/** With `opensAt` where the page does not tell the moment itself. */
export function StateLabel({ stock: { state, version }, opensAt }: { stock: Stock; opensAt?: Item["opensAt"] }) {
  const { label, state: look } = LOOK[state];
  return (
    <span data-state={state} data-version={version} className={look}>
      {state === "not_open" && opensAt ? `Opens ${formatOpeningDay(opensAt)}` : label}
    </span>
  );
}
