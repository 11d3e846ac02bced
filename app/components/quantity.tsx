import { useState } from "react";
import type { Item, ItemState, Stock } from "#app/shop/item.ts";
import { formatOpeningDay } from "./moment.ts";

/** Eyes are told the quantity while there is some to buy, and else the state. The other stays for screen readers and programs. */
const LOOK: Record<ItemState, { label: string; state: string; quantity: string }> = {
  available: { label: "Available", state: "sr-only", quantity: "text-good" },
  sold_out: { label: "Sold out", state: "tag bg-line text-quiet", quantity: "sr-only" },
  paused: { label: "Paused", state: "tag inset-ring inset-ring-quiet", quantity: "text-quiet" },
  not_open: { label: "Opens later", state: "tag inset-ring inset-ring-quiet", quantity: "text-quiet" },
};

/** Units left: the number, marked for a moment when it changes while the page is open. */
export function Quantity({ stock: { quantity, version, state } }: { stock: Stock }) {
  const [last, setLast] = useState({ quantity, changes: 0 });
  if (quantity !== last.quantity) setLast({ quantity, changes: last.changes + 1 });
  return (
    <span className={LOOK[state].quantity}>
      <span data-quantity data-version={version} className="relative isolate tabular-nums">
        {/* A new element begins its animation. */}
        {last.changes > 0 && <span key={last.changes} className="changed" aria-hidden="true" />}
        {quantity}
      </span>{" "}
      left
    </span>
  );
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
