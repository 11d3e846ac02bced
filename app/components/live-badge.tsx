import { useLocation } from "@remix-run/react";
import type { RenderedAt } from "#app/http/kept-pages.server.ts";
import type { Connection } from "#app/live/connection.ts";
import type { Live } from "#app/live/use-live-items.ts";

const LABEL: Record<Connection, string> = {
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  offline: "Offline",
};
const DOT: Record<Connection, string> = {
  connecting: "border-transparent bg-quiet",
  live: "border-transparent bg-good",
  reconnecting: "border-transparent bg-warn waiting",
  offline: "border-2 border-warn",
};

/** Whether the quantities on this page follow the stock, or else when they were true. Not announced: it may come and go. */
export function LiveBadge({ live: { connection, heardAt }, renderedAt }: { live: Live; renderedAt: RenderedAt }) {
  const { pathname, search } = useLocation();
  return (
    <p className="inline-flex h-7 items-center text-sm text-quiet" data-connection={connection}>
      <noscript>
        As of <time dateTime={renderedAt.moment}>{renderedAt.clock}</time>.{" "}
        <a href={`${pathname}${search}`} className="link text-ink">
          Check again
        </a>
      </noscript>
      <span className="only-with-script inline-flex items-center gap-2 rounded-full border border-line px-3 py-1 tabular-nums">
        <span className={`size-2 rounded-full border ${DOT[connection]}`} aria-hidden="true" />
        <span>{connection === "offline" ? `Offline, as of ${localTime(heardAt)}` : LABEL[connection]}</span>
      </span>
    </p>
  );
}

/** By the visitor's clock: nobody is offline before the browser has taken the page over, so the server never writes it. */
function localTime(moment: number): string {
  return new Date(moment).toLocaleTimeString("en-GB");
}
