/** Remix's own handler, called without the chain of remix-serve before it: no look at the disk, no second conversion. */
import { createRequestHandler } from "@remix-run/node";
import { env } from "./env.server.ts";
import type { Exchange } from "./http/exchange.server.ts";
import { logFault } from "./http/faults.server.ts";
import { problem } from "./http/answer.ts";
import { send, sendRaw } from "./http/send.server.ts";

type Handle = (request: Request) => Promise<Response>;

let handler: Promise<Handle> | undefined;

/** In the bundle that is running there is the build itself. */
async function makeHandler(): Promise<Handle> {
  return createRequestHandler(await import("virtual:remix/server-build"), env.NODE_ENV);
}

/** Has Remix answer. */
export async function answerByRemix(exchange: Exchange): Promise<void> {
  handler ??= makeHandler();
  try {
    const handle = await handler;
    await sendResponse(exchange, await handle(requestOf(exchange)));
  } catch (error) {
    const { reference } = logFault(error);
    send(exchange, problem({ type: "broken", more: { reference } }));
  }
}

/** Without its body, which the shop's own actions read from the exchange. */
function requestOf({ request, url }: Exchange): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === "string") headers.set(name, value);
    else for (const one of value ?? []) headers.append(name, one);
  }
  return new Request(url, { method: request.method ?? "GET", headers });
}

async function sendResponse(exchange: Exchange, answer: Response): Promise<void> {
  sendRaw(exchange, answer.status, [...answer.headers].flat(), Buffer.from(await answer.arrayBuffer()));
}
