/** Too many wait already. */
export class TooMany extends Error {}

/** Does one thing after the other. `most` may wait for their turn; whoever comes beyond them is told at once. */
export class OneAtATime {
  readonly #most: number;
  #here = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(most: number) {
    this.#most = most;
  }

  /** Throws TooMany. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    // One is being done, the others wait.
    if (this.#here > this.#most) throw new TooMany();
    this.#here += 1;
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      this.#here -= 1;
    }
  }
}
