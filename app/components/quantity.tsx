import { useState } from "react";
import type { ItemState, Stock } from "#app/shop/item.ts";

const STATE_LABEL: Record<ItemState, string> = { available: "Available", sold_out: "Sold out", not_open: "Not open yet" };

/** Units left: the number, marked for a moment when it changes while the page is open. */
export function Quantity({ stock }: { stock: Stock }) {
  return (
    <span className="tabular-nums">
      <span data-quantity data-version={stock.version}>
        <Changing text={String(stock.quantity)} />
      </span>{" "}
      left
    </span>
  );
}

export function StateLabel({ stock }: { stock: Stock }) {
  const last = stock.state === "available" && stock.quantity === 1;
  return (
    <span data-state={stock.state} data-version={stock.version} className={stock.state === "available" ? "text-good" : "text-quiet"}>
      <Changing text={last ? "The last one" : STATE_LABEL[stock.state]} />
    </span>
  );
}

/** Begins its mark anew with each change: a new element begins its animation. */
function Changing({ text }: { text: string }) {
  const [first] = useState(text);
  const [changed, setChanged] = useState(false);
  if (!changed && text !== first) setChanged(true);
  return (
    <span key={text} className={changed ? "changed" : ""}>
      {text}
    </span>
  );
}
