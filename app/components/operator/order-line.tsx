import { Link } from "@remix-run/react";
import type { ListedOrder } from "#app/operator/orders.server.ts";
import { formatPrice } from "#app/shop/money.ts";
import { stateInWords, words } from "#app/words/operator-orders.ts";
import { useMoment } from "./shop-zone.ts";

const say = words.list;

/** One order of the list, or one hold: that has no page here yet, and leads to its item. */
export function OrderLine({ order }: { order: ListedOrder }) {
  const { id, itemId, name, run, number, quantity, price, at, buyer } = order;
  const moment = useMoment();
  return (
    <li data-order={id} className="relative py-4 sm:flex sm:items-baseline sm:justify-between sm:gap-x-8">
      <div className="min-w-0">
        <h2 className="flex flex-wrap items-baseline gap-x-2 font-display text-lg font-semibold tracking-tight">
          <Link to={number === null ? `/operator/items/${itemId}` : `/operator/orders/${id}`} className="cover">
            {name}
          </Link>
          {number !== null && (
            <span className="font-sans text-base font-medium tabular-nums">{say.number(run, number)}</span>
          )}
        </h2>
        <p className="text-sm break-words text-quiet" translate="no">
          {/* Somebody else's text: what turns the direction of writing ends with it. */}
          {buyer && (
            <>
              <bdi>{buyer}</bdi> ·{" "}
            </>
          )}
          <time dateTime={at.toISOString()} className="tabular-nums">
            {moment(at)}
          </time>
        </p>
      </div>
      <div className="mt-1 flex flex-wrap items-baseline gap-x-4 gap-y-1 sm:mt-0 sm:shrink-0 sm:flex-col sm:items-end">
        <p className="font-medium tabular-nums" translate="no">
          {say.units(quantity, formatPrice(price))}
        </p>
        <p className="flex flex-wrap gap-x-3 text-sm text-quiet">
          {tagsOf(order).map(([tag, colour]) => (
            <span key={tag} className={colour}>
              {tag}
            </span>
          ))}
        </p>
      </div>
    </li>
  );
}

function tagsOf({ number, payment, back, over, quantity, price, ships, sentAt }: ListedOrder): [string, string][] {
  const status = payment?.status ?? (number === null ? "held" : "none");
  const colour = over ? "text-warn" : status === "captured" ? "text-good" : "";
  const tags: [string, string][] = [[stateInWords(status, over), colour]];
  if (payment?.disputed) tags.push([words.tag.disputed, "text-bad"]);
  if (payment && payment.refunded > 0)
    tags.push([words.tag.refunded(formatPrice({ amount: payment.refunded, currency: price.currency })), "text-warn"]);
  if (back > 0 && back < quantity) tags.push([words.tag.back(back), "text-warn"]);
  if (sentAt) tags.push([words.tag.sent, "text-good"]);
  else if (ships && number !== null && payment?.status === "captured" && !payment.disputed && !over)
    tags.push([words.tag.toSend, "font-medium text-ink"]);
  return tags;
}
