import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type { EntryContext } from "@remix-run/node";
import { RemixServer } from "@remix-run/react";
import { renderToPipeableStream } from "react-dom/server";
import { Document } from "./components/document.tsx";
import { knowShop } from "./components/shop.ts";
import { answerFirst } from "./front.server.ts";
import { logFault } from "./http/faults.server.ts";
import { currentExchange } from "./http/exchange.server.ts";
import { pageOf, pageSearch, shopOfPage } from "./http/kept-pages.server.ts";
import { endWithTheServer } from "./lifecycle.server.ts";
import { follow } from "./live/follow.server.ts";
import { endHoldsInTime } from "./shop/holding.server.ts";
import { startShopOutbox } from "./outbox-start.server.ts";

endWithTheServer();
follow();
endHoldsInTime();
startShopOutbox();
answerFirst();

const RENDER_TIMEOUT = 5_000;

export default async function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remixContext: EntryContext,
): Promise<Response> {
  // The router refuses both before it has looked for the page, so nobody knows here whether it has a form.
  if (request.method === "OPTIONS")
    return new Response(null, {
      status: 204,
      headers: { Allow: "GET, HEAD, POST, OPTIONS", "Cache-Control": "no-store" },
    });
  const { loaderData, actionData, errors, matches } = remixContext.staticHandlerContext;
  if (errors || status === 503) currentExchange().keptBy = undefined;
  const address = new URL(request.url);
  address.search = pageSearch();
  const data: unknown = loaderData[matches.at(-1)?.route.id ?? ""];
  const action: unknown = actionData && Object.values(actionData)[0];
  const html = await pageOf(data, { status, actionData: action }, (nonce) => render(address, remixContext, nonce));
  // Of a page, in the place of what every other answer has.
  currentExchange().response.removeHeader("Content-Security-Policy");
  for (const [name, value] of Object.entries(html.headers)) headers.set(name, value);
  return withDefaults(new Response(html.body, { headers, status }));
}

/** A page's data has no headers of its own where it is a failure. */
export function handleDataRequest(response: Response): Response {
  if (response.status >= 400)
    for (const [name, value] of Object.entries(currentExchange().failureHeaders ?? {}))
      response.headers.set(name, value);
  return withDefaults(response);
}

function withDefaults(response: Response): Response {
  const { headers, status } = response;
  // A page's form has said which methods it takes. Remix refuses what is sent to a page that has none.
  if (status === 405 && !headers.has("Allow")) headers.set("Allow", "GET, HEAD, OPTIONS");
  if (!headers.has("Cache-Control")) headers.set("Cache-Control", "private, no-cache");
  return response;
}

function render(address: URL, remixContext: EntryContext, nonce: string): Promise<string> {
  const { staticHandlerContext } = remixContext;
  const failed = staticHandlerContext.errors !== null;
  knowShop(shopOfPage());
  // A page that is kept says nothing of the address that its first visitor came by.
  const location = { ...staticHandlerContext.location, search: address.search };
  const context = { ...remixContext, staticHandlerContext: { ...staticHandlerContext, location } };
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const { pipe, abort } = renderToPipeableStream(
    <Document.Provider
      value={{
        language: currentExchange().language,
        nonce,
        ...(failed && { reference: currentExchange().reference }),
      }}
    >
      <RemixServer context={context} url={address} nonce={nonce} />
    </Document.Provider>,
    {
      nonce,
      // React 18 fills up its buffers with NUL where a character would have been cut. The shop's own texts have none.
      onAllReady: () => resolve(text(pipe(new PassThrough())).then((html) => html.replaceAll("\0", ""))),
      onShellError: reject,
      onError: reject,
    },
  );
  const late = setTimeout(abort, RENDER_TIMEOUT);
  return promise.finally(() => clearTimeout(late));
}

/** What no loader or action has answered for: a wrong method on a page, and bugs of rendering. */
export function handleError(error: unknown, { request }: { request: Request }): void {
  if (request.signal.aborted || isRouterRefusal(error)) return;
  logFault(error);
}

/** The router's own 404 and 405 are answers, not faults. */
function isRouterRefusal(error: unknown): boolean {
  const { status, internal } = (error ?? {}) as { status?: unknown; internal?: unknown };
  return internal === true && typeof status === "number" && status < 500;
}
