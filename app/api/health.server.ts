import { plain } from "#app/http/answer.ts";
import type { Endpoint } from "#app/http/endpoint.server.ts";
import { isReady } from "#app/lifecycle.server.ts";

/** `/healthz` says that the process answers. Touches nothing: a database that is away must not get the instance killed. */
export const healthz: Endpoint = { GET: () => plain("ok") };

/** `/readyz`: whether to send visitors here. */
export const readyz: Endpoint = {
  GET: async () => ((await isReady()) ? plain("ready") : plain("not ready", 503)),
};
