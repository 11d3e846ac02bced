import path from "node:path";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./tests/setup/longest-first.ts";

// Most of what a run computes is the start of programs: shops, commands, the tests' own workers. They all read the same code.
process.env.NODE_COMPILE_CACHE ??= path.join(import.meta.dirname, "node_modules/.cache/node");

export default defineConfig({
  test: {
    globalSetup: ["tests/setup/postgres.ts"],
    // Files wait for shops, timers and pages more than they compute.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    reporters: ["default", ["json", { outputFile: "test-results/vitest.json" }]],
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "app/**/*.test.ts",
            "server/**/*.test.ts",
            "ops/**/*.test.ts",
            "load/**/*.test.ts",
            "test-bank/**/*.test.ts",
            "tests/docs/**/*.test.ts",
          ],
          setupFiles: ["tests/setup/no-console-errors.ts"],
          // Time-outs end what hangs. They promise nothing, so they leave a busy machine its time.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "integration",
          include: ["tests/integration/**/*.test.ts"],
          setupFiles: ["tests/setup/no-console-errors.ts", "tests/setup/own-database.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        // The contract once more, with Remix answering all of it.
        test: {
          name: "without-front",
          include: ["answers", "address-limit", "cookies", "http", "once", "outage", "request-line", "terms"].map(
            (file) => `tests/integration/${file}.test.ts`,
          ),
          env: { FRONT: "0" },
          setupFiles: ["tests/setup/no-console-errors.ts", "tests/setup/own-database.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          globalSetup: ["tests/setup/browser-unpacked.ts"],
          setupFiles: ["tests/setup/no-console-errors.ts", "tests/setup/own-database.ts"],
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
      {
        // Not of `npm test`: npm brings no stripe-mock.
        test: {
          name: "stripe-mock",
          include: ["tests/stripe-mock/**/*.test.ts"],
          setupFiles: ["tests/setup/no-console-errors.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // Not of `npm test`: npm brings no Firefox.
        test: {
          name: "firefox",
          include: ["tests/firefox/**/*.test.ts"],
          setupFiles: ["tests/setup/no-console-errors.ts", "tests/setup/own-database.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
