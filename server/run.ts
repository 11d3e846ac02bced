/** `node server/run.ts SCRIPT …`: an operator's command, with the shop's database. */
import { runCommand } from "./run-command.ts";

const [script = "", ...args] = process.argv.slice(2);
await runCommand(script, args);
