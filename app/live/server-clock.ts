/** Words whose delays are compared: about two minutes' heartbeats. */
const KEPT = 8;

/** The server's time, as far as it has been told. It steps with no clock of the visitor's, which may be wrong by hours. */
export class ServerClock {
  /** What the server's clock was ahead of this page's (performance.now) at each of the last words. */
  #ahead: number[] = [];

  /** `now` in milliseconds since 1970. */
  hear(now: number): void {
    if (Number.isFinite(now)) this.#ahead = [...this.#ahead, now - performance.now()].slice(-KEPT);
  }

  /** Each word was on its way for a while, so the truest is the one that puts the server furthest ahead. */
  now(): number {
    return this.#ahead.length > 0 ? performance.now() + Math.max(...this.#ahead) : Date.now();
  }
}
