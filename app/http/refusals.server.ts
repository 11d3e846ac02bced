/** Requests that are wrong whatever the shop's state: the URL, the form, the body. Thrown; turned into answers in one place. */
import type { AnswerHeaders } from "./answer.ts";
import { PROBLEMS, type ProblemType } from "./problem-types.ts";

/** No Error: nobody reads a refusal's stack, and to take one costs a sixth of its processor time. */
export class BadRequest {
  readonly type: ProblemType;
  readonly message: string;
  readonly headers: AnswerHeaders;
  /** What was not found, where a page can say so in its visitor's words. */
  readonly what: "item" | "order" | undefined;

  /** `message`: for programs and operators, in English. */
  constructor(type: ProblemType, message: string, headers: AnswerHeaders = {}, what?: "item" | "order") {
    this.type = type;
    this.message = message;
    this.headers = headers;
    this.what = what;
  }

  get status(): number {
    return PROBLEMS[this.type].status;
  }

  get title(): string {
    return PROBLEMS[this.type].title;
  }
}

export function notFound(what: string): BadRequest {
  const named = what === "item" || what === "order" ? what : undefined;
  return new BadRequest("not-found", `We can’t find that ${what}.`, {}, named);
}
