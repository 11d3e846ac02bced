import { webhook } from "#app/api/webhook.server.ts";
import { api } from "#app/http/endpoint.server.ts";

export const loader = api(webhook);
export const action = api(webhook);
