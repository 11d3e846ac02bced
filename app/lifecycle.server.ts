/** The end of the process: streams first, then the purchases under way, then the database connections. */
import { once } from "node:events";
import { disconnect } from "./db.server.ts";
import { env } from "./env.server.ts";
import { currentServer } from "./http/exchange.server.ts";
import { stopFollowing } from "./live/follow.server.ts";
import { countStreams, endStreams } from "./live/stream.server.ts";
import { describeError, report } from "./report.server.ts";
import { shopTills } from "./shop/tills.server.ts";
import { singleton } from "./singleton.server.ts";
import { within } from "./within.server.ts";

/** Milliseconds for the database to end the connections: nobody waits for them any more, and a silent one never does. */
const GOODBYE = 500;

const state = singleton("lifecycle-state", () => ({ ending: false }));

export function isEnding(): boolean {
  return state.ending;
}

/**
 * remix-serve stops listening at SIGTERM and then waits for every answer to end. Open streams never would, and an idle
 * pool keeps the process alive, so both are ended here. A process whose parent died ends the same way.
 */
export function endWithTheServer(): void {
  singleton("lifecycle", () => {
    const end = () => {
      if (state.ending) return;
      state.ending = true;
      void endStreams();
      setTimeout(endByForce, env.STOP_WITHIN).unref();
      void endInOrder();
    };
    // Not `once`: Ctrl-C comes from the terminal and from the parent, and a second signal that finds no listener ends
    // the process at once, in the middle of a purchase.
    process.on("SIGTERM", end);
    process.on("SIGINT", end);
    if (process.channel) {
      process.channel.unref();
      process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
    }
    process.on("unhandledRejection", (error) => report("unhandled_rejection", describeError(error)));
    return true;
  });
}

async function endInOrder(): Promise<void> {
  await serverClosed();
  // Also purchases whose buyer hung up: their transactions end well, not with the connection.
  await shopTills.closed();
  const disconnected = Promise.all([stopFollowing(), disconnect()]);
  await within(GOODBYE, disconnected, () => new Error("the database does not say goodbye")).catch((error: unknown) =>
    report("disconnect_failed", describeError(error)),
  );
  // Remix would keep the process for the five seconds that it gives each page's data.
  process.exit(0);
}

/** Whoever is still waiting gets no answer. Sent again with the same key, a purchase finds what became of it. */
function endByForce(): void {
  report("shutdown_forced", { purchases: shopTills.undecided, streams: countStreams() });
  process.exit(1);
}

/** Resolves when the server has closed, which is when every answer has been sent and every connection is gone. */
async function serverClosed(): Promise<void> {
  const server = currentServer();
  if (!server) return;
  // Closing, a server ends the connections that are idle at that moment. Those that had a stream become idle later,
  // and would be kept for the next request of a browser.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  await once(server, "close");
  clearInterval(sweep);
}
