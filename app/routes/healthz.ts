import { healthz } from "#app/api/health.server.ts";
import { api } from "#app/http/endpoint.server.ts";

export const loader = api(healthz);
export const action = api(healthz);
