import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Refusal } from "./refusal.ts";

/** What systems do not give out by themselves for the near end of a connection: of those, any program's may be one's own. */
const GIVEN_OUT_BY_NOBODY = { first: 20_000, count: 12_000 };

/** A port of 127.0.0.1 that nothing listens on at this moment, and that no outgoing connection will take. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = GIVEN_OUT_BY_NOBODY.first + Math.floor(Math.random() * GIVEN_OUT_BY_NOBODY.count);
    if (!(await faultOf("127.0.0.1", port))) return port;
  }
}

/** Where on this machine a server is reached that listens on `host`. */
export function reachedAt(host: string): string {
  const everywhere: Record<string, string> = { "0.0.0.0": "127.0.0.1", "::": "::1" };
  return everywhere[host] ?? host;
}

/** Whether a server takes connections there. */
export function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: reachedAt(host) });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/**
 * Throws a Refusal when nothing can listen there; `whoElse` may know a better reason than that the port is taken. After a kill -9
 * the old server needs a moment to notice, so a taken port is looked at again for a second.
 */
export async function assertPortFree(
  host: string,
  port: number,
  whoElse: () => Promise<Refusal | undefined>,
): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const code = await faultOf(host, port);
    if (!code) return;
    if (code !== "EADDRINUSE") throw new Refusal(`Cannot listen on ${host}:${port} (${code}). Set HOST and PORT.`);
    if (tries === 4)
      throw (
        (await whoElse()) ?? new Refusal(`Port ${port} on ${host} is taken by another program. Stop it, or set PORT.`)
      );
    await sleep(250);
  }
}

/** The code of the error that a server on this port would meet. */
function faultOf(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "error"));
    probe.listen(port, host, () => probe.close(() => resolve(undefined)));
  });
}
