/** Answers that are not pages: JSON, and RFC 9457 problems, as plain values that the front and Remix can both send. */
import { PROBLEMS, type ProblemType } from "./problem-types.ts";

/** By name, as they are sent. */
export type AnswerHeaders = Record<string, string>;

export interface Answer {
  status: number;
  headers: AnswerHeaders;
  body: string | Buffer<ArrayBuffer>;
}

export interface Problem {
  type: ProblemType;
  /** When more can be said than the type's own. */
  title?: string;
  detail?: string | undefined;
  /** Further members of the body, such as the item's stock. */
  more?: Record<string, unknown>;
  headers?: AnswerHeaders;
}

export function problem({ type, title = PROBLEMS[type].title, detail, more, headers }: Problem): Answer {
  const { status } = PROBLEMS[type];
  const body = { type: `urn:lastone:problem:${type}`, title, status, detail, ...more };
  return answer("application/problem+json; charset=utf-8", JSON.stringify(body), status, headers);
}

export function json(
  body: unknown,
  { status = 200, headers }: { status?: number; headers?: AnswerHeaders } = {},
): Answer {
  return answer("application/json; charset=utf-8", JSON.stringify(body), status, headers);
}

/** A word for whoever watches the process. */
export function plain(word: string, status = 200): Answer {
  return answer("text/plain; charset=utf-8", word, status);
}

function answer(contentType: string, body: string, status: number, headers?: AnswerHeaders): Answer {
  return { status, headers: { ...headers, "Content-Type": contentType, "Cache-Control": "no-store" }, body };
}
