/**
 * The raw request and response behind a Remix request. Remix hands loaders a copy whose abort signal is lost after a
 * garbage collection (nodejs/node#55428), so only the response's own `close` tells that a browser has left; and the
 * socket, the server's time-outs and headers for every answer are only here. Node publishes each server that is about to
 * listen on a diagnostics channel, under remix-serve and the development server alike; from then on each request comes
 * here first: to the front (front.server.ts), and from there on to Express and Remix.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import { subscribe } from "node:diagnostics_channel";
import { type IncomingMessage, Server, type ServerResponse } from "node:http";
import type { ListenOptions, Server as NetServer } from "node:net";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { env } from "#app/env.server.ts";
import { report } from "#app/report.server.ts";
import { singleton } from "#app/singleton.server.ts";
import { type AnswerHeaders, problem } from "./answer.ts";
import type { Language } from "#app/words/languages.ts";
import { languageOf } from "./accept-language.ts";
import { acceptsGzip } from "./accepts-gzip.ts";
import { logAccess } from "./access-log.server.ts";
import type { Buyer } from "./buyer.server.ts";
import { isCrossSite } from "./cross-site.ts";
import { isHttps } from "./forwarded.ts";
import { answerLeftOver } from "./left-over.server.ts";
import { isOfOperators } from "./operator-path.ts";
import { readTarget, type RequestTarget } from "./request-target.ts";
import { Serving } from "./serving.server.ts";
import { setSecurityHeaders } from "./security-headers.server.ts";
import { isTrustedPeer, visitorAddress } from "./visitor-address.ts";

export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Sent by another site's page: it may read, but not change anything. */
  readonly crossSite: boolean;
  /** Whether the browser asked by https, whatever the proxies after that did. */
  readonly isHttps: boolean;
  /** What is asked for, query and all. */
  target: string;
  /** Where the request's body comes from: whoever hands the request on may have taken it over. */
  body: Readable;
  /** Who asks, once the cookie is read: a page that answers a purchase is rendered for the buyer who made it. */
  buyer: Buyer | undefined;
  /** Set when the page may be kept for others: what of the address it depends on besides the path (kept-pages.server.ts). */
  keptBy: string[] | undefined;
  /** What a page's failure says in its headers: Remix drops them where the page's data are asked for. */
  failureHeaders: AnswerHeaders | undefined;
  /** Another origin to which the answer to the page's form may lead. */
  formsLeadTo: string | undefined;
  readonly #host: string;
  #url: URL | undefined;
  #filling: Map<string, string> | undefined;
  #given: Map<unknown, unknown> | undefined;
  #reference: string | undefined;
  #address: string | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, { path, host = "localhost" }: Resource) {
    this.request = request;
    this.response = response;
    this.body = request;
    this.crossSite = isCrossSite(request.headers);
    this.isHttps = isHttps(request.headers);
    this.target = path;
    this.#host = host;
  }

  /** The address as Remix will read it: by another reading, what is a page to one is a page's data to the other. */
  get url(): URL {
    return (this.#url ??= new URL(`http://${this.#host}${this.target}`));
  }

  /** With client-side navigation Remix asks for the loaders' data alone, under the page's address and `.data`. */
  get asksForData(): boolean {
    return this.url.pathname.endsWith(".data");
  }

  /** What this answer puts in the place of which placeholder. */
  get filling(): Map<string, string> {
    return (this.#filling ??= new Map());
  }

  /** What `make` gives the first time that it is asked for under this name. */
  once<T>(name: unknown, make: () => T): T {
    this.#given ??= new Map();
    if (!this.#given.has(name)) this.#given.set(name, make());
    return this.#given.get(name) as T;
  }

  get isForOperators(): boolean {
    return isOfOperators(this.target);
  }

  /** In which its page speaks. The operator's pages are in English alone. */
  get language(): Language {
    return this.isForOperators ? "en" : languageOf(this.request.headers["accept-language"]);
  }

  get acceptsGzip(): boolean {
    return acceptsGzip(this.request.headers["accept-encoding"]);
  }

  /** The visitor's network address, IPv6 by its /64; that of the nearest proxy, when that one is not trusted. */
  get address(): string {
    return (this.#address ??= addressOf(this.request));
  }

  /** Drops what a stream that lives for minutes need not hold: a query may be 16 kB long. */
  forgetQuery(): void {
    [this.target = ""] = this.target.split("?", 1);
    this.#url = undefined;
  }

  /** Names this request in the log and on an error page. Made when it is asked for: nearly every request does without. */
  get reference(): string {
    return (this.#reference ??= randomBytes(5).toString("hex"));
  }

  /** Where Express has handed the request on, Remix has made one of its own, and taken the body into it. */
  takeBodyFrom({ body }: Request): void {
    if (body && this.body === this.request) this.body = Readable.fromWeb(body as ReadableStream);
  }
}

type Resource = Extract<RequestTarget, { kind: "resource" }>;

/** Answers an exchange, or calls `passOn`, after which others answer it. */
export type Front = (exchange: Exchange, passOn: () => void) => void;

interface State {
  storage: AsyncLocalStorage<Exchange>;
  serving?: Serving;
  front: Front;
}

const current = singleton("exchange", () => {
  const state: State = { storage: new AsyncLocalStorage(), front: (_exchange, passOn) => passOn() };
  const taken = new WeakSet<Server>();
  subscribe("tracing:net.server.listen:asyncStart", (message) => {
    const { server, options } = message as { server: Server | NetServer; options: ListenOptions };
    if (!isHttpServer(server) || taken.has(server)) return;
    taken.add(server);
    const others = server.listeners("request");
    server.removeAllListeners("request");
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      if (env.ACCESS_LOG) logAccess(request, response);
      const exchange = open(request, response);
      if (!exchange) return;
      state.storage.run(exchange, () =>
        state.front(exchange, () => {
          setSecurityHeaders(response);
          for (const listener of others)
            listener.call(server, request, response, (error: unknown) => answerLeftOver(exchange, error));
        }),
      );
    });
    state.serving = new Serving(server, options);
    // For whoever started this process (server/start.ts): another program on the same port would answer just as well.
    server.once("listening", () => process.send?.("listening"));
  });
  return state;
});

/** From now on every request comes to `front` first. */
export function setFront(front: Front): void {
  current.front = front;
}

function isHttpServer(server: Server | NetServer): server is Server {
  return server instanceof Server;
}

/** Undefined when the answer has been given already. */
function open(request: IncomingMessage, response: ServerResponse): Exchange | undefined {
  const target = readTarget(request);
  if (target.kind !== "resource") return void answerAtOnce(target, response);
  const exchange = new Exchange(request, response, target);
  request.url = target.path;
  // Read above, by our own rules. Remix would read them, too, by others: a foreign or malformed Origin gets an empty page with status 500.
  if (target.host !== undefined) request.headers.host = target.host;
  if (request.headers["x-forwarded-host"] !== undefined) delete request.headers["x-forwarded-host"];
  if (request.headers.origin !== undefined) delete request.headers.origin;
  return exchange;
}

function answerAtOnce(target: Exclude<RequestTarget, Resource>, response: ServerResponse): void {
  setSecurityHeaders(response);
  response.setHeader("Cache-Control", "no-store");
  if (target.kind === "server") return void response.writeHead(204, { Allow: "GET, HEAD, POST, OPTIONS" }).end();
  const { status, headers, body } = problem({ type: target.problem, detail: target.detail });
  // What stands in the connection after such a request is anybody's guess.
  response.writeHead(status, { ...headers, Connection: "close" }).end(body);
}

function addressOf({ socket, headers }: IncomingMessage): string {
  const forwardedFor = headers["x-forwarded-for"];
  if (forwardedFor !== undefined && !isTrustedPeer(socket.remoteAddress, env.TRUSTED_PROXIES))
    reportUnnamedProxy(socket.remoteAddress);
  return visitorAddress(socket.remoteAddress, forwardedFor, env.TRUSTED_PROXIES);
}

/** Once: behind a proxy that is not named all visitors are one address, and share what is meant for one. */
function reportUnnamedProxy(peer: string | undefined): void {
  singleton("unnamed-proxy", () => {
    report("proxy_not_trusted", { peer, setting: "TRUSTED_PROXIES" });
    return true;
  });
}

/** The exchange this code is answering. */
export function currentExchange(): Exchange {
  const exchange = current.storage.getStore();
  if (!exchange) throw new Error("currentExchange() is only for code that answers a request");
  return exchange;
}

/** The HTTP server that this process answers on; undefined before it listens. */
export function currentServing(): Serving | undefined {
  return current.serving;
}
