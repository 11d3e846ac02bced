/** What a thrown fault is, and its one line in the log, under the reference that the answer carries. */
import { databaseFault } from "#app/db.server.ts";
import { describeError, report } from "#app/report.server.ts";
import { currentExchange } from "./exchange.server.ts";

/** Seconds after which it is worth asking again. */
export const RETRY_AFTER = { "Retry-After": "5" };

/** Whether the database cannot answer now, and will later. A row refused by a unique rule is no outage: where nobody expected it, it is a bug. */
export function isOutage(error: unknown): boolean {
  const fault = databaseFault(error);
  return fault === "away" || fault === "busy";
}

/** `away`: an outage of the database. */
export function logFault(error: unknown): { away: boolean; reference: string } {
  const { reference, request } = currentExchange();
  const away = isOutage(error);
  const { stack, ...what } = describeError(error);
  // Without the query: the key of a receipt would open it to whoever reads the log.
  report(away ? "database_away" : "broken", {
    reference,
    method: request.method,
    url: request.url?.split("?")[0],
    ...what,
    stack: away ? undefined : stack,
  });
  return { away, reference };
}
