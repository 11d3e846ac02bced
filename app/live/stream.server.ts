/** The open event streams: a snapshot first, then each change, until the browser has left. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { eventStream } from "remix-utils/sse/server";
import { env } from "#app/env.server.ts";
import { currentExchange } from "#app/http/exchange.server.ts";
import type { Stock } from "#app/shop/item.ts";
import { memory } from "#app/shop/memory.server.ts";
import { singleton } from "#app/singleton.server.ts";

/** Milliseconds. */
const HEARTBEAT = 15_000;
const LOOK = 1_000;
/** A stream's life, with as much again at random, so that they do not all come back at once. */
const LIFE = 10 * 60_000;
const MORE_LIFE = 5 * 60_000;
/** At the end of the process the streams end one after the other, and their browsers come back spread out, too. */
const FAREWELL = 1_000;
/** Longest time that a broadcast keeps the event loop from everything else: a purchase takes seven turns of it. */
const SLICE = 1;
/** After a broadcast nothing is told for so many times as long as it took, except what nobody may miss: the rest is for selling. */
const REST = 2;
/** Bytes waiting for a client that does not read, at which it is dropped: it comes back and starts from a snapshot. */
const SLOW_CLIENT_LIMIT = 64 * 1024;
/** Milliseconds in which its snapshot is not counted among them: of many items it is larger, and a slow phone must not be dropped for it again and again. */
const SNAPSHOT_PATIENCE = 60_000;
/** Milliseconds until the answer has begun. One that never begins, since nobody takes what it holds, must not keep its place. */
const BEGINNING = 5_000;

/** Says that the stream will end, so that its browser opens the next one first. */
const RENEW = "event: renew\ndata: {}\n\n";

interface Stream {
  response: ServerResponse;
  /** Undefined watches every item. */
  itemIds: ReadonlySet<string> | undefined;
  /** Some of the items it was asked for are not known, or not yet. */
  lacksItems: boolean;
  /** The memory's last change in the snapshot; every later one is told. */
  after: number;
  /** What of the snapshot the client had not taken when all of it was written. */
  snapshotBytes: number;
  openedAt: number;
  until: number;
  /** It was told to renew; the next heartbeat ends it. */
  renewed: boolean;
  close: () => void;
}

class Streams {
  readonly #open = new Set<Stream>();
  /** Places taken, by address and in all: from the request on, before the stream is open. */
  readonly #places = new Map<string, number>();
  #taken = 0;
  #ending = false;

  #pending: { stock: Stock; urgent: boolean; sequence: number }[] = [];
  #telling = false;
  #wake: () => void = () => undefined;

  constructor() {
    memory.onChange((stock, urgent, sequence) => this.#tellEveryone(stock, urgent, sequence));
    // To all: whoever shows the window wants to know of an item that none of its streams carries yet.
    memory.onCatalogue((itemIds) => {
      const event = `event: catalogue\ndata: ${JSON.stringify({ itemIds })}\n\n`;
      void this.#each((stream) => {
        write(stream, event);
        if (!stream.lacksItems) return;
        // What it lacks may be there now: its browser asks again.
        write(stream, RENEW);
        stream.until = -Infinity;
      });
    });
    setInterval(() => {
      const ping = pingOf();
      void this.#each((stream) => heartbeat(stream, ping));
    }, HEARTBEAT).unref();
    // Without the database there is nothing true to say. The browsers come back, and are told so.
    setInterval(() => {
      if (!memory.isKnown && this.#open.size > 0) void this.#each((stream) => stream.close());
    }, LOOK).unref();
  }

  get count(): number {
    return this.#open.size;
  }

