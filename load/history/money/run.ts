/** `npm run history:money`: one run with money against a PostgreSQL of its own. Exit 1 when a promise was broken, or too little was seen. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { makeTemplate } from "#harness/template.ts";
import { startEmbeddedPostgres } from "#server/embedded-postgres.ts";
import { checkMoney } from "./check.ts";
import { isMoneyControl, MONEY_CONTROLS } from "./controls.ts";
import { recordMoney } from "./record.ts";
import { missingCases, moneyTable } from "./summary.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string" },
    seconds: { type: "string" },
    seed: { type: "string" },
    control: { type: "string" },
  },
});
const seconds = values.minutes ? Number(values.minutes) * 60 : Number(values.seconds ?? 60);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
const control = isMoneyControl(values.control) ? values.control : undefined;
const isAsked = seconds > 0 && Number.isInteger(seed) && (values.control === undefined || control !== undefined);
if (!isAsked) {
  process.stderr.write(
    `--seconds or --minutes, --seed: numbers. --control: ${Object.keys(MONEY_CONTROLS).join(", ")}.\n`,
  );
  process.exit(1);
}

const say = (line: string) => void process.stdout.write(`${line}\n`);
say(`seed ${seed}: ${seconds} s${control ? `, control ${control}: ${MONEY_CONTROLS[control].says}` : ""}`);
const folder = await mkdtemp(path.join(tmpdir(), "lastone-history-"));
const server = await startEmbeddedPostgres(folder, ["fsync=off"]);
let closing: Promise<void> | undefined;
/** Once, whoever asks first: the end, or a signal. */
const close = () => (closing ??= server.stop().then(() => rm(folder, { recursive: true, force: true })));
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void close().finally(() => process.exit(1)));
try {
  const databaseUrl = server.urlOf("lastone");
  await makeTemplate(databaseUrl);
  const stamp = new Date().toISOString().replaceAll(":", "");
  const report = path.join(import.meta.dirname, "../../reports", `history-money-${stamp}-${seed}`);
  const recording = await recordMoney({
    databaseUrl,
    seed,
    seconds,
    report,
    say,
    ...(control && { control, quietWithin: 40_000 }),
  });
  const violations = checkMoney(recording);
  const absent = control ? [] : missingCases(recording);
  say(moneyTable(recording, violations));
  say(`history: ${path.relative(process.cwd(), report)}.jsonl`);
  if (absent.length > 0) say(`Never seen, so it proves nothing: ${absent.join(", ")}.`);
  if (control) say(violations.length > 0 ? "Found out, as it must be." : "NOT found out.");
  else if (violations.length === 0) say("No promise was broken.");
  process.exitCode = violations.length + absent.length === 0 ? 0 : 1;
} finally {
  await close();
}
process.exit();
