/**
 * The proof by history in short (load/history/): every fault once, and nobody was told a lie. A failure prints the seed and the
 * lines that tell of it. Whether the checker would see it is shown by history-controls.
 */
import { randomInt, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { check } from "../../load/history/check.ts";
import { record, type Recording } from "../../load/history/record.ts";
import { hasSeenEnough, missing, table, tally } from "../../load/history/summary.ts";
import { cloneDatabase, dropDatabase } from "../setup/clone-database.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "lastone-history-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

// Time enough for every fault to be given up, so that a failure shows its table.
test("under every fault, each promise is kept", { timeout: 420_000 }, async () => {
  const { violations, absent, text } = await judge(15);
  process.stdout.write(`${text}\n`);
  expect(violations, text).toEqual([]);
  expect(absent).toEqual([]);
});

async function judge(seconds: number) {
  const seed = randomInt(2 ** 32);
  const name = `history_${randomUUID().replaceAll("-", "")}`;
  const databaseUrl = await cloneDatabase(name);
  const report = path.join(folder, String(seed));
  const enough = ({ history }: Recording) => hasSeenEnough(history, true);
  const { history, database } = await record({ databaseUrl, seed, seconds, instances: 2, report, enough });
  await dropDatabase(name);
  const violations = check(history, database);
  const counts = tally(history);
  return { violations, absent: missing(counts, true), text: `seed ${seed}\n${table(counts, violations, history)}` };
}
