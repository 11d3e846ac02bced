/** Carries out one command of `npm run items` with the database of its settings. */
import { announced } from "#app/live/announce.server.ts";
import { carryOut } from "../carry-out.ts";
import { readCommand } from "./command-line.ts";
import { carryOut as carryOutCommand } from "./commands.ts";
import { HELP } from "./help.ts";

await carryOut(async () => {
  const command = readCommand(process.argv.slice(2));
  try {
    if (command.name === "help") process.stdout.write(HELP);
    else await carryOutCommand(command);
  } finally {
    await announced();
  }
});
