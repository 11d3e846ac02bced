/** The controls of the history with money (load/history/money/controls.ts): the checker must find each of them out, by what it breaks. */
import { randomInt, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkMoney, type MoneyViolation } from "../../load/history/money/check.ts";
import { MONEY_CONTROLS, type MoneyControl } from "../../load/history/money/controls.ts";
import { recordMoney } from "../../load/history/money/record.ts";
import { moneyTable } from "../../load/history/money/summary.ts";
import { cloneDatabase, dropDatabase } from "../setup/clone-database.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "lastone-money-controls-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const FOUND: Record<MoneyControl, MoneyViolation["kind"]> = {
  "capture-first": "money",
  "revived-hold": "revived",
  "confirm-again": "order_twice",
  "event-before-effect": "money",
  "back-twice": "ledger",
  "own-clock": "early_end",
  "no-settle": "money",
};

test.each(Object.keys(MONEY_CONTROLS) as MoneyControl[])(
  "control %s: the checker finds it out",
  { timeout: 300_000 },
  async (control) => {
    const seed = randomInt(2 ** 32);
    const name = `money_${randomUUID().replaceAll("-", "")}`;
    const recording = await recordMoney({
      databaseUrl: await cloneDatabase(name),
      seed,
      seconds: 12,
      control,
      report: path.join(folder, String(seed)),
      // What is broken never comes to rest.
      quietWithin: 15_000,
    });
    await dropDatabase(name);
    const violations = checkMoney(recording);
    const text = `seed ${seed}\n${moneyTable(recording, violations)}`;
    expect(
      violations.map(({ kind }) => kind),
      text,
    ).toContain(FOUND[control]);
  },
);
