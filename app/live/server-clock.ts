/** Words whose delays are compared: about two minutes' heartbeats. */
const KEPT = 8;

/** The server's time, as far as it has been told. It steps with no clock of the visitor's, which may be wrong by hours. */
export class ServerClock {
  /** What the server's clock was ahead of this page's (performance.now) at each of the last words. */
  #ahead: number[] = [];
  readonly #listeners = new Set<() => void>();

  /** `now` in milliseconds since 1970, and when it was heard, by `performance.now()`. */
  hear(now: number, at = performance.now()): void {
    if (!Number.isFinite(now)) return;
    this.#ahead = [...this.#ahead, now - at].slice(-KEPT);
    for (const heard of this.#listeners) heard();
  }

  /** Calls `heard` with each word from now on; returns what ends that. */
  onHeard(heard: () => void): () => void {
    this.#listeners.add(heard);
    return () => void this.#listeners.delete(heard);
  }

  /** Until it is, there is only the visitor's clock. */
  get isHeard(): boolean {
    return this.#ahead.length > 0;
  }

  /**
   * Each word was on its way for a while, so the truest is the one that puts the server furthest ahead. So is one that was heard after
   * the machine has slept, where `performance.now()` stood still meanwhile.
   */
  now(): number {
    return this.isHeard ? performance.now() + Math.max(...this.#ahead) : Date.now();
  }
}

/** This tab's: told by each page and by the stream. */
export const serverClock = new ServerClock();

/** The first page comes with the document. */
let isOfTheDocument = true;

/**
 * When the page that is being built has arrived, by `performance.now()`: that of the document did when its answer began, and the browser
 * may have been busy with scripts for seconds since. To be asked once for each page.
 */
export function pageArrivedAt(): number {
  const [document] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  const arrivedAt = isOfTheDocument ? document?.responseStart : undefined;
  isOfTheDocument = false;
  return arrivedAt ?? performance.now();
}
