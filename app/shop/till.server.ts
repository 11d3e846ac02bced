/**
 * The till of one item: while some buyers are being decided, those who arrive wait, and are decided together next, in
 * the order of their arrival. So a hot item needs one transaction and one connection at a time, however many want it.
 */

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

export class Till<Wish, Outcome> {
  readonly #decide: (wishes: Wish[]) => Promise<PromiseSettledResult<Outcome>[]>;
  readonly #turnAway: () => Outcome;
  readonly #limits: TillLimits;
  #waiting: Waiting<Wish, Outcome>[] = [];
  #deciding = false;
  #clock: ReturnType<typeof setTimeout> | undefined;

  /**
   * `decide` gives one result for each wish, in their order. `turnAway` is the outcome of a wish that was never handed
   * to it: because too many are waiting, or because it waited too long.
   */
  constructor(
    decide: (wishes: Wish[]) => Promise<PromiseSettledResult<Outcome>[]>,
    turnAway: () => Outcome,
    limits: TillLimits,
  ) {
    this.#decide = decide;
    this.#turnAway = turnAway;
    this.#limits = limits;
  }

  /** Nobody is here: it may be forgotten. */
  get isIdle(): boolean {
    return !this.#deciding && this.#waiting.length === 0;
  }

  /** Resolves to the wish's outcome; rejects when its decision failed, whatever became of the others. */
  join(wish: Wish): Promise<Outcome> {
    if (this.#waiting.length >= this.#limits.queue) return Promise.resolve(this.#turnAway());
    return new Promise((resolve, reject) => {
      const settle = (result: PromiseSettledResult<Outcome>) =>
        result.status === "fulfilled" ? resolve(result.value) : reject(result.reason as Error);
      this.#waiting.push({ wish, until: performance.now() + this.#limits.wait, settle });
      this.#watchTheFirst();
      if (!this.#deciding) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#deciding = true;
    while (this.#waiting.length > 0) {
      // Whoever's request was read in the same turn of the event loop belongs to the same batch.
      await new Promise((resolve) => setImmediate(resolve));
      const together = this.#waiting.splice(0, this.#limits.batch);
      if (together.length === 0) break;
      const results = await this.#decide(together.map(({ wish }) => wish)).catch((reason: unknown) =>
        together.map(() => ({ status: "rejected" as const, reason })),
      );
      void tell(together, results);
    }
    this.#deciding = false;
  }

  /** One timer for all: everyone waits equally long, so the first in line is the first whose time is up. */
  #watchTheFirst(): void {
    const first = this.#waiting[0];
    if (!first || this.#clock) return;
    this.#clock = setTimeout(
      () => {
        this.#clock = undefined;
        const now = performance.now();
        const late = this.#waiting.findIndex(({ until }) => until > now);
        for (const { settle } of this.#waiting.splice(0, late === -1 ? this.#waiting.length : late))
          settle({ status: "fulfilled", value: this.#turnAway() });
        this.#watchTheFirst();
      },
      Math.max(1, first.until - performance.now()),
    ).unref();
  }
}

/** Hands out the results, in their order, while the next transaction is under way. */
async function tell<Wish, Outcome>(
  together: Waiting<Wish, Outcome>[],
  results: PromiseSettledResult<Outcome>[],
): Promise<void> {
  for (const [index, { settle }] of together.entries()) {
    if (index > 0 && index % TOLD_TOGETHER === 0) await new Promise((resolve) => setImmediate(resolve));
    settle(results[index] ?? { status: "rejected", reason: new Error("a wish was left undecided") });
  }
}
