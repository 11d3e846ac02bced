import { api, methodNotAllowed } from "#app/http/answer.server.ts";
import { json } from "#app/http/problem.server.ts";
import { listItems } from "#app/shop/catalogue.server.ts";
import { publicItem } from "#app/shop/item.ts";

export const loader = api(async () => json((await listItems()).map(publicItem)));

export const action = methodNotAllowed("GET");
