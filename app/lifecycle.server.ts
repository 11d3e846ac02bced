/** The end of the process: streams first, then the purchases and tasks under way, then the database connections. */
import { setTimeout as sleep } from "node:timers/promises";
import { flushBursts } from "./burst.server.ts";
import { ordersLookedUp } from "./checkout/find-orders.server.ts";
import { disconnect, takesWrites } from "./db.server.ts";
import { env } from "./env.server.ts";
import { currentServing } from "./http/exchange.server.ts";
import { stopFollowing } from "./live/follow.server.ts";
import { countStreams, endStreams } from "./live/stream.server.ts";
import { endOutbox } from "./outbox/outbox.server.ts";
import { describeError, report } from "./report.server.ts";
import { memory } from "./shop/memory.server.ts";
import { shopTills } from "./shop/tills.server.ts";
import { singleton } from "./singleton.server.ts";
import { within } from "./within.server.ts";

/** Milliseconds for the database to end the connections: nobody waits for them any more, and a silent one never does. */
const GOODBYE = 500;

/**
 * Milliseconds in which kept connections stay open: a client that uses them sends its next request, and learns with the answer that it
 * is the last. Closed at once, a connection would be lost together with the request that is on its way.
 */
const LINGER = 500;

/** Milliseconds after that for a request that has begun to arrive. */
const ARRIVES_WITHIN = 1_000;

const state = singleton("lifecycle-state", () => ({ ending: false }));

export function isEnding(): boolean {
  return state.ending;
}

/** Whether to send visitors here: not while the process ends, nor while it cannot see the database or write to it. */
export async function isReady(): Promise<boolean> {
  return !state.ending && (await memory.becomesFresh()) && (await takesWrites());
}

/**
 * remix-serve would stop listening at SIGTERM and then wait for every answer to end. Open streams never would, and an idle
 * pool keeps the process alive: all of it is ended here, in order. A process whose parent died ends the same way.
 */
export function endWithTheServer(): void {
  singleton("lifecycle", () => {
    const end = (drain: number) => {
      if (state.ending) return;
      state.ending = true;
      setTimeout(endByForce, env.STOP_WITHIN).unref();
      void endInOrder(drain);
    };
    // Not `once`: Ctrl-C comes from the terminal and from the parent, and a second signal that finds no listener ends
    // the process at once, in the middle of a purchase.
    process.on("SIGTERM", () => end(env.DRAIN));
    process.on("SIGINT", () => end(env.DRAIN));
    if (process.channel) {
      process.channel.unref();
      // remix-serve goes on writing its log to it.
      process.stdout.on("error", () => undefined);
      process.once("disconnect", () => {
        // Whoever starts the shop again wants the port.
        end(0);
        process.kill(process.pid, "SIGTERM");
      });
    }
    process.on("exit", flushBursts);
    process.on("unhandledRejection", (error) => report("unhandled_rejection", describeError(error)));
    return true;
  });
}

async function endInOrder(drain: number): Promise<void> {
  const serving = currentServing();
  serving?.beginToEnd();
  await sleep(drain);
  const closed = serving?.stopListening();
  const streamsEnded = endStreams();
  const outboxEnded = endOutbox();
  await sleep(Math.max(0, LINGER - drain));
  serving?.closeUnused();
  void Promise.all([streamsEnded, sleep(ARRIVES_WITHIN)]).then(() => serving?.closeNotOwed());
  await closed;
  // Also purchases whose buyer hung up: their transactions end well, not with the connection.
  await Promise.all([shopTills.closed(), outboxEnded, ordersLookedUp()]);
  const disconnected = Promise.all([stopFollowing(), disconnect()]);
  await within(GOODBYE, disconnected, () => new Error("the database does not say goodbye")).catch((error: unknown) =>
    report("disconnect_failed", describeError(error)),
  );
  // Remix would keep the process for the five seconds that it gives each page's data.
  process.exit(0);
}

/** Whoever is still waiting gets no answer. Sent again with the same key, a purchase finds what became of it. */
function endByForce(): void {
  const cutOff = { purchases: shopTills.undecided, answers: currentServing()?.owed ?? 0 };
  if (cutOff.purchases + cutOff.answers === 0) process.exit(0);
  report("shutdown_forced", { ...cutOff, streams: countStreams() });
  process.exit(1);
}
