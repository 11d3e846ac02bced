import { purchases } from "#app/api/purchases.server.ts";
import { api } from "#app/http/endpoint.server.ts";

export const loader = api(purchases);
export const action = api(purchases);
