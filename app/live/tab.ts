/**
 * What this tab knows of the stock, and its end of the line: open while something is shown and somebody is there. It outlives
 * a page, so the next is live at once; and what it knows outlives the line, because the next page may come from an instance
 * that is behind.
 */
import { newerOf, type Stock } from "#app/shop/item.ts";
import type { Connection, Hearer, Line } from "./connection.ts";
import { type ServerClock, serverClock } from "./server-clock.ts";

/** What is shown. It changes once for all that is told at once, and not at all when that is known already. */
export interface News {
  stock: ReadonlyMap<string, Stock>;
  /** How often this tab has heard that the catalogue changed, and of which items how often. */
  catalogueChanges: number;
  itemChanges: ReadonlyMap<string, number>;
  connection: Connection;
}

export const NOTHING: News = {
  stock: new Map(),
  catalogueChanges: 0,
  itemChanges: new Map(),
  connection: "connecting",
};

/** Milliseconds: the server says something every 15 seconds. */
const QUIET = 20_000;
/** Milliseconds out of sight after which a page needs no news; without a stream of its own, and with one, which no other page may wait for. */
const HIDDEN = 60_000;
const HIDDEN_ALONE = 1_000;

/** As in presence.ts. */
type WatchPresence = (left: () => void, back: () => void, patience: () => number) => void;

export class Tab {
  #news = NOTHING;
  #line: Line | undefined;
  readonly #connect: (hearer: Hearer) => Line;
  readonly #watchPresence: WatchPresence;
  readonly #viewers = new Set<{ itemIds: string[]; changed: () => void }>();
  #present: boolean | undefined;
  readonly #clock: ServerClock;
  /** By the server's clock. */
  #heardAt = 0;
  #lastWord = -Infinity;

  constructor(connect: (hearer: Hearer) => Line, watchPresence: WatchPresence, clock = serverClock) {
    this.#connect = connect;
    this.#watchPresence = watchPresence;
    this.#clock = clock;
  }

  readonly news = () => this.#news;

  /** When the server was last heard, with a page or on the line: by its clock, in milliseconds since 1970. */
  readonly heardAt = () => this.#heardAt;

  /** Whether it should have been heard since: then what is shown may be old, though the line seems to stand. By the clock on the wall: timers stand still while a machine sleeps. */
  readonly isQuiet = () => Math.abs(Date.now() - this.#lastWord) > QUIET;

  /** A page made from these at that time has come, and when, by `performance.now()`. */
  arrive(stocks: Stock[], renderedAt: number, arrivedAt?: number): void {
    this.#clock.hear(renderedAt, arrivedAt);
    if (renderedAt > this.#heardAt) this.#heardAt = renderedAt;
    this.#learn(stocks, this.#news.connection !== "live");
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
    this.#watchPresence(turn(false), turn(true), () => (this.#line?.isShared ? HIDDEN : HIDDEN_ALONE));
  }

  readonly #settle = () => {
    if (this.#present && this.#viewers.size > 0) {
      this.#line ??= this.#connect({
        onStocks: (stocks) => this.#learn(stocks, true),
        onCatalogue: (changed) => this.#count(changed),
        onConnection: (connection) => this.#turnTo(connection),
        onTime: (now) => this.#clock.hear(now),
      });
      this.#line.follow(new Set([...this.#viewers].flatMap(({ itemIds }) => itemIds)));
    } else if (this.#line) {
      this.#line.close();
      this.#line = undefined;
      this.#turnTo(this.#viewers.size === 0 ? "connecting" : "reconnecting");
    }
  };

  /** An item opens without a new version: `late`, when of two states with one version these are the later. */
  #learn(stocks: Stock[], late: boolean): void {
    const known = this.#news.stock;
    const news = stocks.filter((stock) => {
      const before = known.get(stock.id);
      return (late ? newerOf(stock, before) : newerOf(before, stock)) === stock && !isSame(stock, before);
    });
    if (news.length === 0) return;
    this.#change({ stock: new Map([...known, ...news.map((stock): [string, Stock] => [stock.id, stock])]) });
  }

  #count(changed: string[]): void {
    const { catalogueChanges, itemChanges } = this.#news;
    const counts = changed.map((id): [string, number] => [id, (itemChanges.get(id) ?? 0) + 1]);
    this.#change({ catalogueChanges: catalogueChanges + 1, itemChanges: new Map([...itemChanges, ...counts]) });
  }

  #turnTo(connection: Connection): void {
    if (connection === "live" || connection === "delayed") {
      this.#heardAt = this.#clock.now();
      this.#lastWord = Date.now();
    }
    if (connection !== this.#news.connection) this.#change({ connection });
  }

  #change(news: Partial<News>): void {
    this.#news = { ...this.#news, ...news };
    for (const { changed } of this.#viewers) changed();
  }
}

function isSame(stock: Stock, known: Stock | undefined): boolean {
  const isKnown = ([name, value]: [string, unknown]) => plain(known?.[name as keyof Stock]) === plain(value);
  return known !== undefined && Object.entries(stock).every(isKnown);
}

function plain(value: unknown): unknown {
  return value instanceof Date ? value.getTime() : value;
}
