/** Who watches which items, and the newest state each of them is told. */
import type { Stock } from "#app/shop/item.ts";
import { singleton } from "#app/singleton.server.ts";

type Listener = (stock: Stock) => void;

interface Subscriber {
  /** Undefined watches every item. */
  itemIds: ReadonlySet<string> | undefined;
  listener: Listener;
}

class Feed {
  readonly #subscribers = new Set<Subscriber>();

  get subscriberCount(): number {
    return this.#subscribers.size;
  }

  /** Calls `listener` for each change from now on; returns what ends that. */
  subscribe(itemIds: ReadonlySet<string> | undefined, listener: Listener): () => void {
    const subscriber = { itemIds, listener };
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  }

  /** Tells everyone about a committed change. Call it after COMMIT only: what is rolled back must not be seen. */
  publish(stock: Stock): void {
    for (const { itemIds, listener } of this.#subscribers) {
      if (!itemIds || itemIds.has(stock.id)) listener(stock);
    }
  }
}

export const feed = singleton("feed", () => new Feed());
