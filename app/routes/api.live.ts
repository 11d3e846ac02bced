import { live } from "#app/api/live.server.ts";
import { api } from "#app/http/endpoint.server.ts";

export const loader = api(live);
export const action = api(live);
