import { readyz } from "#app/api/health.server.ts";
import { api } from "#app/http/endpoint.server.ts";

export const loader = api(readyz);
export const action = api(readyz);
