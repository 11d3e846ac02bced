import { api, nothing } from "#app/http/endpoint.server.ts";

export const loader = api(nothing);
export const action = api(nothing);
