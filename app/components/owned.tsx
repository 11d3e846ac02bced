import { Link } from "@remix-run/react";
import type { Order } from "#app/shop/item.ts";
import { useWords } from "./document.tsx";
import { useFocus } from "./use-focus.ts";

interface Props {
  itemId: string;
  orders: Order[];
  /** Units that all of them have. */
  units: number;
  /** Units that one buyer may own, if these are as many. */
  limitReached: number | undefined;
  canBuyMore: boolean;
  pressed: boolean;
}

/** Shown in place of the form once it has made its order. Another one is a new wish, with a form of its own. */
export function Owned({ itemId, orders, units, limitReached, canBuyMore, pressed }: Props) {
  // Who pressed the button had the focus on it, and it is gone.
  const box = useFocus<HTMLDivElement>(pressed);
  const say = useWords().item.owned;
  const last = orders.at(-1);
  return (
    <div ref={box} tabIndex={-1} role="status" data-owned className="rounded-2xl border border-line bg-card p-5">
      <p className="font-display text-xl font-semibold">{say.units(units)}</p>
      <ul className="mt-1">
        {orders.map((order) => (
          <li key={order.id}>
            <Link to={`/orders/${order.id}`} className="link inline-block py-1.5">
              {say.receipt(order.number, order.quantity)}
            </Link>
          </li>
        ))}
      </ul>
      {limitReached !== undefined && <p className="mt-2 text-quiet">{say.limit(limitReached)}</p>}
      {canBuyMore && last && (
        <p className="mt-3">
          <Link to={`/items/${itemId}?after=${last.id}`} className="button-quiet" preventScrollReset>
            {say.another}
          </Link>
        </p>
      )}
    </div>
  );
}
