/** Requests that are wrong whatever the shop's state: the URL, the form, the body. Thrown; turned into answers in one place. */
import type { AnswerHeaders } from "./answer.ts";
import { PROBLEMS, type ProblemType } from "./problem-types.ts";

/** No Error: nobody reads a refusal's stack, and to take one costs a sixth of its processor time. */
export class BadRequest {
  readonly type: ProblemType;
  readonly message: string;
  readonly headers: AnswerHeaders;

  constructor(type: ProblemType, message: string, headers: AnswerHeaders = {}) {
    this.type = type;
    this.message = message;
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
