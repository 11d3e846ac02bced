import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { readSettings } from "./settings.server.ts";

const NEEDED = { DATABASE_URL: "postgresql://127.0.0.1/lastone", COOKIE_SECRET: "x".repeat(32) };

test("all that is wrong is told at once, in one line, and what is not set has its default", () => {
  expect(
    readSettings({ ...NEEDED, TILL_BATCH: "many", DATABASE_POOL: "1", DEMO: "yes", COOKIE_SECRET: "short" }),
  ).toEqual({
    wrong:
      "Settings are missing or wrong (see .env.example). COOKIE_SECRET: needs at least 32 characters; " +
      "DEMO: must be 0 or 1; DATABASE_POOL: must be a whole number from 2 to 500; " +
      "TILL_BATCH: must be a whole number from 1 to 5000",
  });
  expect(readSettings({ ...NEEDED, STOP_WITHIN: "4000" }).settings).toMatchObject({
    COOKIE_SECRET: [NEEDED.COOKIE_SECRET],
    DEMO: false,
    DRAIN: 1_000,
    TILL_BATCH: 200,
  });
});

test("a process with a small heap keeps fewer streams open than one with a large one", () => {
  const streamsWith = (megabytes: number) =>
    Number(
      execFileSync(
        process.execPath,
        [
          ...[`--max-old-space-size=${megabytes}`, "--input-type=module", "--eval"],
          `import { readSettings } from "#app/settings.server.ts";
           process.stdout.write(String(readSettings(${JSON.stringify(NEEDED)}).settings.LIVE_STREAMS));`,
        ],
        { encoding: "utf8", env: { NODE_ENV: "production" } },
      ),
    );
  const [few, many] = [streamsWith(512), streamsWith(4_096)];
  // Each of them takes up to 64 kB.
  expect(few * 65_536).toBeLessThan(512 * 1_024 * 1_024);
  expect([few > 500, many]).toEqual([true, 10_000]);
});
