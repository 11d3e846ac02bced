import { orderPayment } from "#app/api/orders.server.ts";
import { api } from "#app/http/endpoint.server.ts";

export const loader = api(orderPayment);
export const action = api(orderPayment);
