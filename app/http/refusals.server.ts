/** Requests that are wrong whatever the shop's state: the URL, the form, the body. Thrown; turned into answers in one place. */
import type { AnswerHeaders } from "./answer.ts";
import { PROBLEMS, type ProblemType } from "./problem-types.ts";

export class BadRequest extends Error {
  readonly type: ProblemType;
  readonly headers: AnswerHeaders;

  constructor(type: ProblemType, detail: string, headers: AnswerHeaders = {}) {
    super(detail);
    this.type = type;
    this.headers = headers;
  }

  get status(): number {
    return PROBLEMS[this.type].status;
  }

  get title(): string {
    return PROBLEMS[this.type].title;
  }
}

export function notFound(what: string): BadRequest {
  return new BadRequest("not-found", `We can’t find that ${what}.`);
}
