import { json } from "#app/http/answer.ts";
import type { Endpoint } from "#app/http/endpoint.server.ts";
import { countStreams } from "#app/live/stream.server.ts";

/** `GET /api/live`: how many streams this instance serves now. */
export const live: Endpoint = { GET: () => json({ streams: countStreams() }) };
