import { Form, Link } from "@remix-run/react";
import { useState } from "react";
import { useHydrated } from "remix-utils/use-hydrated";
import type { Item, Stock } from "#app/shop/item.ts";
import { formatClockAfter, formatOpening } from "#app/words/moment.ts";
import { PAYMENT } from "./payment.ts";
import { Units } from "./units.tsx";

interface Props {
  hidden: boolean;
  item: Pick<Item, "maxPerOrder" | "opensAt" | "payment" | "price">;
  stock: Stock;
  /** Units that this buyer may still own in this run, or null for no limit. */
  allowance: number | null;
  /** Names the attempt: however often the form is sent, it makes one order. */
  purchaseKey: string;
  buying: boolean;
  /** The press that is under way was probably lost, and may be made again. */
  unanswered: boolean;
  /** It was pressed too early, and can be pressed again in a moment. */
  waiting: boolean;
  /** This attempt has been pressed without an outcome. It may be pressed again even when all is gone: what went may be its own. */
  undecided: boolean;
}

/** The one button. */
export function PurchaseForm(props: Props) {
  const { hidden, item, stock, allowance, purchaseKey, buying, unanswered, waiting, undecided } = props;
  const open = stock.state === "available" || undecided;
  const closed = !open && !buying;
  // Where a script can refuse, a closed form keeps its elements alive: `disabled` takes the focus off whoever waits there.
  const hydrated = useHydrated();
  const inert = closed && !hydrated;
  const most = Math.min(
    item.maxPerOrder,
    allowance ?? Infinity,
    stock.state === "available" ? stock.quantity : Infinity,
  );
  return (
    <Form
      method="post"
      data-purchase
      hidden={hidden}
      preventScrollReset
      onSubmit={(event) => (closed || waiting) && event.preventDefault()}
    >
      <input type="hidden" name="key" value={purchaseKey} />
      {/* The price that is shown: nobody is sold it at another. */}
      <input type="hidden" name="amount" value={item.price.amount} />
      <input type="hidden" name="currency" value={item.price.currency} />
      <div className="flex items-end gap-3">
        {item.maxPerOrder > 1 ? (
          <Units most={most} quiet={closed} disabled={inert} />
        ) : (
          <input type="hidden" name="quantity" value="1" />
        )}
        <button
          className={`button flex-1 ${closed || (waiting && hydrated) ? "button-off" : ""}`}
          disabled={inert}
          aria-disabled={closed || (waiting && hydrated) || (buying && !unanswered) || undefined}
        >
          {buying && !unanswered ? "Buying…" : buying || undecided ? "Try again" : buttonLabel(stock)}
        </button>
      </div>
      <div className="mt-2 min-h-5 text-sm text-quiet">
        <p role="status">{buying && <UnderWay stock={stock} unanswered={unanswered} />}</p>
        {!buying && <Note stock={stock} item={item} />}
      </div>
    </Form>
  );
}

/** What to know before the press. Not announced: it changes with the state, which is told elsewhere. */
function Note({ stock: { state, nextReleaseAt }, item: { opensAt, payment, price } }: Pick<Props, "stock" | "item">) {
  if (state === "sold_out")
    return (
      <p>
        <Link to="/" className="link">
          See what’s still available
        </Link>
      </p>
    );
  if (state === "not_open" && opensAt)
    return (
      <p>
        <time dateTime={opensAt.toISOString()}>{`Opens ${formatOpening(opensAt)}.`}</time>
      </p>
    );
  if (state === "all_held" && nextReleaseAt)
    return (
      <p>
        <span>Buyers are paying for the last ones. This page tells you if one comes back, at the earliest at </span>
        <time dateTime={nextReleaseAt}>{formatClockAfter(new Date(nextReleaseAt))}</time>.
      </p>
    );
  if (state === "closed") return <p>The sale has closed.</p>;
  if (state === "paused") return <p>Sales are paused. This page will tell you when they resume.</p>;
  return <p>{payment === "card" && price.amount > 0 ? "It’s kept for you while you pay by card." : PAYMENT}</p>;
}

/** For those who wait at the till while the stock goes. What went may well be theirs, so it takes nothing from them yet. */
function UnderWay({ stock, unanswered }: { stock: Stock; unanswered: boolean }) {
  const [pressedAt] = useState(stock.version);
  if (unanswered) return <span data-unanswered>No answer yet. Press again: it can’t buy twice.</span>;
  if (stock.version === pressedAt) return <span className="sr-only">Placing your order…</span>;
  return (
    <span className="late" data-deciding>
      {stock.state === "sold_out"
        ? "Confirming your order… It has just sold out, and you may be the one who got it."
        : "Confirming your order… The stock has just changed."}
    </span>
  );
}

function buttonLabel(stock: Stock): string {
  switch (stock.state) {
    case "available":
      return stock.quantity === 1 ? "Buy the last one" : "Buy";
    case "all_held":
      return "All held";
    case "sold_out":
      return "Sold out";
    case "not_open":
      return "Not open yet";
    case "closed":
      return "Closed";
    case "paused":
      return "Paused";
    default:
      return stock.state satisfies never;
  }
}
