/**
 * `npm run lab`: ways to sell the last item, side by side, on an embedded PostgreSQL of its own with its usual settings.
 * Exit 1 when one of them oversells, or the control does not. Flags: `--rounds 5 --seconds 1.5 --markdown`.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import pg from "pg";
import { startEmbeddedPostgres } from "#server/embedded-postgres.ts";
import { median, table } from "../figures.ts";
import { PLENTY, SCARCITY, visit, type Visit } from "./crowds.ts";
import { strategies } from "./strategies.ts";
import { createTables } from "./tables.ts";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "1.5" },
    markdown: { type: "boolean", default: false },
  },
});
const rounds = Math.ceil(positive("rounds", flags.rounds));
const seconds = positive("seconds", flags.seconds);
const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interruption.abort());

const folder = await mkdtemp(path.join(tmpdir(), "lastone-lab-"));
const server = await startEmbeddedPostgres(folder);
try {
  process.exitCode = await compare(server.urlOf("lastone"));
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
// Left to itself, Node would wait for the clock of the last till.
process.exit();

async function compare(url: string): Promise<number> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    await createTables(admin);
    const visits = new Map(strategies.map(({ name }): [string, Visit[]] => [name, []]));
    for (let round = 1; round <= rounds; round += 1) {
      process.stderr.write(`round ${round} of ${rounds}\n`);
      // Round by round, so that whatever else the machine does meets every strategy.
      for (const strategy of strategies) {
        if (interruption.signal.aborted) return 1;
        visits.get(strategy.name)?.push(await visit(admin, url, strategy, seconds));
      }
    }
    const {
      rows: [version],
    } = await admin.query<{ server_version: string }>("SHOW server_version");
    process.stdout.write(`
${report(visits)}

orders/s and p99: ${PLENTY.buyers} buyers who buy on and on for ${seconds} s, with plenty of stock
oversold: orders beyond the stock, ${SCARCITY.buyers} buyers at once for ${SCARCITY.units} units
medians of ${rounds} rounds; oversold is the least and the most of a round
PostgreSQL ${version?.server_version}, Node ${process.versions.node}, ${availableParallelism()} cores shared with everything else that runs
`);
    for (const [name, all] of visits) {
      const [error] = all.flatMap(({ errors }) => errors);
      if (error) process.stdout.write(`${name}, its first error: ${error}\n`);
      for (const fault of all.flatMap(({ faults }) => faults))
        process.stdout.write(`${name} is NOT as it must be: ${fault}\n`);
    }
    return [...visits.values()].flat().some(({ faults }) => faults.length > 0) ? 1 : 0;
  } finally {
    await admin.end();
  }
}

function report(visits: Map<string, Visit[]>): string {
  const heading = ["strategy", "orders/s", "p99 ms", "connections", "oversold", "errors / retries"];
  const rows = [...visits].map(([name, all]) => {
    const middle = (figure: (visit: Visit) => number) => Math.round(median(all.map(figure))).toLocaleString("en");
    const oversold = all.map((visit) => visit.oversold);
    const [least, most] = [Math.min(...oversold), Math.max(...oversold)];
    return [
      name,
      middle(({ ordersPerSecond }) => ordersPerSecond),
      middle(({ p99 }) => p99),
      middle(({ connections }) => connections),
      least === most ? String(most) : `${least} to ${most}`,
      `${middle(({ errors }) => errors.length)} / ${middle(({ retries }) => retries)}`,
    ];
  });
  return table([heading, ...rows], flags.markdown ? "markdown" : "plain");
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (number > 0 && number <= 1_000) return number;
  process.stderr.write(`--${name} must be a number above 0, and 1000 at most.\n`);
  process.exit(1);
}
