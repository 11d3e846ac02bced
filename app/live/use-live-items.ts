/** The browser's end of the stream: the newest state of the items on this page, and whether it is live. */
import { useEffect, useState } from "react";
import { newerOf, type Stock } from "#app/shop/item.ts";

export type Connection = "connecting" | "live" | "reconnecting";

/** Milliseconds: the first wait after a failure, the longest, and the silence after which a stream counts as dead. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
const SILENCE = 45_000;

/**
 * `rendered` is what the page's HTML was made from. What the stream says replaces it when it is newer, and only then:
 * an older state is never shown after a newer one.
 */
export function useLiveItems(rendered: Stock[]): { stockOf: (itemId: string) => Stock | undefined; connection: Connection } {
  const [live, setLive] = useState<ReadonlyMap<string, Stock>>(new Map());
  const [connection, setConnection] = useState<Connection>("connecting");
  const itemIds = rendered.map((stock) => stock.id).join(",");

  useEffect(() => {
    if (itemIds === "") return;
    return follow(itemIds, {
      onStock: (stock) => setLive((known) => (stock.version <= (known.get(stock.id)?.version ?? 0) ? known : new Map(known).set(stock.id, stock))),
      onConnection: setConnection,
    });
  }, [itemIds]);

  const stockOf = (itemId: string) => newerOf(rendered.find(({ id }) => id === itemId), live.get(itemId));
  return { stockOf, connection };
}

/** Keeps one stream open for as long as the page wants it; returns what ends it. */
function follow(itemIds: string, on: { onStock: (stock: Stock) => void; onConnection: (connection: Connection) => void }): () => void {
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let watchdog: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  const expectMore = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(reopen, SILENCE);
  };
  const heard = () => {
    failures = 0;
    on.onConnection("live");
    expectMore();
  };
  // EventSource gives up for good after an answer that is not 200, so a failed one is replaced, not trusted to return.
  function reopen() {
    source?.close();
    clearTimeout(watchdog);
    clearTimeout(retry);
    on.onConnection("reconnecting");
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures);
    failures += 1;
    // Full jitter (Brooker, "Exponential Backoff And Jitter"): browsers that lost one server do not return as one.
    retry = setTimeout(open, wait / 2 + (Math.random() * wait) / 2);
  }
  function open() {
    source = new EventSource(`/live?items=${encodeURIComponent(itemIds)}`);
    // From the start, so that one that never opens is given up, too. Opening is no news: with its database away the
    // server opens a stream, and closes it without a snapshot.
    expectMore();
    source.addEventListener("ping", heard);
    source.addEventListener("stock", (event: MessageEvent<string>) => {
      heard();
      on.onStock(JSON.parse(event.data) as Stock);
    });
    source.addEventListener("error", reopen);
  }

  open();
  return () => {
    source?.close();
    clearTimeout(watchdog);
    clearTimeout(retry);
  };
}
