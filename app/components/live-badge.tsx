import { useLocation } from "@remix-run/react";
import { useEffect, useState } from "react";
import type { RenderedAt } from "#app/http/kept-pages.server.ts";
import type { Connection } from "#app/live/connection.ts";
import type { Live } from "#app/live/use-live-items.ts";
import type { Words } from "#app/words/words.ts";
import { useWords } from "./document.tsx";

const DOT: Record<Connection, string> = {
  connecting: "border-transparent bg-quiet",
  live: "border-transparent bg-good",
  delayed: "border-2 border-quiet",
  reconnecting: "border-transparent bg-warn waiting",
  offline: "border-2 border-warn",
};
/** Milliseconds between two looks whether the line has fallen silent. */
const LOOK = 2_000;

/**
 * Whether the quantities on this page follow the stock, or else when they were true. Until a script says that they follow, the
 * page tells its own time: the script may never come. Not announced: it may come and go.
 */
export function LiveBadge({ live, renderedAt }: { live: Live; renderedAt: RenderedAt }) {
  const { pathname, search } = useLocation();
  const { live: say } = useWords();
  const quiet = useQuiet(live);
  const connection = quiet ? "delayed" : live.connection;
  return (
    <p
      className="inline-flex min-h-7 flex-wrap items-center gap-x-3 gap-y-1 text-sm text-quiet tabular-nums"
      data-connection={connection}
    >
      <span className="only-with-script inline-flex items-center gap-2 rounded-full border border-line px-3 py-1">
        <span className={`size-2 rounded-full border ${DOT[connection]}`} aria-hidden="true" />
        <span>{labelOf(connection, say, live)}</span>
      </span>
      {connection === "connecting" && (
        <span className="unless-live">
          {`${say.asOfMoment} `}
          <time dateTime={renderedAt.moment}>{renderedAt.clock}</time>.{" "}
          <a href={`${pathname}${search}`} className="link text-ink">
            {say.again}
          </a>
        </span>
      )}
    </p>
  );
}

function labelOf(connection: Connection, say: Words["live"], { heardAt }: Live): string {
  switch (connection) {
    case "connecting":
    case "live":
      return say[connection];
    case "delayed":
      return say.asOf(localTime(heardAt()));
    case "reconnecting":
    case "offline":
      return say[connection](localTime(heardAt()));
    default:
      return connection satisfies never;
  }
}

/** A line that swallows everything stays "live" until it is given up. */
function useQuiet({ connection, isQuiet }: Live): boolean {
  const [quiet, setQuiet] = useState(false);
  useEffect(() => {
    if (connection !== "live") return;
    const timer = setInterval(() => setQuiet(isQuiet()), LOOK);
    return () => clearInterval(timer);
  }, [connection, isQuiet]);
  return quiet && connection === "live";
}

/** In the visitor's zone: none of this is said before the browser has taken the page over, so the server never writes it. */
function localTime(moment: number): string {
  return new Date(moment).toLocaleTimeString("en-GB");
}
