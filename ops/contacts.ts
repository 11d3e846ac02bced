/** `npm run contacts -- …`: who the buyers are, and how that is erased. */
import { begin } from "./begin.ts";
import { HELP, readCommand } from "./contacts/command-line.ts";

await begin("ops/contacts/run.ts", readCommand, HELP);
