/** Where a refusal or a fault that a page's loader or action has thrown becomes a page of its own. */
import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { currentExchange } from "./exchange.server.ts";
import { logFault, RETRY_AFTER } from "./faults.server.ts";
import { PROBLEMS } from "./problem-types.ts";
import { BadRequest } from "./refusals.server.ts";

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
      throw failureOf(error);
    }
  };
}

function failureOf(error: unknown) {
  if (error instanceof Response) return error;
  if (error instanceof BadRequest) {
    const failure: Failure = { kind: "refused", title: error.title, detail: error.message };
    return data(failure, { status: error.status, headers: error.headers });
  }
  const fault = logFault(error);
  const failure: Failure = fault.away
    ? {
        kind: "away",
        title: "We’ll be back in a moment",
        detail: "The shop can’t reach its stock right now. Nothing is lost.",
        reference: fault.reference,
      }
    : {
        kind: "broken",
        title: PROBLEMS.broken.title,
        detail: "That was our fault, not yours.",
        reference: fault.reference,
      };
  return data(failure, fault.away ? { status: 503, headers: RETRY_AFTER } : { status: 500 });
}
