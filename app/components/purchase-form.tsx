import { Form } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";
import { useHydrated } from "remix-utils/use-hydrated";
import type { Item, Stock } from "#app/shop/item.ts";
import { formatOpening } from "./moment.ts";

interface Props {
  item: Pick<Item, "name" | "maxPerOrder" | "opensAt" | "price">;
  stock: Stock;
  /** Names the attempt: however often the form is sent, it makes one order. */
  purchaseKey: string;
  buying: boolean;
  /** This attempt has been pressed without an outcome. It may be pressed again even when all is gone: what went may be its own. */
  undecided: boolean;
}

/** The one button. */
export function PurchaseForm({ item, stock, purchaseKey, buying, undecided }: Props) {
  const open = stock.state === "available" || undecided;
  const closed = !open && !buying;
  // Where a script can refuse, a closed form keeps its elements alive: `disabled` takes the focus off whoever waits there.
  const hydrated = useHydrated();
  const inert = closed && !hydrated;
  const most = stock.state === "available" ? Math.min(item.maxPerOrder, stock.quantity) : item.maxPerOrder;
  return (
    <Form method="post" data-purchase preventScrollReset onSubmit={(event) => closed && event.preventDefault()}>
      <input type="hidden" name="key" value={purchaseKey} />
      {/* The price that is shown: nobody is sold it at another. */}
      <input type="hidden" name="amount" value={item.price.amount} />
      <input type="hidden" name="currency" value={item.price.currency} />
      {item.maxPerOrder > 1 ? (
        <Units most={most} quiet={closed} disabled={inert} />
      ) : (
        <input type="hidden" name="quantity" value="1" />
      )}
      <button
        className={`button w-full sm:w-auto sm:min-w-64 ${closed ? "button-off" : ""}`}
        disabled={inert}
        aria-disabled={closed || buying || undefined}
      >
        {buying ? "Buying…" : undecided ? "Try again" : buttonLabel(stock)}
      </button>
      <p className="mt-3 -mb-2 min-h-6 text-quiet" role="status">
        {buying && <UnderWay stock={stock} />}
        {!buying && stock.state === "not_open" && item.opensAt && (
          <>
            Opens <time dateTime={item.opensAt.toISOString()}>{formatOpening(item.opensAt)}</time>.
          </>
        )}
      </p>
    </Form>
  );
}

/** The browser keeps the choice, which may be older than this script; it follows the stock down, and not up again. */
function Units({ most, quiet, disabled }: { most: number; quiet: boolean; disabled: boolean }) {
  const select = useRef<HTMLSelectElement>(null);
  const chosen = useRef<number>();
  useEffect(() => {
    if (!select.current) return;
    chosen.current = Math.min(chosen.current ?? Number(select.current.value), most);
    select.current.value = String(chosen.current);
  }, [most]);
  return (
    <label className={`mb-4 flex items-center gap-3 ${quiet ? "text-quiet" : ""}`}>
      Units
      <select
        ref={select}
        name="quantity"
        disabled={disabled}
        onChange={(event) => (chosen.current = Number(event.target.value))}
        className="min-h-11 rounded-lg border border-quiet bg-card px-3 text-inherit"
      >
        {Array.from({ length: most }, (_, index) => (
          <option key={index + 1}>{index + 1}</option>
        ))}
      </select>
    </label>
  );
}

/** For those who wait at the till while the stock goes. What went may well be theirs, so it takes nothing from them yet. */
function UnderWay({ stock }: { stock: Stock }) {
  const [pressedAt] = useState(stock.version);
  if (stock.version === pressedAt) return <span className="sr-only">Your purchase is under way.</span>;
  return (
    <span className="late" data-deciding>
      Your purchase is being decided.{" "}
      {stock.state === "sold_out" ? "It sold out just now, perhaps to you." : "The stock has just changed."}
    </span>
  );
}

function buttonLabel(stock: Stock): string {
  switch (stock.state) {
    case "available":
      return stock.quantity === 1 ? "Buy the last one" : "Buy";
    case "sold_out":
      return "Sold out";
    case "not_open":
      return "Not open yet";
    case "paused":
      return "Paused";
    default:
      return stock.state satisfies never;
  }
}
