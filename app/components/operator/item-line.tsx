import { Link } from "@remix-run/react";
import { Picture } from "#app/components/picture.tsx";
import { Quantity, StateLabel } from "#app/components/quantity.tsx";
import type { Item } from "#app/shop/item.ts";
import { formatPrice } from "#app/shop/money.ts";
import { closingInWords, openingInWords } from "#app/shop/zoned-time.ts";
import { words } from "#app/words/operator-items.ts";

const say = words.list;

/** One item of the list. `now` in ISO 8601. */
export function ItemLine({ item, zone, now }: { item: Omit<Item, "story">; zone: string; now: string }) {
  return (
    <li data-item={item.id} className="relative flex items-start gap-x-4 py-4 sm:items-center">
      <Picture item={{ ...item, pictureAlt: "" }} cut sizes="5rem" className="size-16 shrink-0 sm:size-20" />
      <div className="min-w-0 flex-1 sm:flex sm:items-center sm:justify-between sm:gap-x-8">
        <div className="min-w-0">
          <h2 className="font-display text-xl font-semibold tracking-tight">
            <Link to={`/operator/items/${item.id}`} className="cover">
              {item.name}
            </Link>
          </h2>
          <p className="text-sm text-quiet">
            <span translate="no" className="tabular-nums">
              {formatPrice(item.price)}
            </span>
            {item.opensAt && <> · {openingInWords(item.opensAt, zone, new Date(now))}</>}
            {item.closesAt && <> · {closingInWords(item.closesAt, zone, new Date(now))}</>}
          </p>
        </div>
        <div className="mt-1 flex flex-wrap items-baseline gap-x-4 font-medium sm:mt-0 sm:shrink-0 sm:flex-col sm:items-end">
          <p className="flex flex-wrap items-baseline gap-x-3 [&>*]:whitespace-nowrap" data-status={item.status}>
            {item.status !== "published" && (
              <span className="tag text-quiet inset-ring inset-ring-line">{say.status[item.status]}</span>
            )}
            {item.status === "published" && <StateLabel stock={item} />}
            {item.status === "draft" ? (
              say.units(item.startingQuantity)
            ) : (
              <Quantity stock={item} of={item.startingQuantity} />
            )}
          </p>
          {item.held > 0 && (
            <p className="text-sm text-quiet tabular-nums" data-held>
              {say.held(item.held)}
            </p>
          )}
          {item.status !== "draft" && (
            <Link to={`/items/${item.id}`} reloadDocument className="link relative z-1 text-sm font-normal text-quiet">
              {say.view}
            </Link>
          )}
        </div>
      </div>
    </li>
  );
}
