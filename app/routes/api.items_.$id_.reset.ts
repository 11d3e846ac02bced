import { reset } from "#app/api/reset.server.ts";
import { api } from "#app/http/endpoint.server.ts";

export const loader = api(reset);
export const action = api(reset);
