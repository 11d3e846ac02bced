/** Whether each order has the price that its item had when it was decided, and its buyer was shown. */
import type { DatabaseState, History, Interval, Price, Repricing } from "./history.ts";
import type { Timeline } from "./timeline.ts";
import { describe, type Violation } from "./violations.ts";

export function samePrice(one: Price, other: Price): boolean {
  return one.amount === other.amount && one.currency === other.currency;
}

/** Promise 2: each order has the price of its time, and what its buyer was shown if the buyer said so. */
export function checkPrices(history: History, { orders }: DatabaseState, timeline: Timeline): Violation[] {
  const prices = new PriceHistory(history, timeline);
  const found: Violation[] = [];
  for (const { itemId, run, number, key, price, placedAt } of orders) {
    if (timeline.certainlyBefore(placedAt, history.began)) continue;
    const possible = prices.at(itemId, placedAt);
    if (possible.some((one) => samePrice(one, price))) continue;
    const line = `${itemId}, run ${run}, number ${number}: ${told(price)} at ${placedAt}, when it cost ${possible.map(told).join(" or ")}`;
    found.push({ kind: "wrong_price", key, line });
  }
  for (const purchase of history.purchases) {
    const { outcome, shown, item, key } = purchase;
    if (!shown) continue;
    // A repeat finds its order at the price that it was sold for.
    if (outcome.kind === "ok" && !outcome.replayed && !samePrice(outcome.order.price, shown))
      found.push({
        kind: "wrong_price",
        key,
        line: `${describe(purchase)} for ${told(outcome.order.price)}, shown ${told(shown)}`,
      });
    if (outcome.kind === "refused" && outcome.why === "price-changed") {
      const { now } = outcome;
      const isReason =
        now && !samePrice(now, shown) && prices.during(item, purchase).some((one) => samePrice(one, now));
      if (!isReason)
        found.push({
          kind: "false_refusal",
          key,
          line: `${describe(purchase)}, shown ${told(shown)}, and now ${now ? told(now) : "?"}, but that it was not`,
        });
    }
  }
  return found;
}

/**
 * The prices that items may have had. One operator changes them, one after the other, under the lock under which an order's time is read:
 * each is in force from a moment of its interval on until the next is. One without a good answer may be so at any time later, or never.
 */
class PriceHistory {
  readonly #first: Record<string, Price>;
  readonly #changes: Map<string, Repricing[]>;
  readonly #timeline: Timeline;

  constructor({ prices, repricings }: History, timeline: Timeline) {
    this.#first = prices;
    this.#changes = Map.groupBy(repricings, ({ item }) => item);
    this.#timeline = timeline;
  }

  /** At a moment of the database's time. */
  at(item: string, databaseTime: number): Price[] {
    return this.#possible(
      item,
      ({ end }) => this.#timeline.certainlyAfter(databaseTime, end),
      ({ start }) => this.#timeline.certainlyBefore(databaseTime, start),
    );
  }

  /** At some moment of an interval. */
  during(item: string, interval: Interval): Price[] {
    return this.#possible(
      item,
      ({ end }) => end < interval.start,
      ({ start }) => start > interval.end,
    );
  }

  #possible(item: string, isDone: (change: Repricing) => boolean, isToCome: (change: Repricing) => boolean): Price[] {
    let certain = this.#first[item];
    const possible: Price[] = [];
    for (const change of this.#changes.get(item) ?? []) {
      if (isToCome(change)) continue;
      if (change.outcome.kind === "ok" && isDone(change)) certain = change.price;
      else possible.push(change.price);
    }
    return certain ? [certain, ...possible] : possible;
  }
}

function told({ amount, currency }: Price): string {
  return `${amount} ${currency}`;
}
