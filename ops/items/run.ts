/** Carries out one command of `npm run items` with the database of its settings. Exit code 1 and the reason when it cannot. */
import { databaseFault, disconnect } from "#app/db.server.ts";
import { announced } from "#app/live/announce.server.ts";
import { reportNothing } from "#app/report.server.ts";
import { Refusal } from "#server/refusal.ts";
import { readCommand } from "./command-line.ts";
import { carryOut } from "./commands.ts";
import { HELP } from "./help.ts";

reportNothing();
// Whoever reads may have read enough, as `| head` does: the command is carried out all the same.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

try {
  const command = readCommand(process.argv.slice(2));
  if (command.name === "help") process.stdout.write(HELP);
  else await carryOut(command);
} catch (error) {
  process.stderr.write(`${reasonOf(error)}\n`);
  process.exitCode = 1;
} finally {
  await announced();
  await disconnect();
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
