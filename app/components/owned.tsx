import { Link } from "@remix-run/react";
import { useEffect, useRef } from "react";
import type { Order } from "#app/shop/item.ts";

interface Props {
  itemId: string;
  orders: Order[];
  /** as many as one buyer may own. */
  isAll: boolean;
  canBuyMore: boolean;
  pressed: boolean;
}

/** Shown in place of the form once it has made its order. Another one is a new wish, with a form of its own. */
export function Owned({ itemId, orders, isAll, canBuyMore, pressed }: Props) {
  const box = useRef<HTMLDivElement>(null);
  // Who pressed the button had the focus on it, and it is gone.
  useEffect(() => {
    if (pressed) box.current?.focus();
  }, [pressed]);
  const last = orders.at(-1);
  return (
    <div ref={box} tabIndex={-1} role="status" data-owned className="rounded-2xl border border-line bg-card p-5">
      <p className="font-display text-xl font-semibold">
        {orders.length === 1 ? "Yours already." : `Yours already, ${orders.length} times.`}
      </p>
      <ul className="mt-2 space-y-1">
        {orders.map((order) => (
          <li key={order.id}>
            <Link to={`/orders/${order.id}`} className="link">
              Receipt for order No. {order.number}
            </Link>
          </li>
        ))}
      </ul>
      {isAll && <p className="mt-2 text-quiet">That is as many as one buyer may have.</p>}
      {canBuyMore && last && (
        <p className="mt-4">
          <Link to={`/items/${itemId}?after=${last.id}`} className="button-quiet" preventScrollReset>
            Buy another
          </Link>
        </p>
      )}
    </div>
  );
}
