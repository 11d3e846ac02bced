/** What a page shows of the stock: what its HTML was made from, until something newer is heard. */
import { useCallback, useEffect, useSyncExternalStore } from "react";
import { newerOf, onlyStock, type Stock } from "#app/shop/item.ts";
import type { Connection, Line } from "./connection.ts";
import { watchPresence } from "./presence.ts";
import { connect } from "./shared-connection.ts";

interface News {
  stock: ReadonlyMap<string, Stock>;
  /** How often this tab has heard that the catalogue changed, and of which items how often. */
  catalogueChanges: number;
  itemChanges: ReadonlyMap<string, number>;
  connection: Connection;
  /** When the server was last heard, with a page or on the line, in milliseconds of the visitor's clock. */
  heardAt: number;
}

export interface Live extends Omit<News, "stock" | "itemChanges"> {
  /** The newest state of an item on this page: an older one is never shown after a newer one. */
  stockOf: (itemId: string) => Stock | undefined;
  /** Of an item: how often something else than its stock has changed. */
  changesOf: (itemId: string) => number;
}

/** `rendered` comes from a loader as it is: the same object again is no news. */
export function useLiveItems(rendered: Stock | Stock[]): Live {
  const items = [rendered].flat();
  const itemIds = items.map(({ id }) => id).join(",");
  const subscribe = useCallback(
    (changed: () => void) => tab.show(itemIds === "" ? [] : itemIds.split(","), changed),
    [itemIds],
  );
  const { stock, itemChanges, ...news } = useSyncExternalStore(subscribe, tab.news, () => NOTHING);
  useEffect(() => tab.arrive([rendered].flat()), [rendered]);
  return {
    stockOf: (itemId) =>
      newerOf(
        stock.get(itemId),
        items.find(({ id }) => id === itemId),
      ),
    changesOf: (itemId) => itemChanges.get(itemId) ?? 0,
    ...news,
  };
}

const NOTHING: News = {
  stock: new Map(),
  catalogueChanges: 0,
  itemChanges: new Map(),
  connection: "connecting",
  heardAt: 0,
};

/**
 * This tab's end of the line: open while something is shown and somebody is there. It outlives a page, so the next is live at
 * once; and what it knows outlives the line, because the next page may come from an instance that is behind.
 */
class Tab {
  #news = NOTHING;
  #line: Line | undefined;
  readonly #viewers = new Set<{ itemIds: string[]; changed: () => void }>();
  #present: boolean | undefined;

  readonly news = () => this.#news;

  /** A page made from these has come. */
  arrive(items: Stock[]): void {
    this.#change({ heardAt: Date.now() });
    for (const item of items) this.#learn(onlyStock(item), this.#news.connection !== "live");
  }

  /** Calls `changed` at news of these items, and maybe of others; returns what ends that. */
  show(itemIds: string[], changed: () => void): () => void {
    const viewer = { itemIds, changed };
    this.#viewers.add(viewer);
    // One page leaves and the next comes in the same breath, and the line stays open.
    queueMicrotask(this.#settle);
    if (this.#present === undefined) this.#watch();
    return () => {
      this.#viewers.delete(viewer);
      queueMicrotask(this.#settle);
    };
  }

  #watch(): void {
    const turn = (present: boolean) => () => {
      this.#present = present;
      this.#settle();
    };
    this.#present = true;
    watchPresence(turn(false), turn(true));
  }

  readonly #settle = () => {
    const itemIds = new Set([...this.#viewers].flatMap((viewer) => viewer.itemIds));
    if (this.#present && itemIds.size > 0) {
      this.#line ??= connect({
        onStock: (stock) => this.#learn(stock, true),
        onCatalogue: (changed) => this.#count(changed),
        onConnection: (connection) => this.#turnTo(connection),
      });
      this.#line.follow(itemIds);
    } else if (this.#line) {
      this.#line.close();
      this.#line = undefined;
      this.#turnTo(itemIds.size === 0 ? "connecting" : "reconnecting");
    }
  };

  /** An item opens without a new version: `late`, when of two states with one version this is the later. */
  #learn(stock: Stock, late: boolean): void {
    const known = this.#news.stock.get(stock.id);
    const newest = late ? newerOf(stock, known) : newerOf(known, stock);
    if (newest === stock) this.#change({ stock: new Map(this.#news.stock).set(stock.id, stock) });
  }

  #count(changed: string[]): void {
    const { catalogueChanges, itemChanges } = this.#news;
    const counts = changed.map((id): [string, number] => [id, (itemChanges.get(id) ?? 0) + 1]);
    this.#change({ catalogueChanges: catalogueChanges + 1, itemChanges: new Map([...itemChanges, ...counts]) });
  }

  #turnTo(connection: Connection): void {
    this.#change({ connection, ...(connection === "live" && { heardAt: Date.now() }) });
  }

  #change(news: Partial<News>): void {
    this.#news = { ...this.#news, ...news };
    for (const { changed } of this.#viewers) changed();
  }
}

const tab = new Tab();
