/**
 * `npm run items -- …`: what an operator does to items and their stock, also beside a running shop, whose open pages show
 * it at once. A command that cannot be carried out changes nothing, says why, and ends with exit code 1.
 *
 * Help and a command line that is not understood need no database. All else is done with one, by ops/items/run.ts.
 */
import { Refusal } from "#server/refusal.ts";
import { readCommand } from "./items/command-line.ts";
import { HELP } from "./items/help.ts";

const args = process.argv.slice(2);
if (needsDatabase()) await (await import("#server/run-command.ts")).runCommand("ops/items/run.ts", args);

function needsDatabase(): boolean {
  try {
    if (readCommand(args).name !== "help") return true;
    process.stdout.write(HELP);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
  return false;
}
