import { useEffect, useState } from "react";
import type { Item, ItemState } from "#app/shop/item.ts";

/** Milliseconds for which a state has lasted when it is told. */
const SETTLED = 1_000;

type Named = Pick<Item, "id" | "name" | "state">;

/** Announces to screen readers when an item sells out or returns, once each, without quantities. Paused by `hold` while the page itself announces. */
export function StockNews({ items, hold = false }: { items: Named[]; hold?: boolean }) {
  return (
    <div aria-live="polite" className="sr-only" data-news>
      {items.map(({ id, name, state }) => (
        <News key={id} name={name} state={state} hold={hold} />
      ))}
    </div>
  );
}

function News({ name, state, hold }: Pick<Named, "name" | "state"> & { hold: boolean }) {
  const [told, setTold] = useState({ state, news: "" });
  useEffect(() => {
    if (hold || state === told.state) return;
    const timer = setTimeout(() => setTold({ state, news: newsOf(name, told.state, state) }), SETTLED);
    return () => clearTimeout(timer);
  }, [name, state, hold, told.state]);
  return <p>{told.news}</p>;
}

function newsOf(name: string, before: ItemState, now: ItemState): string {
  switch (now) {
    case "sold_out":
      return `${name} is sold out.`;
    case "all_held":
      return `${name} is all held for buyers who are paying. Some may come back.`;
    case "closed":
      return `The sale of ${name} has closed.`;
    case "paused":
      return `Sales of ${name} are paused.`;
    case "not_open":
      return "";
    case "available":
      return before === "sold_out" || before === "all_held" ? `${name} is back in stock.` : `${name} is on sale now.`;
    default:
      return now satisfies never;
  }
}
