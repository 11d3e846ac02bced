/** What a page shows of the stock: what its HTML was made from, until something newer is heard. */
import { useCallback, useEffect, useSyncExternalStore } from "react";
import { newerOf, onlyStock, type Stock } from "#app/shop/item.ts";
import { pageArrivedAt } from "./server-clock.ts";
import { watchPresence } from "./presence.ts";
import { connect } from "./shared-connection.ts";
import { type News, NOTHING, Tab } from "./tab.ts";

export interface Live extends Omit<News, "stock" | "itemChanges"> {
  /** The newest state of an item on this page: an older one is never shown after a newer one. */
  stockOf: (itemId: string) => Stock | undefined;
  /** Of an item: how often something else than its stock has changed. */
  changesOf: (itemId: string) => number;
  /** As in tab.ts. They change with every word, which renders nothing. */
  heardAt: Tab["heardAt"];
  isQuiet: Tab["isQuiet"];
}

/** `rendered` comes from a loader as it is: the same object again is no news. `renderedAt`, ISO 8601, is when. */
export function useLiveItems(rendered: Stock | Stock[], renderedAt: string): Live {
  const items = new Map([rendered].flat().map((item) => [item.id, item]));
  const itemIds = [...items.keys()].join(",");
  const subscribe = useCallback(
    (changed: () => void) => tab.show(itemIds === "" ? [] : itemIds.split(","), changed),
    [itemIds],
  );
  const { stock, itemChanges, ...news } = useSyncExternalStore(subscribe, tab.news, () => NOTHING);
  useEffect(() => {
    tab.arrive([rendered].flat().map(onlyStock), Date.parse(renderedAt), pageArrivedAt());
  }, [rendered, renderedAt]);
  return {
    stockOf: (itemId) => newerOf(stock.get(itemId), items.get(itemId)),
    changesOf: (itemId) => itemChanges.get(itemId) ?? 0,
    heardAt: tab.heardAt,
    isQuiet: tab.isQuiet,
    ...news,
  };
}

const tab = new Tab(connect, watchPresence);
