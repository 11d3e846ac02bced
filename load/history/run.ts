/** `npm run history`: one run against a PostgreSQL of its own. Exit 1 when a promise was broken, or when too little happened to prove it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { startEmbeddedPostgres } from "#server/embedded-postgres.ts";
import { makeTemplate } from "#harness/template.ts";
import { check } from "./check.ts";
import { CONTROLS, isControl } from "./controls.ts";
import { record } from "./record.ts";
import { hasSeenEnough, missing, table, tally, verdict } from "./summary.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string" },
    seconds: { type: "string" },
    seed: { type: "string" },
    instances: { type: "string" },
    control: { type: "string" },
  },
});
const seed = wholeNumber("seed", Math.floor(Math.random() * 2 ** 32), 2 ** 32 - 1);
const seconds = values.minutes ? wholeNumber("minutes", 1, 24 * 60) * 60 : wholeNumber("seconds", 60, 24 * 3_600);
const instances = wholeNumber("instances", 2, 2);
const control = isControl(values.control) ? values.control : undefined;
if (values.control && !control) fail(`--control is one of ${Object.keys(CONTROLS).join(", ")}.`);

say(
  `seed ${seed}: ${seconds} s, ${instances} instances${control ? `, control ${control}: ${CONTROLS[control].says}` : ""}`,
);
const folder = await mkdtemp(path.join(tmpdir(), "lastone-history-"));
const server = await startEmbeddedPostgres(folder, ["fsync=off"]);
let closing: Promise<void> | undefined;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void close().finally(() => process.exit(1)));
try {
  process.exitCode = await run(server.urlOf("lastone"));
} finally {
  await close();
}
process.exit();

async function run(databaseUrl: string): Promise<number> {
  await makeTemplate(databaseUrl);
  const report = path.join(
    import.meta.dirname,
    "../reports",
    `history-${new Date().toISOString().replaceAll(":", "")}-${seed}`,
  );
  const { history, database } = await record({
    databaseUrl,
    seed,
    seconds,
    instances,
    report,
    enough: (soFar) => hasSeenEnough(soFar.history, !control),
    say,
    ...(control ? { control } : {}),
  });
  const violations = check(history, database);
  const counts = tally(history);
  const absent = missing(counts, !control);
  say(table(counts, violations, history));
  say(`history: ${path.relative(process.cwd(), report)}.jsonl`);
  say(`\n${verdict(violations, absent, control !== undefined)}`);
  return violations.length + absent.length === 0 ? 0 : 1;
}

/** Once, whoever asks first: the end, or a signal. */
function close(): Promise<void> {
  closing ??= server.stop().then(() => rm(folder, { recursive: true, force: true }));
  return closing;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function wholeNumber(name: "seed" | "minutes" | "seconds" | "instances", fallback: number, most: number): number {
  const number = Number(values[name] ?? fallback);
  if (Number.isInteger(number) && number >= (name === "seed" ? 0 : 1) && number <= most) return number;
  return fail(`--${name} is a whole number up to ${most}.`);
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
