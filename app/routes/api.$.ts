import { api } from "#app/http/answer.server.ts";
import { notFound } from "#app/http/refusals.server.ts";

const nothing = api(() => Promise.reject(notFound("address")), "");

export { nothing as action, nothing as loader };
