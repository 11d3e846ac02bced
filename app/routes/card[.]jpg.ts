import { windowCard } from "#app/api/cards.server.ts";
import { api } from "#app/http/endpoint.server.ts";

export const loader = api(windowCard);
export const action = api(windowCard);
