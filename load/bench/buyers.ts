/** What buyers of one item notice of something else that the shop does meanwhile. */
import { median, table } from "../figures.ts";
import { type Figure, http, jsonPurchase, type Load } from "./load.ts";
import { HOT_ITEMS, type StagedShop } from "./stage.ts";

const [HOT = ""] = HOT_ITEMS;

export class Buyers {
  readonly #url: string;
  readonly #load: Load;
  readonly #rows: string[][] = [];

  constructor({ url }: StagedShop, load: Load) {
    this.#url = url;
    this.#load = load;
  }

  /** Until its answers are as quick as they will be: a shop that has just started is slower. */
  async warmUp(): Promise<void> {
    await this.#buy();
  }

  /** While the shop does nothing else. */
  async alone(name: string): Promise<void> {
    this.#note(name, [await this.#buy()]);
  }

  /** In parts of two seconds, while `work` is under way: what comes after its end is not its doing. */
  async beside<T>(name: string, work: Promise<T>): Promise<T> {
    const under = { way: true };
    const done = work.finally(() => (under.way = false));
    const parts: Figure[] = [];
    while (under.way) parts.push(await this.#buy(2));
    this.#note(name, parts.length > 1 ? parts.slice(0, -1) : parts);
    return done;
  }

  toString(): string {
    const heads = ["", "a second", "p50 ms", "p99 ms"];
    return `\nPurchases of one item by ${this.#load.connections} connections\n${table([heads, ...this.#rows])}\n`;
  }

  #buy(seconds = this.#load.seconds): Promise<Figure> {
    return http(this.#url, jsonPurchase([HOT]), { ...this.#load, ...(seconds !== undefined && { seconds }) });
  }

  #note(name: string, found: Figure[]): void {
    const middle = (of: (figure: Figure) => number) => median(found.map(of)).toFixed(0);
    this.#rows.push([name, middle(({ perSecond }) => perSecond), middle(({ p50 }) => p50), middle(({ p99 }) => p99)]);
  }
}
