import type { Connection } from "#app/live/use-live-items.ts";

const LABEL: Record<Connection, string> = { connecting: "Connecting", live: "Live", reconnecting: "Reconnecting" };
const DOT: Record<Connection, string> = { connecting: "bg-quiet", live: "bg-good", reconnecting: "bg-warn" };

/** Whether the quantities on this page follow the stock. Without JavaScript: when they were true. */
export function LiveBadge({ connection, renderedAt }: { connection: Connection; renderedAt: string }) {
  return (
    <p className="inline-flex h-7 items-center text-sm text-quiet" data-connection={connection}>
      <noscript>
        As of <time dateTime={renderedAt}>{renderedAt.slice(11, 19)} UTC</time>. Reload to check again.
      </noscript>
      <span className="only-with-script inline-flex items-center gap-2 rounded-full border border-line px-3 py-1" role="status">
        <span className={`size-2 rounded-full ${DOT[connection]}`} aria-hidden="true" />
        {LABEL[connection]}
      </span>
    </p>
  );
}
