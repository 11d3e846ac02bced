import { item } from "#app/api/items.server.ts";
import { api } from "#app/http/endpoint.server.ts";

export const loader = api(item);
export const action = api(item);
