import { calendar } from "#app/api/calendar.server.ts";
import { api } from "#app/http/endpoint.server.ts";

export const loader = api(calendar);
export const action = api(calendar);
