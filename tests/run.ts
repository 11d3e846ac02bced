/**
 * `npm test`: the build, the type checker, the linter, the formatter, and every test that needs nothing but what npm brings.
 * With the name of a project, as in `npm run test:firefox`: that one's tests, on what was built. The last line is the verdict.
 * What only reads the code goes on beside the tests, which wait more than they compute; what it complains of comes at the end, where it is seen.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const report = path.join(root, "test-results/vitest.json");
const cache = path.join(root, "node_modules/.cache");
/** The projects that need nothing but what npm brings. Vitest takes several names as "one of these", exceptions too. */
const OF_NPM = ["unit", "integration", "without-front", "e2e"];
const BEHIND = constants.priority.PRIORITY_BELOW_NORMAL;

interface Step {
  name: string;
  good: boolean;
  said: string;
}

const [project] = process.argv.slice(2);
const steps = project === undefined ? [await step("build", "prisma", ["generate"])] : [];
const [tests] = await Promise.all(project === undefined ? [buildAndTest(), readCode()] : [runTests(project)]);
for (const { name, good, said } of steps) process.stdout.write(good ? `✓ ${name}\n` : `✗ ${name}\n${said}`);
const verdict = {
  passed: tests.passed + steps.filter(({ good }) => good).length,
  failed: tests.failed + steps.filter(({ good }) => !good).length,
};
writeFileSync(path.join(root, "test-results/counts.json"), JSON.stringify(verdict));
process.stdout.write(`\n${verdict.passed} passed, ${verdict.failed} failed\n`);
process.exit(verdict.failed === 0 && verdict.passed > 0 ? 0 : 1);

/** The shops that they start serve what was built. */
async function buildAndTest(): Promise<{ passed: number; failed: number }> {
  steps.push(await step("bundle", "remix", ["vite:build", "--logLevel", "warn"]));
  return runTests(...OF_NPM);
}

async function runTests(...projects: string[]): Promise<{ passed: number; failed: number }> {
  rmSync(report, { force: true });
  const ran = await run("vitest", ["run", ...projects.flatMap((project) => ["--project", project])], "inherit");
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, numTotalTests, success } = JSON.parse(readFileSync(report, "utf8")) as Record<
    string,
    number | boolean
  >;
  const passed = Number(numPassedTests);
  // A test that did not run, or a file that did not load, is no test that passed.
  const failed = Math.max(Number(numFailedTests), Number(numTotalTests) - passed, success && ran.good ? 0 : 1);
  return { passed, failed };
}

/** One after the other, and behind whatever else wants the processor. */
async function readCode(): Promise<void> {
  const info = path.join(cache, "tests.tsbuildinfo");
  steps.push(await step("type check", "tsc", ["--noEmit", "--incremental", "--tsBuildInfoFile", info], BEHIND));
  // Without its cache: rules that know types depend on other files, too, than the one they look at.
  steps.push(await step("lint", "eslint", ["--max-warnings=0", "."], BEHIND));
  const kept = ["--cache", "--cache-location", path.join(cache, "formatted")];
  steps.push(await step("format", "prettier", ["--check", "--log-level", "warn", ...kept, "."], BEHIND));
}

async function step(name: string, tool: string, args: string[], priority?: number): Promise<Step> {
  return { name, ...(await run(tool, args, "pipe", priority)) };
}

function run(
  tool: string,
  args: string[],
  output: "inherit" | "pipe",
  priority: number = constants.priority.PRIORITY_NORMAL,
): Promise<{ good: boolean; said: string }> {
  const child = spawn(path.join(root, "node_modules/.bin", tool), args, {
    cwd: root,
    stdio: ["ignore", output, output],
  });
  if (child.pid !== undefined) setPriority(child.pid, priority);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ good: false, said: `${error.message}\n` }));
    child.once("close", (code) => resolve({ good: code === 0, said }));
  });
}
