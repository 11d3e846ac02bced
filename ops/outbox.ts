/** `npm run outbox -- …`: what must still happen after a commit, and what fails of it. */
import { begin } from "./begin.ts";
import { HELP, readCommand } from "./outbox/command-line.ts";

await begin("ops/outbox/run.ts", readCommand, HELP);
