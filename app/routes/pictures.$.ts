import { picture } from "#app/api/pictures.server.ts";
import { api } from "#app/http/endpoint.server.ts";

export const loader = api(picture);
export const action = api(picture);
