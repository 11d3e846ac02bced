/**
 * Where a thrown refusal or fault becomes an answer. Every loader and action is wrapped: `page` for what a person
 * sees, `api` for programs. A fault is logged once, here, under the reference that the answer carries.
 */
import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { databaseFault } from "#app/db.server.ts";
import { describeError, report } from "#app/report.server.ts";
import { currentExchange } from "./exchange.server.ts";
import { PROBLEMS } from "./problem-types.ts";
import { problem } from "./problem.server.ts";
import { BadRequest, notFound } from "./refusals.server.ts";

type Args = LoaderFunctionArgs | ActionFunctionArgs;

/** What the root ErrorBoundary is given. */
export interface Failure {
  /** `away` ends by itself, and the page with it. */
  kind: "refused" | "away" | "broken";
  title: string;
  detail: string;
  reference?: string;
}

const RETRY_SECONDS = "5";

export function page<T>(answer: (args: Args) => Promise<T>): (args: Args) => Promise<T> {
  return async (args) => {
    try {
      return await answer(args);
    } catch (error) {
      throw pageFailure(error);
    }
  };
}

/** `allow`: the methods of this resource; none where there is nothing. */
export function api(
  answer: (args: Args) => Promise<Response> | Response,
  allow = "GET, HEAD",
): (args: Args) => Promise<Response> {
  return async (args) => {
    const { asksForData, request } = currentExchange();
    try {
      // Only pages have data apart. Remix would read an answer to its end to make it data, and a stream has none.
      if (asksForData) throw notFound("page");
      if (request.method === "OPTIONS" && allow !== "")
        return new Response(null, {
          status: 204,
          headers: { Allow: `${allow}, OPTIONS`, "Cache-Control": "no-store" },
        });
      return await answer(args);
    } catch (error) {
      return apiFailure(error);
    }
  };
}

function pageFailure(error: unknown) {
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
  return data(failure, fault.away ? { status: 503, headers: { "Retry-After": RETRY_SECONDS } } : { status: 500 });
}

function apiFailure(error: unknown): Response {
  if (error instanceof Response) return error;
  if (error instanceof BadRequest) {
    return problem({ type: error.type, detail: error.message, headers: error.headers });
  }
  const { away, reference } = logFault(error);
  if (!away) return problem({ type: "broken", more: { reference } });
  const headers = new Headers({ "Retry-After": RETRY_SECONDS });
  return problem({ type: "database-away", more: { reference }, headers });
}

/** Whether the database cannot answer now, and will later. A row refused by a unique rule is no outage: where nobody expected it, it is a bug. */
export function isOutage(error: unknown): boolean {
  const fault = databaseFault(error);
  return fault === "away" || fault === "busy";
}

/** `away`: an outage of the database. */
export function logFault(error: unknown): { away: boolean; reference: string } {
  const { reference, request } = currentExchange();
  const away = isOutage(error);
  const { stack, ...what } = describeError(error);
  // Without the query: the key of a receipt would open it to whoever reads the log.
  report(away ? "database_away" : "broken", {
    reference,
    method: request.method,
    url: request.url?.split("?")[0],
    ...what,
    stack: away ? undefined : stack,
  });
  return { away, reference };
}

/** For the methods that a resource does not have; `allow` are those that it has. */
export function methodNotAllowed(allow: "GET" | "POST") {
  const all = allow === "GET" ? "GET, HEAD" : allow;
  const headers = () => new Headers({ Allow: `${all}, OPTIONS` });
  return api(() => Promise.reject(new BadRequest("method-not-allowed", `Only ${allow} works here.`, headers())), all);
}
