/** An open page at an instance, without the page: a stream of every item, opened again whenever it ends. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Stock } from "./history.ts";
import type { Instance } from "./instance.ts";
import type { ShopFront } from "./shop.ts";

/** Milliseconds until it is opened again. */
const PAUSE = 50;

export class Watcher {
  readonly instance: Instance;
  readonly #shop: ShopFront;
  readonly #left = new AbortController();
  readonly #last = new Map<string, Stock>();

  constructor(instance: Instance, shop: ShopFront) {
    this.instance = instance;
    this.#shop = shop;
  }

  /** The newest state told, by item. */
  last(item: string): Stock | undefined {
    return this.#last.get(item);
  }

  async watch(): Promise<void> {
    while (!this.#left.signal.aborted) {
      // An instance that is down, or is stopped, or ends: it comes back.
      await this.#open().catch(() => undefined);
      await sleep(PAUSE);
    }
  }

  leave(): void {
    this.#left.abort();
  }

  async #open(): Promise<void> {
    const { body, status } = await fetch(`${this.instance.url}/live`, { signal: this.#left.signal });
    if (status !== 200 || !body) return;
    const reader = body.getReader();
    const text = new TextDecoder();
    let rest = "";
    for (let part = await reader.read(); part.value; part = await reader.read()) {
      const events = (rest + text.decode(part.value, { stream: true })).split("\n\n");
      rest = events.pop() ?? "";
      for (const event of events) this.#hear(event);
    }
  }

  #hear(event: string): void {
    const data = /^event: stock\ndata: (.*)$/m.exec(event)?.[1];
    if (data === undefined) return;
    const stock = JSON.parse(data) as Stock;
    this.#last.set(stock.id, stock);
    this.#shop.tell(this.instance, stock);
  }
}
