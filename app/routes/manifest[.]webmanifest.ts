import { manifest } from "#app/api/manifest.server.ts";
import { api } from "#app/http/endpoint.server.ts";

export const loader = api(manifest);
export const action = api(manifest);
