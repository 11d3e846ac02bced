/** `npm test`: the build, the type checker, the linter, then every test. The last line is the verdict. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const report = path.join(root, "test-results/vitest.json");
const verdict = { passed: 0, failed: 0 };

step("build", "prisma", ["generate"]);
step("bundle", "remix", ["vite:build", "--logLevel", "warn"]);
step("type check", "tsc", ["--noEmit"]);
step("lint", "eslint", ["--max-warnings=0", "."]);
step("format", "prettier", ["--check", "--log-level", "warn", "."]);

rmSync(report, { force: true });
const ran = program("vitest", ["run"]);
if (existsSync(report)) {
  const { numPassedTests, numFailedTests, numTotalTests, success } = JSON.parse(readFileSync(report, "utf8")) as Record<
    string,
    number | boolean
  >;
  verdict.passed += Number(numPassedTests);
  // A test that did not run, or a file that did not load, is no test that passed.
  verdict.failed += Math.max(
    Number(numFailedTests),
    Number(numTotalTests) - Number(numPassedTests),
    success && ran ? 0 : 1,
  );
} else {
  verdict.failed += 1;
}

writeFileSync(path.join(root, "test-results/counts.json"), JSON.stringify(verdict));
process.stdout.write(`\n${verdict.passed} passed, ${verdict.failed} failed\n`);
process.exit(verdict.failed === 0 && verdict.passed > 0 ? 0 : 1);

function step(name: string, tool: string, args: string[]): void {
  const good = program(tool, args);
  verdict[good ? "passed" : "failed"] += 1;
  process.stdout.write(`${good ? "✓" : "✗"} ${name}\n`);
}

function program(tool: string, args: string[]): boolean {
  return spawnSync(path.join(root, "node_modules/.bin", tool), args, { cwd: root, stdio: "inherit" }).status === 0;
}
