/** Does again what a lost connection has cut off. */
import { setTimeout as sleep } from "node:timers/promises";
import { databaseFault, db } from "#app/db.server.ts";
import { Refusal } from "#server/refusal.ts";

/** Milliseconds before each further try: together as long as a database takes to start again. */
const WAITS = [500, 1_000, 2_000, 4_000];

/**
 * What `work` comes to, tried again while the connection is lost. `work` must be safe to do twice: a COMMIT whose answer is
 * lost may have been done. `advice` is what the operator can do when it stays unknown.
 */
export async function repeatWhenLost<T>(work: () => Promise<T>, advice: string): Promise<T> {
  for (const [tries, wait] of [...WAITS, undefined].entries()) {
    try {
      return await work();
    } catch (error) {
      const fault = databaseFault(error);
      // Busy means undone; after a try that was lost, nothing is known of that one yet.
      if (fault !== "away" && !(fault === "busy" && tries > 0)) throw error;
      if (wait === undefined) break;
      process.stderr.write(`The connection to the database was lost. Trying again in ${wait / 1_000} s.\n`);
      await sleep(wait);
    }
  }
  throw new Refusal(`The database can no longer be reached, so it is not known whether this was done. ${advice}`);
}

/** Before anything is promised: a database that is not there at all is no reason to try for seconds. */
export async function assertReachable(): Promise<void> {
  await db.$queryRaw`SELECT 1`;
}
