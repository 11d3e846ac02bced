import { Link } from "@remix-run/react";
import type { Order } from "#app/shop/item.ts";

/** Shown in place of the form once it has made its order. Another one is a new wish, with a form of its own. */
export function Owned({ itemId, orders, canBuyMore }: { itemId: string; orders: Order[]; canBuyMore: boolean }) {
  const last = orders.at(-1);
  return (
    <div data-owned className="rounded-2xl border border-line bg-card p-5">
      <p className="font-display text-xl font-semibold">{orders.length === 1 ? "Yours already." : `Yours already, ${orders.length} times.`}</p>
      <ul className="mt-2 space-y-1">
        {orders.map((order) => (
          <li key={order.id}>
            <Link to={`/orders/${order.id}`} className="link">
              Receipt for No. {order.number}
            </Link>
          </li>
        ))}
      </ul>
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
