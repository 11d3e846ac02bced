import { api, methodNotAllowed } from "#app/http/answer.server.ts";
import { json } from "#app/http/problem.server.ts";
import { countStreams } from "#app/live/stream.server.ts";

/** `GET /api/live`: how many streams this instance serves now. */
export const loader = api(() => json({ streams: countStreams() }));

export const action = methodNotAllowed("GET");
