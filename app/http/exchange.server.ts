/**
 * The raw request and response behind a Remix request. Remix hands loaders a copy whose abort signal is lost after a
 * garbage collection (nodejs/node#55428), so only the response's own `close` tells that a browser has left; and the
 * socket, the server's time-outs and headers for every answer are only here. Node publishes each exchange on a
 * diagnostics channel, which works under remix-serve and the development server alike.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { ListenOptions } from "node:net";
import { singleton } from "#app/singleton.server.ts";
import { isCrossSite } from "./cross-site.ts";
import { setSecurityHeaders } from "./security-headers.server.ts";

export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Sent by another site's page: it may read, but not change anything. */
  readonly crossSite: boolean;
  /** The peer's network address: the browser's, or that of a proxy in front. */
  readonly address: string;
  /** Whether the page may be kept for others, and what this answer puts in the place of which placeholder (kept-pages.server.ts). */
  keepPage = false;
  readonly filling = new Map<string, string>();
  #reference: string | undefined;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.request = request;
    this.response = response;
    this.crossSite = isCrossSite(request.headers);
    this.address = request.socket.remoteAddress ?? "";
  }

  /** Names this request in the log and on an error page. Made when it is asked for: nearly every request does without. */
  get reference(): string {
    return (this.#reference ??= randomBytes(5).toString("hex"));
  }
}

/**
 * Connections that the kernel keeps for the server until it takes them. Of a crowd that comes at once, those beyond Node's 511
 * would be told nothing, and try again after one second and then after two more. The kernel's own limit is 4096 as well.
 */
const BACKLOG = 4_096;

/** Milliseconds for a whole request to arrive: a form is small, and a body that never ends must not hold a socket. */
const REQUEST_TIMEOUT = 15_000;

const current = singleton("exchange", () => {
  const state: { storage: AsyncLocalStorage<Exchange>; server?: Server } = { storage: new AsyncLocalStorage() };
  subscribe("tracing:net.server.listen:asyncStart", (message) => {
    (message as { options: ListenOptions }).options.backlog ??= BACKLOG;
  });
  subscribe("http.server.request.start", (message) => {
    const { request, response, server } = message as {
      request: IncomingMessage;
      response: ServerResponse;
      server: Server;
    };
    state.server = server;
    server.requestTimeout = REQUEST_TIMEOUT;
    setSecurityHeaders(response);
    state.storage.enterWith(new Exchange(request, response));
    // Judged above. Left in place, Remix would answer a foreign or malformed Origin with an empty page and status 500.
    delete request.headers.origin;
    // Express would answer it with a page of its own, and write a stack to the log. So it is one more address that nothing is at.
    if (!isDecodable(request.url)) request.url = request.url?.replaceAll("%", "%25");
  });
  return state;
});

function isDecodable(url = ""): boolean {
  try {
    decodeURIComponent(url.split("?")[0] ?? "");
    return true;
  } catch {
    return false;
  }
}

/** The exchange this code is answering. */
export function currentExchange(): Exchange {
  const exchange = current.storage.getStore();
  if (!exchange) throw new Error("currentExchange() is only for code that answers a request");
  return exchange;
}

/** The HTTP server this process answers on; undefined before its first request. */
export function currentServer(): Server | undefined {
  return current.server;
}