  /** Takes the place of one more from this address, if there is one. What gives it back is returned. */
  enter(address: string): (() => void) | undefined {
    const here = this.#places.get(address) ?? 0;
    if (this.#ending || this.#taken >= env.LIVE_STREAMS || here >= env.LIVE_STREAMS_PER_ADDRESS) return undefined;
    this.#taken += 1;
    this.#places.set(address, here + 1);
    return () => {
      this.#taken -= 1;
      const left = (this.#places.get(address) ?? 1) - 1;
      if (left > 0) this.#places.set(address, left);
      else this.#places.delete(address);
    };
  }

  add(stream: Stream): void {
    if (this.#ending) stream.close();
    else this.#open.add(stream);
  }

  remove(stream: Stream): void {
    this.#open.delete(stream);
  }

  async end(): Promise<void> {
    this.#ending = true;
    const streams = [...this.#open];
    for (const [index, stream] of streams.entries()) {
      if (index % Math.ceil(streams.length / 20) === 0 && index > 0)
        await new Promise((resolve) => setTimeout(resolve, FAREWELL / 20));
      write(stream, `retry: ${Math.round(FAREWELL * (1 + 2 * Math.random()))}\n\n`);
      stream.close();
    }
  }

  #tellEveryone(stock: Stock, urgent: boolean, sequence: number): void {
    // Whoever comes later starts from a snapshot that has it.
    if (this.#open.size === 0) return;
    // What is not urgent gives way to what comes after it.
    this.#pending = this.#pending.filter((pending) => pending.urgent || pending.stock.id !== stock.id);
    this.#pending.push({ stock, urgent, sequence });
    if (urgent) this.#wake();
    if (!this.#telling) void this.#work();
  }

  async #work(): Promise<void> {
    this.#telling = true;
    while (this.#pending.length > 0) {
      const changes = this.#pending.splice(0);
      const took = await this.#each((stream) => changes.forEach((change) => tell(stream, change)));
      if (this.#pending.some(({ urgent }) => urgent)) continue;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, took * REST).unref();
      });
    }
    this.#telling = false;
  }

  /**
   * Thousands of streams take longer than anyone may have to wait, so purchases and pages go on between the slices.
   * Resolves to the milliseconds that the slices took.
   */
  async #each(act: (stream: Stream) => void): Promise<number> {
    let took = 0;
    let began = performance.now();
    for (const stream of [...this.#open]) {
      act(stream);
      const slice = performance.now() - began;
      if (slice < SLICE) continue;
      took += slice;
      await new Promise((resolve) => setImmediate(resolve));
      began = performance.now();
    }
    return took + performance.now() - began;
  }
}

const streams = singleton("streams", () => new Streams());

/** How many streams are open on this instance. */
export function countStreams(): number {
  return streams.count;
}

/** Ends every stream, spread over a second; the browsers come back to whichever instance is up. */
export function endStreams(): Promise<void> {
  return streams.end();
}

/**
 * Streams the stock of these items, or of all. Undefined when there is no room for one more.
 * It ends with the response: `request.signal` can be lost (exchange.server.ts).
 */
export function openStream(itemIds: string[] | undefined): Response | undefined {
  const exchange = currentExchange();
  const { request, response, address } = exchange;
  const leave = streams.enter(address);
  if (!leave) return undefined;
  const left = new AbortController();
  left.signal.addEventListener("abort", leave, { once: true });
  response.once("close", () => left.abort());
  // It may have closed on the request's way here, and that event does not come twice.
  if (response.closed || response.destroyed) left.abort();

  const known = itemIds && knownOf(itemIds);
  const lacksItems = known !== undefined && known.size < new Set(itemIds).size;
  const opened = eventStream(left.signal, (send, close) => {
    const openedAt = performance.now();
    const stream: Stream = {
      response,
      itemIds: known,
      lacksItems,
      after: memory.sequence,
      snapshotBytes: 0,
      openedAt,
      until: openedAt + LIFE + Math.random() * MORE_LIFE,
      renewed: false,
      close,
    };
    for (const stock of memory.stock(known)) send({ event: "stock", data: JSON.stringify(stock) });
    // Also where there is nothing to show: it says that the stream is there.
    send({ event: "ping", data: JSON.stringify({ now: memory.now }) });
    const given = setTimeout(() => left.abort(), BEGINNING).unref();
    left.signal.addEventListener("abort", () => clearTimeout(given), { once: true });
    onFirstBytes(response, () => {
      clearTimeout(given);
      if (left.signal.aborted) return;
      forget(request);
      exchange.forgetQuery();
      stream.snapshotBytes = response.writableLength;
      // What has changed meanwhile; what changes from now on is told to it.
      const missed = memory.stock(known, stream.after);
      stream.after = memory.sequence;
      streams.add(stream);
      for (const stock of missed) write(stream, eventOf(stock));
    });
    return () => streams.remove(stream);
  });
  // no-transform keeps remix-serve's compression away, which would hold events back.
  opened.headers.set("Cache-Control", "no-cache, no-transform");
  opened.headers.set("X-Accel-Buffering", "no");
  return opened;
}

/** Those of the items that there are, each by the memory's own text: the request's would be kept, in every stream anew. */
function knownOf(itemIds: string[]): ReadonlySet<string> {
  return new Set(itemIds.flatMap((itemId) => memory.item(itemId)?.id ?? []));
}

/**
 * What comes later is written to the response itself, once for all streams: through each stream's own queue a broadcast
 * to thousands takes half as long again. So it must wait until what eventStream has queued is out: its pieces follow
 * each other without a turn of the event loop between them.
 */
function onFirstBytes(response: ServerResponse, then: () => void): void {
  const write = response.write.bind(response);
  response.write = ((...piece: Parameters<typeof write>) => {
    response.write = write;
    setImmediate(then);
    return write(...piece);
  }) as typeof write;
}

/** Lets go of what came with the request: the connection would hold it as long as the stream lives, and the log tell all of it at the end. */
function forget(request: IncomingMessage): void {
  const [address] = request.url?.split("?") ?? [];
  // The last four are Express's.
  Object.assign(request, {
    url: address,
    headers: {},
    rawHeaders: [],
    originalUrl: address,
    _parsedUrl: undefined,
    query: {},
  });
}

function tell(stream: Stream, { stock, sequence }: { stock: Stock; sequence: number }): void {
  if (sequence <= stream.after || (stream.itemIds && !stream.itemIds.has(stock.id))) return;
  write(stream, eventOf(stock));
}

/** Ends a stream whose time is over one heartbeat after it was told so: by then its browser has another. */
function heartbeat(stream: Stream, ping: string): void {
  if (stream.renewed) return stream.close();
  stream.renewed = stream.until < performance.now();
  write(stream, stream.renewed ? RENEW : ping);
}

function pingOf(): string {
  return `event: ping\ndata: ${JSON.stringify({ now: memory.now })}\n\n`;
}

const written = new WeakMap<Stock, Buffer>();

/** Encoded once for everyone who is told. */
function eventOf(stock: Stock): Buffer {
  const known = written.get(stock) ?? Buffer.from(`event: stock\ndata: ${JSON.stringify(stock)}\n\n`);
  written.set(stock, known);
  return known;
}

function write(stream: Stream, chunk: Buffer | string): void {
  const { response } = stream;
  if (response.destroyed || response.writableEnded) return;
  if (response.writableLength > SLOW_CLIENT_LIMIT + uncounted(stream)) return void response.destroy();
  // Uncorked here: Node would do it, and the system call with it, after the slice, where nobody counts its time.
  response.socket?.cork();
  response.write(chunk);
  response.socket?.uncork();
}

function uncounted({ snapshotBytes, openedAt }: Stream): number {
  return performance.now() - openedAt < SNAPSHOT_PATIENCE ? snapshotBytes : 0;
}
