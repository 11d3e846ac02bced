import { methodNotAllowed } from "#app/http/answer.server.ts";
import { isEnding } from "#app/lifecycle.server.ts";
import { memory } from "#app/shop/memory.server.ts";

/** Whether to send visitors here: not while the process ends, nor while it cannot see the database. */
export const loader = async () => {
  const ready = !isEnding() && (await memory.becomesFresh());
  return new Response(ready ? "ready" : "not ready", {
    status: ready ? 200 : 503,
    headers: { "Content-Type": "text/plain", "Cache-Control": "no-store" },
  });
};

export const action = methodNotAllowed("GET");
