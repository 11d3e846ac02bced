/**
 * An address that programs ask, and its answers: plain functions that know neither Express nor Remix. The front calls them
 * itself, Remix through `api` in the route's file; both ways end here, so no answer differs by the way that it took.
 */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { type Answer, problem } from "./answer.ts";
import { currentExchange, type Exchange } from "./exchange.server.ts";
import { logFault, RETRY_AFTER } from "./faults.server.ts";
import { BadRequest, notFound } from "./refusals.server.ts";

/** The parts of the address that the route names, decoded. */
export type Params = Record<string, string | undefined>;

/** `Other`: what it may answer besides, which the front cannot send. */
export type Respond<Other = never> = (exchange: Exchange, params: Params) => Answer | Other | Promise<Answer | Other>;

/** The methods that the address has, and how each is answered. HEAD is GET's without its body. None: there is nothing. */
export interface Endpoint<Other = never> {
  GET?: Respond<Other>;
  POST?: Respond<Other>;
}

/** Never rejects: what goes wrong is an answer, too. */
export async function respond<Other>(
  endpoint: Endpoint<Other>,
  exchange: Exchange,
  params: Params,
): Promise<Answer | Other> {
  try {
    return await respondByMethod(endpoint, exchange, params);
  } catch (error) {
    if (error instanceof BadRequest)
      return problem({ type: error.type, detail: error.message, headers: error.headers });
    const { away, reference } = logFault(error);
    return away
      ? problem({ type: "database-away", more: { reference }, headers: RETRY_AFTER })
      : problem({ type: "broken", more: { reference } });
  }
}

function respondByMethod<Other>(
  endpoint: Endpoint<Other>,
  exchange: Exchange,
  params: Params,
): Answer | Other | Promise<Answer | Other> {
  const { method = "" } = exchange.request;
  const answer = endpoint[method === "HEAD" ? "GET" : (method as keyof Endpoint)];
  if (answer) return answer(exchange, params);
  const methods = Object.keys(endpoint);
  if (methods.length === 0) throw notFound("address");
  const Allow = methods
    .flatMap((name) => (name === "GET" ? ["GET", "HEAD"] : [name]))
    .concat("OPTIONS")
    .join(", ");
  if (method === "OPTIONS") return { status: 204, headers: { Allow, "Cache-Control": "no-store" }, body: "" };
  throw new BadRequest("method-not-allowed", `Only ${methods.join(" and ")} works here.`, { Allow });
}

/** The endpoint as a Remix route's `loader` and `action`. */
export function api(
  endpoint: Endpoint<Response>,
): (args: LoaderFunctionArgs | ActionFunctionArgs) => Promise<Response> {
  return async ({ request, params }) => {
    const exchange = currentExchange();
    exchange.takeBodyFrom(request);
    // Only pages have data apart. Remix would read an answer to its end to make it data, and a stream has none.
    const answer = await respond(exchange.asksForData ? nothing : endpoint, exchange, params);
    if (answer instanceof Response) return answer;
    const { status, headers, body } = answer;
    return new Response(NO_BODY.has(status) ? null : body, { status, headers });
  };
}

/** Statuses whose answers have none, and to which `Response` gives none. */
const NO_BODY = new Set([204, 304]);

/** There is nothing at this address, whatever the method. */
export const nothing: Endpoint = {};
