import { api, methodNotAllowed } from "#app/http/answer.server.ts";

/** Says that the process answers. Touches nothing: a database that is away must not get the instance killed. */
export const loader = api(
  () => new Response("ok", { headers: { "Content-Type": "text/plain", "Cache-Control": "no-store" } }),
);

export const action = methodNotAllowed("GET");
