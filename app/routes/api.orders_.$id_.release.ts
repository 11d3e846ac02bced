import { orderRelease } from "#app/api/orders.server.ts";
import { api } from "#app/http/endpoint.server.ts";

export const loader = api(orderRelease);
export const action = api(orderRelease);
