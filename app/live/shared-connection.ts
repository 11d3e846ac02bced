/**
 * One stream for all tabs of a browser, because HTTP/1.1 allows it six connections: the tab that holds a lock opens the
 * stream for what all tabs show, and hands on what it hears. When it goes, the browser gives the lock to another.
 */
import type { Stock } from "#app/shop/item.ts";
import { type Connection, type Hearer, isSilent, type Line, LOOK, Stream } from "./connection.ts";

/** Of the lock and the channel. Its number grows with `Message`: tabs from before and after share nothing then. */
const NAME = "lastone-live-2";
/** Milliseconds for the tab that leads to answer before another takes its place: a suspended tab keeps its lock. */
const ANSWER = 3_000;
/** Milliseconds in which the wishes of several tabs become one new stream. */
const GATHER = 50;

type Message =
  | { kind: "want"; tab: string; itemIds: string[] }
  | { kind: "who" }
  | { kind: "stock"; stock: Stock }
  | { kind: "catalogue"; itemIds: string[] }
  | { kind: "connection"; connection: Connection };

/** What the leading tab hands on. */
type News = Message & { kind: "stock" | "catalogue" | "connection" };

/** Where the browser has no locks (it has none on a page that is neither https nor localhost), each tab has a stream. */
export function connect(hearer: Hearer): Line {
  return "locks" in navigator && "BroadcastChannel" in window ? new SharedStream(hearer) : new Stream(hearer);
}

class SharedStream implements Line {
  readonly #hearer: Hearer;
  readonly #channel = new BroadcastChannel(NAME);
  readonly #tab = crypto.randomUUID();
  /** What each tab shows. Everyone hears of it, so that whoever leads next knows. */
  readonly #wants = new Map<string, string[]>();
  /** The leading tab has one. */
  #stream: Stream | undefined;
  #connection: Connection = "connecting";
  #turn = new AbortController();
  #heardAt = Date.now();
  #unanswered: ReturnType<typeof setTimeout> | undefined;
  #gathering: ReturnType<typeof setTimeout> | undefined;
  readonly #watchdog: ReturnType<typeof setInterval>;

  constructor(hearer: Hearer) {
    this.#hearer = hearer;
    this.#channel.addEventListener("message", ({ data }: MessageEvent<Message>) => this.#receive(data));
    // A leader may be suspended, or try in vain for as long: whoever asks finds out.
    this.#watchdog = setInterval(() => {
      if (!this.#stream && isSilent(this.#heardAt)) this.#ask();
    }, LOOK);
    void this.#stand();
  }

  follow(itemIds: ReadonlySet<string>): void {
    this.#wants.set(this.#tab, [...itemIds]);
    if (this.#stream) this.#serve();
    else this.#ask();
  }

  close(): void {
    this.#channel.postMessage({ kind: "want", tab: this.#tab, itemIds: [] } satisfies Message);
    this.#turn.abort();
    this.#stepDown();
    this.#channel.close();
    clearInterval(this.#watchdog);
    clearTimeout(this.#unanswered);
  }

  /** Stands in line for the lock and leads once it has it, or takes it from a tab that does not answer. */
  async #stand(steal = false): Promise<void> {
    const { signal } = (this.#turn = new AbortController());
    try {
      await navigator.locks.request(NAME, steal ? { steal } : { signal }, () =>
        signal.aborted ? undefined : this.#lead(signal),
      );
    } catch {
      if (signal.aborted) return;
      if (this.#stream) {
        // Another tab took the lock.
        this.#stepDown();
        void this.#stand();
        this.#ask();
      } else {
        // The browser refuses locks, as to a page without an origin.
        void this.#lead(signal);
      }
    }
  }

  /** Ends when this tab's turn ends. */
  #lead(signal: AbortSignal): Promise<void> {
    this.#answered();
    this.#stream = new Stream({
      onStock: (stock) => this.#tell({ kind: "stock", stock }),
      onCatalogue: (itemIds) => this.#tell({ kind: "catalogue", itemIds }),
      onConnection: (connection) => this.#tell({ kind: "connection", connection }),
    });
    if (this.#connection === "live") this.#tell({ kind: "connection", connection: "reconnecting" });
    this.#serve();
    this.#channel.postMessage({ kind: "who" } satisfies Message);
    return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
  }

  #stepDown(): void {
    clearTimeout(this.#gathering);
    this.#stream?.close();
    this.#stream = undefined;
  }

  #serve(): void {
    this.#stream?.follow(new Set([...this.#wants.values()].flat()));
  }

  /** Says what this tab shows. The one that leads answers. */
  #ask(): void {
    this.#channel.postMessage({
      kind: "want",
      tab: this.#tab,
      itemIds: this.#wants.get(this.#tab) ?? [],
    } satisfies Message);
    this.#unanswered ??= setTimeout(() => {
      this.#answered();
      this.#turn.abort();
      void this.#stand(true);
    }, ANSWER);
  }

  #answered(): void {
    this.#heardAt = Date.now();
    clearTimeout(this.#unanswered);
    this.#unanswered = undefined;
  }

  /** To this tab and to the others. */
  #tell(message: News): void {
    this.#hear(message);
    this.#channel.postMessage(message);
  }

  #receive(message: Message): void {
    switch (message.kind) {
      case "want":
        if (message.itemIds.length > 0) this.#wants.set(message.tab, message.itemIds);
        else this.#wants.delete(message.tab);
        return this.#answer(message.itemIds);
      case "who":
        return this.#stream ? undefined : this.#ask();
      case "stock":
      case "catalogue":
      case "connection":
        // Two may lead for a moment, when a tab that was given up wakes.
        if (this.#stream) return;
        this.#answered();
        return this.#hear(message);
      default:
        return message satisfies never;
    }
  }

  #answer(itemIds: string[]): void {
    if (!this.#stream) return;
    // This tab may have slept, too, and what it remembers is not how it is.
    if (this.#stream.isSilent) this.#serve();
    clearTimeout(this.#gathering);
    this.#gathering = setTimeout(() => this.#serve(), GATHER);
    for (const id of itemIds) {
      const stock = this.#stream.said.get(id);
      if (stock) this.#channel.postMessage({ kind: "stock", stock } satisfies Message);
    }
    this.#channel.postMessage({ kind: "connection", connection: this.#connection } satisfies Message);
  }

  #hear(message: News): void {
    if (message.kind === "stock") return this.#hearer.onStock(message.stock);
    if (message.kind === "catalogue") return this.#hearer.onCatalogue(message.itemIds);
    this.#connection = message.connection;
    this.#hearer.onConnection(message.connection);
  }
}
