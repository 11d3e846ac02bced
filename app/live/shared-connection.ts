/**
 * One stream for all tabs of a browser, because HTTP/1.1 allows it six connections: one tab leads, opens the stream for what
 * all tabs show, and hands on what it hears. They find their leader by talking to each other, which every browser lets
 * pages do, also where it has no locks for them (on plain http by name). Two may lead for a moment: then the later one stays.
 */
import type { Stock } from "#app/shop/item.ts";
import { type Connection, type Hearer, type Line, Stream } from "./connection.ts";

/** Of the channel. Its number grows with `Message`: tabs from before and after share nothing then. */
const NAME = "lastone-live-4";
/** Milliseconds, and as much again at random, for a leader to answer before another tab takes its place. */
const ANSWER = 150;
/** Milliseconds between two signs of life of a leader, and without one after which it is asked for: a tab may be suspended. */
const BEAT = 2_000;
const SILENCE = 3 * BEAT;
/** Milliseconds in which the wishes of several tabs become one new stream. */
const GATHER = 50;

/** A tab that leads, and when it began to, by the clock that all tabs of a machine have. */
interface Lead {
  tab: string;
  since: number;
}

type Message =
  | { kind: "want"; tab: string; itemIds: string[] }
  | { kind: "leave"; tab: string }
  | { kind: "lead"; lead: Lead }
  | News;

/** What the leading tab hands on. */
type News =
  | { kind: "stocks"; stocks: Stock[] }
  | { kind: "catalogue"; itemIds: string[] }
  | { kind: "connection"; connection: Connection }
  | { kind: "time"; now: number };

/** Where a browser does not let its tabs talk, as Firefox does not where it blocks cookies, each has a stream of its own. */
export function connect(hearer: Hearer): Line {
  try {
    return new SharedStream(hearer, new BroadcastChannel(NAME));
  } catch {
    return new Stream(hearer);
  }
}

class SharedStream implements Line {
  readonly isShared = true;
  readonly #hearer: Hearer;
  readonly #channel: BroadcastChannel;
  readonly #tab = `${Date.now()}-${Math.random()}`;
  /** What each tab shows. Everyone hears of it, so that whoever leads next knows. */
  readonly #wants = new Map<string, string[]>();
  /** This tab's, while it leads. */
  #stream: Stream | undefined;
  #lead: Lead | undefined;
  #connection: Connection = "connecting";
  #leaderHeardAt = -Infinity;
  #unanswered: ReturnType<typeof setTimeout> | undefined;
  #gathering: ReturnType<typeof setTimeout> | undefined;
  readonly #beat: ReturnType<typeof setInterval>;

  constructor(hearer: Hearer, channel: BroadcastChannel) {
    this.#hearer = hearer;
    this.#channel = channel;
    channel.addEventListener("message", ({ data }: MessageEvent<Message>) => this.#receive(data));
    this.#beat = setInterval(() => {
      if (this.#stream && this.#lead) this.#post({ kind: "lead", lead: this.#lead });
      else if (performance.now() - this.#leaderHeardAt > SILENCE) this.#ask();
    }, BEAT);
  }

  follow(itemIds: ReadonlySet<string>): void {
    this.#wants.set(this.#tab, [...itemIds]);
    if (this.#stream) this.#serve();
    else this.#ask();
  }

  close(): void {
    this.#post({ kind: "leave", tab: this.#tab });
    this.#stepDown();
    this.#channel.close();
    clearInterval(this.#beat);
    clearTimeout(this.#unanswered);
  }

  /** Says what this tab shows. The one that leads answers, or this tab leads. */
  #ask(): void {
    this.#post({ kind: "want", tab: this.#tab, itemIds: this.#wants.get(this.#tab) ?? [] });
    this.#unanswered ??= setTimeout(() => this.#takeOver(), ANSWER * (1 + Math.random()));
  }

  #takeOver(): void {
    this.#unanswered = undefined;
    this.#lead = { tab: this.#tab, since: Date.now() };
    this.#stream = new Stream({
      onStocks: (stocks) => this.#tell({ kind: "stocks", stocks }),
      onCatalogue: (itemIds) => this.#tell({ kind: "catalogue", itemIds }),
      onConnection: (connection) => this.#tell({ kind: "connection", connection }),
      onTime: (now) => this.#tell({ kind: "time", now }),
    });
    this.#post({ kind: "lead", lead: this.#lead });
    if (this.#connection === "live") this.#tell({ kind: "connection", connection: "reconnecting" });
    this.#serve();
  }

  #stepDown(): void {
    clearTimeout(this.#gathering);
    this.#stream?.close();
    this.#stream = undefined;
  }

  #serve(): void {
    this.#stream?.follow(new Set([...this.#wants.values()].flat()));
  }

  #post(message: Message): void {
    this.#channel.postMessage(message);
  }

  /** To this tab and to the others. */
  #tell(news: News): void {
    this.#hear(news);
    this.#post(news);
  }

  #receive(message: Message): void {
    switch (message.kind) {
      case "want":
        this.#wants.set(message.tab, message.itemIds);
        return this.#answer(message.itemIds);
      case "leave":
        this.#wants.delete(message.tab);
        return message.tab === this.#lead?.tab ? this.#ask() : undefined;
      case "lead":
        return this.#meet(message.lead);
      case "stocks":
      case "catalogue":
      case "connection":
      case "time":
        // Another may lead, too, until the two have met.
        if (this.#stream) return;
        this.#answered();
        return this.#hear(message);
      default:
        return message satisfies never;
    }
  }

  #meet(other: Lead): void {
    const known = this.#lead;
    // Told again, so that the other steps down.
    if (this.#stream && known && isLater(known, other)) return this.#post({ kind: "lead", lead: known });
    this.#stepDown();
    this.#lead = other;
    this.#answered();
    // A new leader may not know what this tab shows.
    if (known?.tab !== other.tab) this.#ask();
  }

  #answered(): void {
    this.#leaderHeardAt = performance.now();
    clearTimeout(this.#unanswered);
    this.#unanswered = undefined;
  }

  #answer(itemIds: string[]): void {
    if (!this.#stream || !this.#lead) return;
    this.#post({ kind: "lead", lead: this.#lead });
    // This tab may have slept, too, and what it remembers is not how it is.
    if (this.#stream.isSilent) this.#serve();
    clearTimeout(this.#gathering);
    this.#gathering = setTimeout(() => this.#serve(), GATHER);
    const { said } = this.#stream;
    this.#post({ kind: "stocks", stocks: itemIds.flatMap((id) => said.get(id) ?? []) });
    this.#post({ kind: "connection", connection: this.#connection });
  }

  #hear(news: News): void {
    switch (news.kind) {
      case "stocks":
        return this.#hearer.onStocks(news.stocks);
      case "catalogue":
        return this.#hearer.onCatalogue(news.itemIds);
      case "time":
        return this.#hearer.onTime(news.now);
      case "connection":
        this.#connection = news.connection;
        return this.#hearer.onConnection(news.connection);
      default:
        return news satisfies never;
    }
  }
}

function isLater(one: Lead, other: Lead): boolean {
  return one.since > other.since || (one.since === other.since && one.tab > other.tab);
}
