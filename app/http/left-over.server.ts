/** What the chain of remix-serve hands back. Express would answer it with a page of its own, and write a stack to the log for each. */
import { STATUS_CODES } from "node:http";
import { type AnswerHeaders, plain, problem } from "./answer.ts";
import type { Exchange } from "./exchange.server.ts";
import { logFault } from "./faults.server.ts";
import { send } from "./send.server.ts";

/** A range that a file does not have, a condition that it does not meet; anything else is a fault. */
export function answerLeftOver(exchange: Exchange, error: unknown): void {
  const { response } = exchange;
  const { status = 500, headers } = (error ?? {}) as { status?: number; headers?: AnswerHeaders };
  const reference = status < 500 ? undefined : logFault(error).reference;
  // It breaks off in the middle of a file.
  if (response.headersSent) return void response.destroy();
  // Those of the file, which may be kept.
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  const answer =
    reference === undefined
      ? plain(STATUS_CODES[status] ?? "", status)
      : problem({ type: "broken", more: { reference } });
  send(exchange, { ...answer, headers: { ...headers, ...answer.headers } });
}
