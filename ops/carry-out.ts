/** What every operator's command does around its work: an exit code, a reason in a sentence, and an end. */
import { databaseFault, disconnect } from "#app/db.server.ts";
import { reportNothing } from "#app/report.server.ts";
import { Refusal } from "#server/refusal.ts";

/** Does the work and lets go of the database. Exit code 1 and the reason when it cannot be done. */
export async function carryOut(work: () => Promise<void>): Promise<void> {
  reportNothing();
  // Whoever reads may have read enough, as `| head` does: the command is carried out all the same.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  try {
    await work();
  } catch (error) {
    process.stderr.write(`${reasonOf(error)}\n`);
    process.exitCode = 1;
  } finally {
    await disconnect();
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  if (!(error instanceof Error)) return String(error);
  const fault = databaseFault(error);
  if (fault === "away") return "The database cannot be reached. Nothing was changed.";
  if (fault === "busy") return "The database is busy, and nothing was changed. Try again in a moment.";
  const [, said] = /Message: `(.*)`/.exec(error.message) ?? [];
  return said ? `The database rejected it, and nothing was changed: ${said}.` : (error.stack ?? error.message);
}
