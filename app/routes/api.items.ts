import { items } from "#app/api/items.server.ts";
import { api } from "#app/http/endpoint.server.ts";

export const loader = api(items);
export const action = api(items);
