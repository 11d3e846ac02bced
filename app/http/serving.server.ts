/**
 * The HTTP server and who is connected to it: how long a request may take to arrive, which answers are still owed, and how
 * the server comes to its end without cutting anybody off.
 */
import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { type ListenOptions, Server as NetServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/**
 * Connections that the kernel keeps for the server until it takes them. Of a crowd that comes at once, those beyond Node's 511
 * would be told nothing, and try again after one second and then after two more. The kernel's own limit is 4096 as well.
 */
const BACKLOG = 4_096;

/**
 * Milliseconds for the head of a request to arrive, and for all of it: a form is small, and neither silence nor a body that never
 * ends may hold a socket. Node looks at them every 30 s unless told otherwise.
 */
const HEADERS_WITHIN = 10_000;
const REQUEST_WITHIN = 15_000;
const LOOK_EVERY = 2_000;

/** Requests on one connection whose answers have not been sent: browsers have one, a client that reads nothing has thousands. */
const MOST_UNDER_WAY = 100;

const UNREADABLE: Record<string, string> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "413 Payload Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

export class Serving {
  readonly #server: Server;
  /** Whose body may take longer: whoever reads it sees to its end. */
  readonly #patientWith = new WeakSet<Duplex>();
  readonly #connections = new Set<Socket>();
  /** The request of each answer that has not been sent to its end. */
  readonly #underWay = new Map<ServerResponse, IncomingMessage>();
  readonly #counts = new Map<Socket, number>();
  #ending = false;
  #keepsUnused = true;

  /** Before the server listens: it reads its limits then. */
  constructor(server: Server, options: ListenOptions) {
    this.#server = server;
    options.backlog ??= BACKLOG;
    server.headersTimeout = HEADERS_WITHIN;
    server.requestTimeout = REQUEST_WITHIN;
    Object.assign(server, { connectionsCheckingInterval: LOOK_EVERY });
    server.on("clientError", (error, socket) => this.#broken(error, socket));
    server.on("connection", (socket) => {
      this.#connections.add(socket);
      socket.once("close", () => this.#connections.delete(socket));
    });
    server.prependListener("request", (request: IncomingMessage, response: ServerResponse) => {
      this.#underWay.set(response, request);
      const count = (this.#counts.get(request.socket) ?? 0) + 1;
      this.#counts.set(request.socket, count);
      if (count > MOST_UNDER_WAY) request.socket.destroy();
      if (this.#ending) sayGoodbye(response);
      response.on("close", () => this.#answered(response, request.socket));
    });
    // remix-serve closes it at the first signal, and Node would end the kept connections in that moment, under the requests that
    // come over them.
    const close = server.close.bind(server);
    server.close = (done) => {
      if (!this.#ending) return close(done);
      if (done) server.once("close", () => done());
      return server;
    };
  }

  /** While `read` goes on, the request may take longer to arrive than others: `read` has a limit of its own. */
  async patiently<T>({ socket }: IncomingMessage, read: () => Promise<T>): Promise<T> {
    this.#patientWith.add(socket);
    try {
      return await read();
    } finally {
      this.#patientWith.delete(socket);
    }
  }

  /** From now on each answer says that it is the last on its connection, and the server listens until `stopListening`. */
  beginToEnd(): void {
    this.#ending = true;
    for (const response of this.#underWay.keys()) sayGoodbye(response);
  }

  /** Resolves when every connection has ended. */
  async stopListening(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    // Node's HTTP server would end its kept connections, too, and no longer look for requests that take too long.
    NetServer.prototype.close.call(this.#server);
    await closed;
  }

  /** Ends each connection without a request under way, and from now on each that comes to be so. */
  closeUnused(): void {
    this.#keepsUnused = false;
    for (const socket of this.#connections) if (!this.#counts.has(socket)) socket.destroy();
  }

  /** Ends the connections on which nobody waits for an answer: a request that does not arrive, an event stream that nobody reads. */
  closeNotOwed(): void {
    for (const [response, request] of this.#underWay) if (!isOwed(response, request)) request.socket.destroy();
  }

  /** Answers that somebody waits for. */
  get owed(): number {
    return [...this.#underWay].filter(([response, request]) => isOwed(response, request)).length;
  }

  /** Node's own answer to what it cannot read, or will not wait for: it gives none where anybody listens for such errors. */
  #broken({ code = "" }: NodeJS.ErrnoException, socket: Duplex): void {
    if (code === "ERR_HTTP_REQUEST_TIMEOUT" && this.#patientWith.has(socket)) return;
    const begun = [...this.#underWay].some(([response, request]) => request.socket === socket && response.headersSent);
    if (socket.writable && !begun)
      socket.write(`HTTP/1.1 ${UNREADABLE[code] ?? "400 Bad Request"}\r\nConnection: close\r\n\r\n`);
    socket.destroy();
  }

  #answered(response: ServerResponse, socket: Socket): void {
    this.#underWay.delete(response);
    const count = (this.#counts.get(socket) ?? 1) - 1;
    if (count > 0) return void this.#counts.set(socket, count);
    this.#counts.delete(socket);
    if (this.#keepsUnused) return;
    // What has been written to it goes out first.
    socket.destroySoon();
  }
}

function sayGoodbye(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader("Connection", "close");
}

function isOwed(response: ServerResponse, request: IncomingMessage): boolean {
  return request.complete && !String(response.getHeader("content-type")).startsWith("text/event-stream");
}
