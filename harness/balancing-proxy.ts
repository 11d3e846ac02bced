/**
 * An HTTP proxy before several instances of a shop, as operators put one there: it keeps connections to them, asks each for
 * its readiness, and sends nothing to one that says no. It never sends a request a second time, so whatever is lost is seen.
 */
import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request as ask } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds between two questions for the readiness of an instance. */
const CHECK_EVERY = 200;

export interface BalancingProxy {
  url: string;
  /** Whether it sends visitors to this instance. */
  sendsTo: (shopUrl: string) => boolean;
  /** What went wrong between it and the instances: its visitors were told 502. */
  lost: string[];
  close: () => void;
}

export async function startBalancingProxy(shopUrls: string[]): Promise<BalancingProxy> {
  const instances = shopUrls.map((url) => ({ url, ready: true, agent: new Agent({ keepAlive: true }) }));
  const lost: string[] = [];
  let next = 0;
  const server = createServer((request, answer) => {
    const ready = instances.filter((instance) => instance.ready);
    const instance = ready[(next += 1) % ready.length];
    const fail = (reason: string) => {
      lost.push(`${request.method} ${request.url}: ${reason}`);
      if (answer.headersSent) answer.destroy();
      else answer.writeHead(502).end();
    };
    if (!instance) {
      request.resume();
      return fail("no instance is ready");
    }
    const { method, headers } = request;
    const upstream = ask(
      new URL(request.url ?? "/", instance.url),
      { method, headers, agent: instance.agent },
      (reply) => {
        const told = { ...reply.headers };
        delete told.connection;
        answer.writeHead(reply.statusCode ?? 502, told);
        reply.on("error", (error) => fail(error.message)).pipe(answer);
      },
    );
    upstream.on("error", (error) => fail(error.message));
    request.pipe(upstream);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const looking = { on: true };
  // One question after the other, so that no older answer comes after a newer one.
  const look = async ({ url }: { url: string }) => {
    // On a connection of its own, as most do: a kept one would tell of the time before.
    const asked = ask(new URL("/readyz", url), { agent: false, timeout: 5_000 }).end();
    const [reply] = (await once(asked, "response")) as [IncomingMessage];
    reply.resume();
    return reply.statusCode === 200;
  };
  for (const instance of instances) {
    void (async () => {
      for (; looking.on; await sleep(CHECK_EVERY)) instance.ready = await look(instance).catch(() => false);
    })();
  }
  const address = server.address();
  return {
    url: `http://127.0.0.1:${address && typeof address === "object" ? address.port : 0}`,
    sendsTo: (shopUrl) => instances.some(({ url, ready }) => url === shopUrl && ready),
    lost,
    close: () => {
      looking.on = false;
      server.close();
      server.closeAllConnections();
      for (const { agent } of instances) agent.destroy();
    },
  };
}
