import { memo, useEffect, useState } from "react";
import type { Item, ItemState } from "#app/shop/item.ts";
import type { Words } from "#app/words/words.ts";
import { useWords } from "./document.tsx";

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

const News = memo(function News({ name, state, hold }: Pick<Named, "name" | "state"> & { hold: boolean }) {
  const { news: say } = useWords();
  const [told, setTold] = useState({ state, news: "" });
  useEffect(() => {
    if (hold || state === told.state) return;
    const timer = setTimeout(() => setTold({ state, news: newsOf(say, name, told.state, state) }), SETTLED);
    return () => clearTimeout(timer);
  }, [say, name, state, hold, told.state]);
  return <p>{told.news}</p>;
});

function newsOf(say: Words["news"], name: string, before: ItemState, now: ItemState): string {
  switch (now) {
    case "sold_out":
      return say.soldOut(name);
    case "all_held":
      return say.allHeld(name);
    case "closed":
      return say.closed(name);
    case "paused":
      return say.paused(name);
    case "not_open":
      return "";
    case "available":
      return before === "sold_out" || before === "all_held" ? say.back(name) : say.onSale(name);
    default:
      return now satisfies never;
  }
}
