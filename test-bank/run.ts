/**
 * `node test-bank/run.ts --webhook URL [--pages ORIGIN] [--port N] [--switches JSON]`, with DATABASE_URL: the test bank as a process of
 * its own. Its one line of output is JSON: where it is, and with which keys. It ends at SIGTERM, or when whoever started it is gone.
 */
import { parseArgs } from "node:util";
import { startBank } from "./server.ts";

const { values } = parseArgs({
  options: {
    webhook: { type: "string" },
    pages: { type: "string" },
    port: { type: "string", default: "0" },
    switches: { type: "string", default: "{}" },
  },
});
const databaseUrl = process.env.DATABASE_URL;
if (!databaseUrl || !values.webhook) {
  process.stderr.write("The test bank needs DATABASE_URL and --webhook URL.\n");
  process.exit(1);
}
const { stop, ...bank } = await startBank({
  databaseUrl,
  port: Number(values.port),
  webhook: values.webhook,
  pages: values.pages,
  switches: JSON.parse(values.switches) as unknown,
});

const end = () => void stop().finally(() => process.exit(0));
process.once("SIGTERM", end);
// From the terminal they come to everybody at once. The shop still has payments to ask for, and ends the bank after itself.
for (const signal of ["SIGINT", "SIGHUP"]) process.on(signal, () => undefined);
if (process.channel) process.once("disconnect", end);
process.stdout.write(`${JSON.stringify(bank)}\n`);
