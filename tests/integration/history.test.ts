/**
 * The proof by history in short (load/history/): every fault once, and nobody was told a lie; then the shops with one guard
 * taken out, which the same checker must find out. A failure prints the seed and the lines that tell of it.
 */
import { randomInt, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { check, type Violation } from "../../load/history/check.ts";
import type { Control } from "../../load/history/controls.ts";
import { record } from "../../load/history/record.ts";
import { missing, table, tally } from "../../load/history/summary.ts";
import { cloneDatabase, dropDatabase } from "../setup/clone-database.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "lastone-history-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

// Time enough for every fault to be given up, so that a failure shows its table.
test("under every fault, each promise is kept", { timeout: 300_000 }, async () => {
  const { violations, absent, text } = await judge(15);
  process.stdout.write(`${text}\n`);
  expect(violations, text).toEqual([]);
  expect(absent).toEqual([]);
});

test.each<[Control, Violation["kind"][]]>([
  // With luck the stock outlasts the twins.
  ["no-lock", ["oversold", "numbers"]],
  ["no-key", ["key_twice"]],
  ["early-answer", ["lost_order"]],
  ["false-sold-out", ["false_refusal"]],
])("control %s: the checker finds %s", { timeout: 180_000 }, async (control, kinds) => {
  const { violations, text } = await judge(3, control);
  expect(
    violations.filter(({ kind }) => kinds.includes(kind)),
    text,
  ).not.toEqual([]);
});

async function judge(seconds: number, control?: Control) {
  const seed = randomInt(2 ** 32);
  const name = `history_${randomUUID().replaceAll("-", "")}`;
  const databaseUrl = await cloneDatabase(name);
  const { history, database } = await record({
    databaseUrl,
    seed,
    seconds,
    instances: 2,
    report: path.join(folder, String(seed)),
    ...(control ? { control } : {}),
  });
  await dropDatabase(name);
  const violations = check(history, database);
  const counts = tally(history);
  return { violations, absent: missing(counts, !control), text: `seed ${seed}\n${table(counts, violations, history)}` };
}
