/**
 * The till of one item: while some buyers are being decided, those who arrive wait, and are decided together next, in
 * the order of their arrival. So a hot item needs one transaction and one connection at a time, however many want it.
 */
import { outside } from "#app/outside.server.ts";

export interface TillLimits {
  /** Most wishes decided together. */
  batch: number;
  /** Milliseconds a wish may wait for its turn. */
  wait: number;
  /** Most wishes that may be waiting: one more would not be decided in time. */
  queue: number;
}

interface Waiting<Wish, Outcome> {
  wish: Wish;
  /** Time (performance.now) at which waiting longer is worse than an answer. */
  until: number;
  settle: (result: PromiseSettledResult<Outcome>) => void;
}

/**
 * How many are told in one turn of the event loop. Told all at once, they would all send their next requests at once, and
 * what the database answers to the next transaction would wait behind them: a fifth fewer orders a second (npm run bench).
 */
const TOLD_TOGETHER = 4;

export interface TillOptions<Wish, Outcome> {
  /**
   * Calls `take` in the moment in which it begins to decide, for the wishes that wait by then: none, if all of them have
   * waited too long. Gives one result for each, in their order.
   */
  decide: (take: () => Wish[]) => Promise<PromiseSettledResult<Outcome>[]>;
  /** Whether a wish comes before those that wait. One that does is never turned away. */
  goesFirst?: (wish: Wish) => boolean;
  /** The outcome of a wish that was never handed to `decide`: because too many are waiting, or because it waited too long. */
  turnAway: () => Outcome;
  /** Called in the moment in which the till is left without anybody: it may be forgotten. */
  onIdle?: () => void;
  limits: TillLimits;
}

export class Till<Wish, Outcome> {
  readonly #options: TillOptions<Wish, Outcome>;
  #waiting: Waiting<Wish, Outcome>[] = [];
  readonly #first: Waiting<Wish, Outcome>[] = [];
  #deciding = false;
  #clock: ReturnType<typeof setTimeout> | undefined;

  constructor(options: TillOptions<Wish, Outcome>) {
    this.#options = options;
  }

  /** Resolves to the wish's outcome; rejects when its decision failed, whatever became of the others. */
  join(wish: Wish): Promise<Outcome> {
    const goesFirst = this.#options.goesFirst?.(wish) ?? false;
    if (!goesFirst && this.#waiting.length >= this.#options.limits.queue)
      return Promise.resolve(this.#options.turnAway());
    return new Promise((resolve, reject) => {
      const settle = (result: PromiseSettledResult<Outcome>) =>
        result.status === "fulfilled" ? resolve(result.value) : reject(result.reason as Error);
      const line = goesFirst ? this.#first : this.#waiting;
      line.push({ wish, until: performance.now() + this.#options.limits.wait, settle });
      if (!goesFirst) this.#watchTheFirst();
      // Not as the first one's request: the till may work on for hours, for everybody else.
      if (!this.#deciding) void outside(() => this.#work());
    });
  }

  async #work(): Promise<void> {
    this.#deciding = true;
    try {
      while (this.#first.length + this.#waiting.length > 0) await this.#decideSome();
    } finally {
      this.#deciding = false;
      this.#options.onIdle?.();
    }
  }

  /** Never throws: whatever becomes of one batch, the next must be decided. */
  async #decideSome(): Promise<void> {
    const toServe: Waiting<Wish, Outcome>[] = [];
    const take = () => {
      toServe.push(...this.#first.splice(0, this.#options.limits.batch));
      toServe.push(...this.#waiting.splice(0, this.#options.limits.batch - toServe.length));
      return toServe.map(({ wish }) => wish);
    };
    try {
      const results: unknown = await this.#options.decide(take);
      if (!Array.isArray(results)) throw new TypeError("a decision has no results");
      void tell(toServe, results as PromiseSettledResult<Outcome>[]);
    } catch (reason) {
      // One that failed before it took anybody would be tried for ever.
      if (toServe.length === 0) take();
      void tell(
        toServe,
        toServe.map(() => ({ status: "rejected", reason })),
      );
    }
  }

  /** One timer for all: everyone waits equally long, so the first in line is the first whose time is up. */
  #watchTheFirst(): void {
    const first = this.#waiting[0];
    if (!first || this.#clock) return;
    const look = () => {
      this.#clock = undefined;
      const now = performance.now();
      const late = this.#waiting.findIndex(({ until }) => until > now);
      for (const { settle } of this.#waiting.splice(0, late === -1 ? this.#waiting.length : late))
        settle({ status: "fulfilled", value: this.#options.turnAway() });
      this.#watchTheFirst();
    };
    this.#clock = outside(() => setTimeout(look, Math.max(1, first.until - performance.now())).unref());
  }
}

/** Hands out the results, in their order, while the next transaction is under way. */
async function tell<Wish, Outcome>(
  toServe: Waiting<Wish, Outcome>[],
  results: PromiseSettledResult<Outcome>[],
): Promise<void> {
  for (const [index, { settle }] of toServe.entries()) {
    if (index > 0 && index % TOLD_TOGETHER === 0) await new Promise((resolve) => setImmediate(resolve));
    settle(results[index] ?? { status: "rejected", reason: new Error("a wish was left undecided") });
  }
}
