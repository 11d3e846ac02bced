import { api } from "#app/http/endpoint.server.ts";
import { actsCsv } from "#app/pages/operator/tables.server.ts";

export const loader = api(actsCsv);
export const action = api(actsCsv);
