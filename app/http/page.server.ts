/** Where a refusal or a fault that a page's loader or action has thrown becomes a page of its own. */
import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import type { AnswerHeaders } from "./answer.ts";
import { currentExchange } from "./exchange.server.ts";
import { logFault, RETRY_AFTER } from "./faults.server.ts";
import { BadRequest } from "./refusals.server.ts";
import { wordsIn } from "#app/words/words.ts";

type Args = LoaderFunctionArgs | ActionFunctionArgs;

/** What the root ErrorBoundary is given. */
export interface Failure {
  /** `away` ends by itself, and the page with it. */
  kind: "refused" | "away" | "broken";
  title: string;
  detail: string;
  reference?: string;
}

/** Every loader and action of a page is wrapped in it: whatever else one throws would be Remix's own answer. */
export function page<T>(answer: (args: Args) => Promise<T>): (args: Args) => Promise<T> {
  return async (args) => {
    try {
      currentExchange().takeBodyFrom(args.request);
      return await answer(args);
    } catch (error) {
      throw error instanceof Response ? error : failureOf(error);
    }
  };
}

function failureOf(error: unknown) {
  if (error instanceof BadRequest) return failed({ kind: "refused", ...toldOf(error) }, error.status, error.headers);
  const fault = logFault(error);
  const { away, broken } = wordsIn(currentExchange().language).failure;
  const failure: Failure = fault.away
    ? { kind: "away", ...away, reference: fault.reference }
    : { kind: "broken", ...broken, reference: fault.reference };
  return fault.away ? failed(failure, 503, RETRY_AFTER) : failed(failure, 500);
}

function failed(failure: Failure, status: number, headers: AnswerHeaders = {}) {
  currentExchange().failureHeaders = headers;
  return data(failure, { status, headers });
}

/** To a visitor in their language, and to an operator as exactly as to a program. */
function toldOf({ type, title, message, what }: BadRequest): Pick<Failure, "title" | "detail"> {
  const { isForOperators, language } = currentExchange();
  if (isForOperators) return { title, detail: message };
  const { refused, notFound } = wordsIn(language).failure;
  const told = type in refused ? refused[type as keyof typeof refused] : refused.malformed;
  return what === undefined ? told : { ...told, detail: notFound[what] };
}
