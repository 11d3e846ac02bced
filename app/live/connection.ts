/** One event stream that is kept open: a failed one is replaced, a silent one given up. It knows no page and no other tab. */
import { MOST_ITEMS, type Stock } from "#app/shop/item.ts";

/** Whether what a page shows follows the stock. */
export type Connection = "connecting" | "live" | "reconnecting" | "offline";

export interface Hearer {
  onStock: (stock: Stock) => void;
  /** What is for sale has changed, or what is told of it: of these items, or only their order. */
  onCatalogue: (itemIds: string[]) => void;
  /** "live" comes with everything that is heard, the heartbeat included. */
  onConnection: (connection: Connection) => void;
}

/** What brings a tab its news. */
export interface Line {
  /** Brings news of these items from now on. Asked again, it makes sure that it does. */
  follow: (itemIds: ReadonlySet<string>) => void;
  close: () => void;
}

/** Milliseconds: the longest first wait after a failure, and the longest of all. */
const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 30_000;
/** Milliseconds without a word after which a stream counts as dead (the server's heartbeat is 15 s), and how often to look. */
const SILENCE = 45_000;
export const LOOK = 5_000;
/** Failures in a row, about a minute's worth, after which a page says how old its numbers are. */
const PATIENCE = 5;

export class Stream implements Line {
  readonly #hearer: Hearer;
  readonly #closed = new AbortController();
  #source: EventSource | undefined;
  /** What comes after it: opened before the server ends it, so that nothing is missed. */
  #next: EventSource | undefined;
  #wanted: ReadonlySet<string> = new Set();
  #carried: ReadonlySet<string> = new Set();
  readonly #said = new Map<string, Stock>();
  #quietSince = 0;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  readonly #watchdog: ReturnType<typeof setInterval>;

  constructor(hearer: Hearer) {
    this.#hearer = hearer;
    const { signal } = this.#closed;
    window.addEventListener("offline", this.#fail, { signal });
    window.addEventListener("online", this.#retryNow, { signal });
    this.#watchdog = setInterval(() => {
      if (this.isSilent) this.#fail();
    }, LOOK);
  }

  /** The newest state of each item, as far as the open stream has told. */
  get said(): ReadonlyMap<string, Stock> {
    return this.#said;
  }

  /** Whether it is open and should have been heard. */
  get isSilent(): boolean {
    return this.#source !== undefined && isSilent(this.#quietSince);
  }

  /** A stream that carries more than is wanted is kept: that costs less than a new one. */
  follow(itemIds: ReadonlySet<string>): void {
    this.#wanted = itemIds;
    const carried = [...itemIds].every((id) => this.#carried.has(id));
    const silent = this.isSilent;
    if (silent) this.#hearer.onConnection("reconnecting");
    if (silent || !carried || !this.#source) this.#open();
  }

  close(): void {
    this.#closed.abort();
    this.#hangUp();
    clearInterval(this.#watchdog);
  }

  #open(): void {
    this.#hangUp();
    this.#said.clear();
    // From the start, so that one that never opens is given up, too.
    this.#quietSince = Date.now();
    this.#source = this.#call();
  }

  #call(): EventSource {
    this.#carried = this.#wanted;
    const ids = [...this.#wanted].join(",");
    const source = new EventSource(this.#wanted.size > MOST_ITEMS ? "/live" : `/live?items=${encodeURIComponent(ids)}`);
    // Not "open", which brings no news: a snapshot comes first, and then a ping, also where there is nothing to show.
    source.addEventListener("ping", () => this.#heard(source));
    source.addEventListener("stock", ({ data }: MessageEvent<string>) => {
      const stock = JSON.parse(data) as Stock;
      this.#said.set(stock.id, stock);
      this.#hearer.onStock(stock);
      this.#heard(source);
    });
    source.addEventListener("catalogue", ({ data }: MessageEvent<string>) => {
      this.#hearer.onCatalogue((JSON.parse(data) as { itemIds: string[] }).itemIds);
      this.#heard(source);
    });
    source.addEventListener("renew", () => {
      this.#heard(source);
      this.#next ??= this.#call();
    });
    source.addEventListener("error", () => {
      if (source === this.#next) this.#dropNext();
      // EventSource gives up for good after an answer that is not 200, so a failed one is replaced, not trusted to return.
      else this.#fail();
    });
    return source;
  }

  #heard(source: EventSource): void {
    if (source === this.#next) {
      this.#source?.close();
      this.#source = source;
      this.#next = undefined;
    }
    this.#failures = 0;
    this.#quietSince = Date.now();
    this.#hearer.onConnection("live");
  }

  readonly #fail = () => {
    this.#hangUp();
    // Equal jitter (Brooker, "Exponential Backoff And Jitter"): browsers that lost one server do not return as one.
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures);
    this.#failures += 1;
    this.#retry = setTimeout(() => this.#open(), (longest / 2) * (1 + Math.random()));
    this.#hearer.onConnection(!navigator.onLine || this.#failures > PATIENCE ? "offline" : "reconnecting");
  };

  readonly #retryNow = () => {
    if (this.#source) return;
    this.#failures = 0;
    this.#open();
  };

  #dropNext(): void {
    this.#next?.close();
    this.#next = undefined;
  }

  #hangUp(): void {
    this.#dropNext();
    this.#source?.close();
    this.#source = undefined;
    clearTimeout(this.#retry);
  }
}

/** By the clock on the wall: timers stand still while a machine sleeps. One that was set back says nothing, so it counts, too. */
export function isSilent(since: number): boolean {
  return Math.abs(Date.now() - since) > SILENCE;
}
