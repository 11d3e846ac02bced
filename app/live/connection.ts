/** One event stream that is kept open: a failed one is replaced, a silent one given up. It knows no page and no other tab. */
import { MOST_ITEMS, readStock, type Stock, type WrittenStock } from "#app/shop/item.ts";

/** Whether what a page shows follows the stock. "delayed": no stream brings it, so it is asked for every few seconds. */
export type Connection = "connecting" | "live" | "delayed" | "reconnecting" | "offline";

export interface Hearer {
  /** States of some items, a snapshot all at once. */
  onStocks: (stocks: Stock[]) => void;
  /** What is for sale has changed, or what is told of it: of these items, or only their order. */
  onCatalogue: (itemIds: string[]) => void;
  /** Comes with everything that is heard: "live" from a stream, the heartbeat included, "delayed" from an answer. */
  onConnection: (connection: Connection) => void;
  /** The server's time, in milliseconds since 1970. */
  onTime: (now: number) => void;
}

/** What brings a tab its news. */
export interface Line {
  /** Whether other tabs of the browser use the same stream. One that is not shared should not be kept for a hidden page. */
  readonly isShared: boolean;
  /** Brings news of these items from now on. Asked again, it makes sure that it does. */
  follow: (itemIds: ReadonlySet<string>) => void;
  close: () => void;
}

/** Milliseconds: the longest first wait after a failure, and the longest of all. */
const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 30_000;
/** Milliseconds without a word after which a stream counts as dead (the server's heartbeat is 15 s), and how often to look. */
const SILENCE = 45_000;
const LOOK = 5_000;
/** Failures in a row, about a minute's worth, after which a page says how old its numbers are. */
const PATIENCE = 5;
/** Milliseconds without a first word after which the page asks, and until it asks again. */
const MUTE = 10_000;

export class Stream implements Line {
  readonly isShared = false;
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
  /** Set from the opening of a stream until one is heard. */
  #asking: ReturnType<typeof setTimeout> | undefined;
  /** Whether the last question had an answer. */
  #isAnswered = false;
  readonly #watchdog: ReturnType<typeof setInterval>;

  constructor(hearer: Hearer) {
    this.#hearer = hearer;
    const { signal } = this.#closed;
    window.addEventListener("offline", this.#fail, { signal });
    window.addEventListener("online", this.#retryNow, { signal });
    this.#watchdog = setInterval(() => {
      if (this.isSilent) this.#giveUp();
    }, LOOK);
  }

  /** The newest state of each item, as far as the open stream has told. */
  get said(): ReadonlyMap<string, Stock> {
    return this.#said;
  }

  /**
   * Whether it is open and should have been heard. By the clock on the wall: timers stand still while a machine sleeps.
   * One that was set back says nothing, so it counts, too.
   */
  get isSilent(): boolean {
    return this.#source !== undefined && Math.abs(Date.now() - this.#quietSince) > SILENCE;
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
    clearTimeout(this.#asking);
  }

  #open(): void {
    this.#hangUp();
    this.#said.clear();
    // From the start, so that one that never opens is given up, too.
    this.#quietSince = Date.now();
    this.#source = this.#call();
    this.#asking ??= setTimeout(() => void this.#ask(), MUTE);
  }

  #call(): EventSource {
    this.#carried = this.#wanted;
    const source = new EventSource(this.#address());
    /** What the stream begins with: a snapshot, one event an item, and then a ping. */
    let snapshot: Stock[] | undefined = [];
    source.addEventListener("stock", ({ data }: MessageEvent<string>) => {
      const stock = readStock(JSON.parse(data) as WrittenStock);
      if (snapshot) return void snapshot.push(stock);
      this.#say([stock]);
      this.#heard(source);
    });
    // Not "open", which brings no news: the ping comes also where there is nothing to show.
    source.addEventListener("ping", ({ data }: MessageEvent<string>) => {
      this.#tellTime(data);
      if (snapshot) this.#say(snapshot);
      snapshot = undefined;
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

  /** An empty window wants no item yet, and hears of the first where all are told. */
  #address(): string {
    const { size } = this.#wanted;
    return size === 0 || size > MOST_ITEMS ? "/live" : `/live?items=${encodeURIComponent([...this.#wanted].join(","))}`;
  }

  #say(stocks: Stock[]): void {
    for (const stock of stocks) this.#said.set(stock.id, stock);
    if (stocks.length > 0) this.#hearer.onStocks(stocks);
  }

  #tellTime(data: string | undefined): void {
    const { now } = JSON.parse(data ?? "{}") as { now?: string | number };
    if (now !== undefined) this.#hearer.onTime(new Date(now).getTime());
  }

  #heard(source: EventSource): void {
    if (source === this.#next) {
      this.#source?.close();
      this.#source = source;
      this.#next = undefined;
    }
    clearTimeout(this.#asking);
    this.#asking = undefined;
    this.#isAnswered = false;
    this.#failures = 0;
    this.#quietSince = Date.now();
    this.#hearer.onConnection("live");
  }

  /**
   * Some proxies hold a stream back until it ends, and some let none pass. The same address answers at once, and ends, for
   * whoever accepts JSON. Asked again until a stream is heard.
   */
  readonly #ask = async () => {
    const stocks = await this.#answer();
    // A stream that was heard meanwhile is newer.
    if (this.#asking === undefined || this.#closed.signal.aborted) return;
    if (stocks) {
      this.#say(stocks);
      this.#hearer.onConnection("delayed");
    }
    this.#isAnswered = stocks !== undefined;
    // A shop that refuses a stream has too many of them: it is asked no more often than for the stream.
    const wait = this.#failures > 0 ? LONGEST_WAIT : MUTE;
    this.#asking = setTimeout(() => void this.#ask(), wait * (1 + Math.random() / 2));
  };

  async #answer(): Promise<Stock[] | undefined> {
    try {
      const answer = await fetch(this.#address(), {
        headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(MUTE),
      });
      const { stocks, now } = (await answer.json()) as { stocks?: WrittenStock[]; now: string };
      if (stocks) this.#hearer.onTime(new Date(now).getTime());
      return stocks?.map(readStock);
    } catch {
      // What is shown grows older, and says so.
      return undefined;
    }
  }

  readonly #fail = () => {
    // Equal jitter (Brooker, "Exponential Backoff And Jitter"): browsers that lost one server do not return as one.
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures);
    this.#failures += 1;
    this.#openAgain(longest);
  };

  /** A silent stream was not refused: it has taken its time already, so the next need not wait longer than the first. */
  #giveUp(): void {
    this.#openAgain(FIRST_WAIT);
  }

  #openAgain(longest: number): void {
    this.#hangUp();
    this.#retry = setTimeout(() => this.#open(), (longest / 2) * (1 + Math.random()));
    const offline = !navigator.onLine || this.#failures > PATIENCE;
    if (!this.#isAnswered || !navigator.onLine) this.#hearer.onConnection(offline ? "offline" : "reconnecting");
  }

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
