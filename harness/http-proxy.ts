/** An HTTP proxy before a shop, as one stands before most: it passes everything on at once, until it is told otherwise. */
import { once } from "node:events";
import { createServer, request as ask, type ServerResponse } from "node:http";

export interface HttpProxy {
  url: string;
  /** How many streams it has been asked for. */
  streamsAsked: () => number;
  /** Everything passes, from the next request on. */
  pass: () => void;
  /** The shop behind it is gone: open answers end, and every request is answered 502. */
  badGateway: () => void;
  /** As a proxy that hands an answer on when it is whole: of an event stream the headers come, and nothing else. */
  holdStreamsBack: () => void;
  /** As a network that swallows: connections stay open, and nothing comes out of those that are open now. */
  swallow: () => void;
  close: () => void;
}

export async function startHttpProxy(shopUrl: string): Promise<HttpProxy> {
  const { hostname, port } = new URL(shopUrl);
  const answers = new Set<ServerResponse>();
  let gone = false;
  let holding = false;
  let streams = 0;
  const server = createServer((request, answer) => {
    if (request.url?.startsWith("/live")) streams += 1;
    if (gone) return void answer.writeHead(502, { "Content-Type": "text/html" }).end("<h1>Bad gateway</h1>");
    answers.add(answer);
    const upstream = ask(
      { hostname, port, method: request.method, path: request.url, headers: request.headers },
      (reply) => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        // An event stream's headers come long before its first event.
        answer.flushHeaders();
        if (holding && reply.headers["content-type"]?.startsWith("text/event-stream")) reply.resume();
        else reply.pipe(answer);
      },
    );
    upstream.on("error", () => answer.destroy());
    request.pipe(upstream);
    answer.on("close", () => {
      answers.delete(answer);
      upstream.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const end = () => {
    for (const answer of answers) answer.destroy();
  };
  return {
    url: `http://127.0.0.1:${address && typeof address === "object" ? address.port : 0}`,
    streamsAsked: () => streams,
    pass: () => (gone = holding = false),
    holdStreamsBack: () => (holding = true),
    badGateway: () => {
      gone = true;
      end();
    },
    swallow: () => {
      for (const answer of answers) answer.write = () => true;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
