import type { IncomingMessage, ServerResponse } from "node:http";
import { reportSoon } from "#app/report.server.ts";

/**
 * One line for the request when its answer has ended, whoever gives it. Without its query: the key of a receipt would open it
 * to whoever reads the log.
 */
export function logAccess({ method, url = "" }: IncomingMessage, response: ServerResponse): void {
  const [path] = url.split("?", 1);
  const began = performance.now();
  response.on("close", () => {
    const milliseconds = Math.round((performance.now() - began) * 10) / 10;
    const status = response.headersSent ? response.statusCode : null;
    // The client has left before its end.
    const cut = response.writableFinished ? undefined : true;
    reportSoon("request", { method, path, status, milliseconds, cut });
  });
}
