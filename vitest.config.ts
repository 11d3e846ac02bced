import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: ["tests/setup/postgres.ts"],
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
            "tests/docs/**/*.test.ts",
          ],
          setupFiles: ["tests/setup/no-console-errors.ts"],
        },
      },
      {
        test: {
          name: "integration",
          include: ["tests/integration/**/*.test.ts"],
          setupFiles: ["tests/setup/no-console-errors.ts", "tests/setup/own-database.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          setupFiles: ["tests/setup/no-console-errors.ts", "tests/setup/own-database.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // One browser at a time: on two cores a second one makes both slow, not the suite fast.
          fileParallelism: false,
        },
      },
    ],
  },
});
