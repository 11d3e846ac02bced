import { robots } from "#app/api/robots.server.ts";
import { api } from "#app/http/endpoint.server.ts";

export const loader = api(robots);
export const action = api(robots);
