import { sitemap } from "#app/api/robots.server.ts";
import { api } from "#app/http/endpoint.server.ts";

export const loader = api(sitemap);
export const action = api(sitemap);
