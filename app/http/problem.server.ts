/** Answers that are not pages: JSON, and RFC 9457 problems. Real Responses: Remix answers 200 for a bare object. */
import { PROBLEMS, type ProblemType } from "./problem-types.ts";

export interface Problem {
  type: ProblemType;
  /** When more can be said than the type's own. */
  title?: string;
  detail?: string;
  /** Further members of the body, such as the item's stock. */
  more?: Record<string, unknown>;
  headers?: Headers;
}

export function problem({ type, title = PROBLEMS[type].title, detail, more, headers }: Problem): Response {
  const { status } = PROBLEMS[type];
  const body = { type: `urn:lastone:problem:${type}`, title, status, detail, ...more };
  const answer = json(body, { status, ...(headers ? { headers } : {}) });
  answer.headers.set("Content-Type", "application/problem+json; charset=utf-8");
  return answer;
}

export function json(body: unknown, init: { status?: number; headers?: Headers } = {}): Response {
  const headers = new Headers(init.headers);
  headers.set("Content-Type", "application/json; charset=utf-8");
  headers.set("Cache-Control", "no-store");
  return new Response(JSON.stringify(body), { status: init.status ?? 200, headers });
}
