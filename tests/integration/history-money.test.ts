/**
 * The proof by history with money, in short (load/history/money/): buyers who pay, decline, leave, pay late and pay twice, while instances and the
 * bank are killed and the bank loses, doubles and reorders. The database, what buyers were told and the bank's own books agree in the end. A failure prints the seed.
 */
import { randomInt, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkMoney } from "../../load/history/money/check.ts";
import { recordMoney } from "../../load/history/money/record.ts";
import { moneyTable } from "../../load/history/money/summary.ts";
import { cloneDatabase, dropDatabase } from "../setup/clone-database.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "lastone-history-money-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test(
  "whatever the bank, the buyers and crashes do, charged is sold, and nothing is left",
  { timeout: 420_000 },
  async () => {
    const seed = randomInt(2 ** 32);
    const name = `money_${randomUUID().replaceAll("-", "")}`;
    const databaseUrl = await cloneDatabase(name);
    const recording = await recordMoney({ databaseUrl, seed, seconds: 25, report: path.join(folder, String(seed)) });
    await dropDatabase(name);
    const violations = checkMoney(recording);
    const text = `seed ${seed}\n${moneyTable(recording, violations)}`;
    process.stdout.write(`${text}\n`);
    expect(violations, text).toEqual([]);
    expect(recording.orders.length, text).toBeGreaterThan(0);
  },
);
