import { itemCard } from "#app/api/cards.server.ts";
import { api } from "#app/http/endpoint.server.ts";

export const loader = api(itemCard);
export const action = api(itemCard);
