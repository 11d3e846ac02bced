import { accent } from "#app/api/accent.server.ts";
import { api } from "#app/http/endpoint.server.ts";

export const loader = api(accent);
export const action = api(accent);
