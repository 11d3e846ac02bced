import { certificate } from "#app/api/cards.server.ts";
import { api } from "#app/http/endpoint.server.ts";

export const loader = api(certificate);
export const action = api(certificate);
