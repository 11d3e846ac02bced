import type { ItemState, Stock } from "./item.ts";

/** Milliseconds between two tellings of one item that changes all the time. */
const PACE = 50;

/**
 * When to tell of an item's changes: the first of a quiet item at once, then at most every PACE milliseconds the latest.
 * Selling out, coming back, opening, a new run and a new edition are told at once, each of them, whatever follows.
 */
export class Pace {
  readonly #tell: (urgent: boolean) => void;
  #toldAt = -Infinity;
  #state: ItemState | undefined;
  #run: number | undefined;
  #edition: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(tell: (urgent: boolean) => void) {
    this.#tell = tell;
  }

  changed({ state, run, edition }: Pick<Stock, "state" | "run" | "edition">): void {
    const urgent = this.#state !== state || this.#run !== run || this.#edition !== edition;
    this.#state = state;
    this.#run = run;
    this.#edition = edition;
    const wait = this.#toldAt + PACE - performance.now();
    if (urgent || wait <= 0) this.#fire(urgent);
    else this.#timer ??= setTimeout(() => this.#fire(false), wait).unref();
  }

  #fire(urgent: boolean): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#toldAt = performance.now();
    this.#tell(urgent);
  }
}
