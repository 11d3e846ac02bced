import { api } from "#app/http/endpoint.server.ts";
import { ordersCsv } from "#app/pages/operator/tables.server.ts";

export const loader = api(ordersCsv);
export const action = api(ordersCsv);
