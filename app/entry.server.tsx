import { PassThrough } from "node:stream";
import { createReadableStreamFromReadable, type EntryContext } from "@remix-run/node";
import { RemixServer } from "@remix-run/react";
import { isbot } from "isbot";
import { renderToPipeableStream } from "react-dom/server";
import { Document } from "./components/document.tsx";
import { logFault } from "./http/answer.server.ts";
import { currentExchange } from "./http/exchange.server.ts";
import { contentSecurityPolicy, createNonce } from "./http/security-headers.server.ts";
import { endWithTheServer } from "./lifecycle.server.ts";

endWithTheServer();

const RENDER_TIMEOUT = 5_000;

export default function handleRequest(request: Request, status: number, headers: Headers, remixContext: EntryContext): Promise<Response> {
  const nonce = createNonce();
  const failed = remixContext.staticHandlerContext.errors !== null;
  const ready = isbot(request.headers.get("user-agent") ?? "") ? "onAllReady" : "onShellReady";
  return new Promise((resolve, reject) => {
    const { pipe, abort } = renderToPipeableStream(
      <Document.Provider value={{ nonce, ...(failed && { reference: currentExchange().reference }) }}>
        <RemixServer context={remixContext} url={request.url} nonce={nonce} />
      </Document.Provider>,
      {
        nonce,
        [ready]() {
          const body = new PassThrough();
          headers.set("Content-Type", "text/html; charset=utf-8");
          headers.set("Content-Security-Policy", contentSecurityPolicy(nonce));
          if (!headers.has("Cache-Control")) headers.set("Cache-Control", "private, no-cache");
          resolve(new Response(createReadableStreamFromReadable(body), { headers, status }));
          pipe(body);
        },
        onShellError: reject,
        onError: (error) => void logFault(error),
      },
    );
    setTimeout(abort, RENDER_TIMEOUT).unref();
  });
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
