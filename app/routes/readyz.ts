import { feed } from "#app/live/feed.server.ts";
import { isEnding } from "#app/lifecycle.server.ts";

/** Whether to send visitors here: not while the process ends, nor while it cannot see the database. */
export const loader = () => {
  const ready = !isEnding() && feed.isKnown;
  return Promise.resolve(new Response(ready ? "ready" : "not ready", { status: ready ? 200 : 503, headers: { "Content-Type": "text/plain", "Cache-Control": "no-store" } }));
};
