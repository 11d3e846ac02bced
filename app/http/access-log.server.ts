import { reportSoon } from "#app/report.server.ts";
import type { Exchange } from "./exchange.server.ts";

/**
 * One line for the exchange when it has ended, whoever answers it. Without its query: the key of a receipt would open it to
 * whoever reads the log.
 */
export function logAccess({ request, response, target }: Exchange): void {
  const { method } = request;
  const began = performance.now();
  response.once("close", () => {
    const [path] = target.split("?", 1);
    const milliseconds = Math.round((performance.now() - began) * 10) / 10;
    const status = response.headersSent ? response.statusCode : null;
    // The client has left before its end.
    const cut = response.writableFinished ? undefined : true;
    reportSoon("request", { method, path, status, milliseconds, cut });
  });
}
