/** `npm run orders -- …`: what was sold, and how an order is cancelled or its money given back. */
import { begin } from "./begin.ts";
import { HELP, readCommand } from "./orders/command-line.ts";

await begin("ops/orders/run.ts", readCommand, HELP);
