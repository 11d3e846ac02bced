import { Form, Link, useLocation } from "@remix-run/react";
import { useState } from "react";
import { useHydrated } from "remix-utils/use-hydrated";
import { isLastOne, type Item, type Stock } from "#app/shop/item.ts";
import type { Words } from "#app/words/words.ts";
import { useWords } from "./document.tsx";
import { Moment } from "./moment.tsx";
import { ANSWER } from "./purchase-message.tsx";
import { Units } from "./units.tsx";

interface Props {
  hidden: boolean;
  item: Pick<Item, "id" | "maxPerOrder" | "payment" | "price" | "startingQuantity">;
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
  /** The page shows what there is instead. */
  hasInstead: boolean;
  /** This attempt has been pressed without an outcome. It may be pressed again even when all is gone: what went may be its own. */
  undecided: boolean;
}

/** The one button. */
export function PurchaseForm(props: Props) {
  const { hidden, item, stock, allowance, purchaseKey, buying, unanswered, waiting, undecided } = props;
  const { buy: say } = useWords();
  const open = stock.state === "available" || undecided;
  const closed = !open && !buying;
  // Where a script can refuse, a closed form keeps its elements alive: `disabled` takes the focus off whoever waits there.
  const hydrated = useHydrated();
  const { search } = useLocation();
  const inert = closed && !hydrated;
  const most = Math.min(
    item.maxPerOrder,
    allowance ?? Infinity,
    stock.state === "available" ? stock.quantity : Infinity,
  );
  return (
    <Form
      method="post"
      // Where a script sends it, the answer's focus says where to look, and the address stays as it is.
      {...(!hydrated && { action: `${search}#${ANSWER}` })}
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
          {buying && !unanswered
            ? say.buying
            : buying || undecided
              ? say.again
              : buttonLabel(stock, item.startingQuantity, say)}
        </button>
      </div>
      <div className="mt-2 min-h-5 text-sm text-quiet">
        <p role="status">{buying && <UnderWay stock={stock} unanswered={unanswered} />}</p>
        {!buying && <Note {...props} />}
      </div>
    </Form>
  );
}

/** What to know before the press. Not announced: it changes with the state, which is told elsewhere. */
function Note({ stock, item: { payment, price }, hasInstead }: Pick<Props, "stock" | "item" | "hasInstead">) {
  const { state, nextReleaseAt, opensAt, closesAt } = stock;
  const { buy, item } = useWords();
  const say = buy.note;
  if (state === "sold_out")
    return hasInstead ? null : (
      <p>
        <Link to="/" className="link">
          {say.soldOut}
        </Link>
      </p>
    );
  if (state === "not_open" && opensAt)
    return (
      <p>
        <Moment at={opensAt} as="opening" in={say.opens} />
      </p>
    );
  if (state === "all_held" && nextReleaseAt)
    return (
      <p>
        <Moment at={new Date(nextReleaseAt)} as="clockAfter" in={say.allHeld} />
      </p>
    );
  if (state === "closed") return <p>{say.closed}</p>;
  if (state === "paused") return <p>{say.paused}</p>;
  return (
    <p className="flex flex-wrap gap-x-[0.5em]">
      <span>{payment === "card" && price.amount > 0 ? say.kept : item.bySeller}</span>
      {state === "available" && closesAt && <Moment at={closesAt} as="moment" in={say.closes} />}
    </p>
  );
}

/** For those who wait at the till while the stock goes. What went may well be theirs, so it takes nothing from them yet. */
function UnderWay({ stock, unanswered }: { stock: Stock; unanswered: boolean }) {
  const { buy: say } = useWords();
  const [pressedAt] = useState(stock.version);
  if (unanswered) return <span data-unanswered>{say.unanswered}</span>;
  if (stock.version === pressedAt) return <span className="sr-only">{say.placing}</span>;
  return (
    <span className="late" data-deciding>
      {stock.state === "sold_out" ? say.decidingLast : say.deciding}
    </span>
  );
}

function buttonLabel(stock: Stock, edition: number, say: Words["buy"]): string {
  if (stock.state !== "available") return say.off[stock.state];
  return isLastOne(stock, edition) ? say.buyLast : say.buy;
}
