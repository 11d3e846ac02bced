import { json } from "#app/http/problem.server.ts";
import { feed } from "#app/live/feed.server.ts";

/** `GET /api/live`: how many streams this instance serves now. */
export const loader = () => Promise.resolve(json({ streams: feed.subscriberCount }));
