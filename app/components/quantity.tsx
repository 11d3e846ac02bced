import { useState } from "react";
import type { ItemState, Stock } from "#app/shop/item.ts";

const STATE_LABEL: Record<ItemState, string> = { available: "Available", sold_out: "Sold out", not_open: "Not open yet" };

/** Units left: the number, marked for a moment when it changes while the page is open. */
export function Quantity({ stock }: { stock: Stock }) {
  const [firstVersion] = useState(stock.version);
  return (
    <span key={stock.version} className={`tabular-nums ${stock.version === firstVersion ? "" : "changed"}`}>
      <span data-quantity>{stock.quantity}</span> left
    </span>
  );
}

export function StateLabel({ stock }: { stock: Stock }) {
  const last = stock.state === "available" && stock.quantity === 1;
  return (
    <span data-state={stock.state} className={stock.state === "available" ? "text-good" : "text-quiet"}>
      {last ? "The last one" : STATE_LABEL[stock.state]}
    </span>
  );
}
