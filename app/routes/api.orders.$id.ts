import { order } from "#app/api/orders.server.ts";
import { api } from "#app/http/endpoint.server.ts";

export const loader = api(order);
export const action = api(order);
