import { useState } from "react";
import type { ItemState, Stock } from "#app/shop/item.ts";

const STATE_LABEL: Record<ItemState, string> = { available: "Available", sold_out: "Sold out", not_open: "Not open yet" };

/** Units left: the number, marked for a moment when it changes while the page is open. */
export function Quantity({ stock: { quantity, version } }: { stock: Stock }) {
  const [last, setLast] = useState({ quantity, changes: 0 });
  if (quantity !== last.quantity) setLast({ quantity, changes: last.changes + 1 });
  return (
    <span className="relative isolate tabular-nums">
      {/* A new element begins its animation. */}
      {last.changes > 0 && <span key={last.changes} className="changed" aria-hidden="true" />}
      <span data-quantity data-version={version}>
        {quantity}
      </span>{" "}
      left
    </span>
  );
}

export function StateLabel({ stock }: { stock: Stock }) {
  const last = stock.state === "available" && stock.quantity === 1;
  return (
    <span data-state={stock.state} data-version={stock.version} className={stock.state === "available" ? "text-good" : "text-quiet"}>
      {last ? "The last one" : STATE_LABEL[stock.state]}
    </span>
  );
}
