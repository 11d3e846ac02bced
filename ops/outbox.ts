/** `npm run outbox -- …`: what is still to be done after a commit, and what fails. */
import { begin } from "./begin.ts";
import { HELP, readCommand } from "./outbox/command-line.ts";

await begin("ops/outbox/run.ts", readCommand, HELP);
