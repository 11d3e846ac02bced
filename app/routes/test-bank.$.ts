import { testBank } from "#app/api/test-bank.server.ts";
import { api } from "#app/http/endpoint.server.ts";

export const loader = api(testBank);
export const action = api(testBank);
