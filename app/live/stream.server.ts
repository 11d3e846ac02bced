/** One open event stream: a snapshot first, then each change, until the browser has left. */
import { eventStream } from "remix-utils/sse/server";
import { currentExchange } from "#app/http/exchange.server.ts";
import { describeError, log } from "#app/log.server.ts";
import { listStock } from "#app/shop/catalogue.server.ts";
import type { Stock } from "#app/shop/item.ts";
import { singleton } from "#app/singleton.server.ts";
import { feed } from "./feed.server.ts";

const HEARTBEAT = 15_000;
/** Bytes waiting for a client that does not read, at which it is dropped: it comes back and starts from a snapshot. */
const SLOW_CLIENT_LIMIT = 64 * 1024;

const openStreams = singleton("streams", () => new Set<() => void>());

/** Streams the stock of these items, or of all. Ends with the response: `request.signal` can be lost (exchange.server.ts). */
export function openStream(itemIds: ReadonlySet<string> | undefined): Response {
  const { response } = currentExchange();
  const left = new AbortController();
  response.once("close", () => left.abort());
  // It may have closed on the request's way here, and that event does not come twice.
  if (response.closed || response.destroyed) left.abort();

  const stream = eventStream(left.signal, (send, close) => {
    let ended = false;
    const newest = new Map<string, number>();
    const write = (event: string, data: string) => {
      if (ended || left.signal.aborted) return;
      if (response.writableLength > SLOW_CLIENT_LIMIT) response.destroy();
      else send({ event, data });
    };
    const tell = (stock: Stock) => {
      if (stock.version <= (newest.get(stock.id) ?? 0)) return;
      newest.set(stock.id, stock.version);
      write("stock", JSON.stringify(stock));
    };
    // Subscribed before the snapshot is read: a change in between is told by one of the two, never lost.
    const unsubscribe = feed.subscribe(itemIds, tell);
    const heartbeat = setInterval(() => write("ping", "{}"), HEARTBEAT);
    openStreams.add(close);
    listStock(itemIds).then(
      (snapshot) => snapshot.forEach(tell),
      (error: unknown) => {
        log("stream_without_snapshot", { ...describeError(error), stack: undefined });
        close();
      },
    );
    return () => {
      ended = true;
      unsubscribe();
      clearInterval(heartbeat);
      openStreams.delete(close);
    };
  });
  // no-transform keeps remix-serve's compression away, which would hold events back.
  stream.headers.set("Cache-Control", "no-cache, no-transform");
  stream.headers.set("X-Accel-Buffering", "no");
  return stream;
}

/** Ends every stream; the browsers come back to whichever instance is up. */
export function endStreams(): void {
  for (const close of [...openStreams]) close();
}
