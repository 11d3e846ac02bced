/** `npm run mails -- …`: the mails that the shop has written. */
import { begin } from "./begin.ts";
import { HELP, readCommand } from "./mails/command-line.ts";

await begin("ops/mails/run.ts", readCommand, HELP);
