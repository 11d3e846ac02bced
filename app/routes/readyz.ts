import { api, methodNotAllowed } from "#app/http/answer.server.ts";
import { isReady } from "#app/lifecycle.server.ts";

/** Whether to send visitors here. */
export const loader = api(async () => {
  const ready = await isReady();
  return new Response(ready ? "ready" : "not ready", {
    status: ready ? 200 : 503,
    headers: { "Content-Type": "text/plain", "Cache-Control": "no-store" },
  });
});

export const action = methodNotAllowed("GET");
