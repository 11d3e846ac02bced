/**
 * The controls of the proof by history: shops with one guard taken out, or one fault planted (load/history/controls.ts). The checker must
 * find each of them out, or its silence over the whole shop would prove nothing.
 */
import { randomInt, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { check, type Violation } from "../../load/history/check.ts";
import { type Control, CONTROLS } from "../../load/history/controls.ts";
import { record, type Recording } from "../../load/history/record.ts";
import { table, tally } from "../../load/history/summary.ts";
import { cloneDatabase, dropDatabase } from "../setup/clone-database.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "lastone-controls-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const FOUND: Record<Control, Violation["kind"][]> = {
  // With luck the stock outlasts the twins.
  "no-lock": ["oversold", "numbers"],
  "no-key": ["key_twice"],
  "early-answer": ["lost_order"],
  "false-sold-out": ["false_refusal"],
  "triple-price": ["wrong_price"],
  "limit-forgets-batch": ["over_limit"],
  "open-receipts": ["open_receipt"],
  "last-come": ["overtaken"],
  "wrong-hint": ["false_news"],
  "restock-twice": ["phantom_change"],
};

test.each(Object.keys(CONTROLS) as Control[])(
  "control %s: the checker finds it out",
  { timeout: 300_000 },
  async (control) => {
    const of = ({ history, database }: Recording) =>
      check(history, database).filter(({ kind }) => FOUND[control].includes(kind));
    const seed = randomInt(2 ** 32);
    const name = `control_${randomUUID().replaceAll("-", "")}`;
    const recording = await record({
      databaseUrl: await cloneDatabase(name),
      seed,
      // As long as it takes.
      seconds: 0,
      instances: 2,
      control,
      report: path.join(folder, String(seed)),
      enough: (soFar) => of(soFar).length > 0,
    });
    await dropDatabase(name);
    const found = of(recording);
    expect(found, `seed ${seed}\n${table(tally(recording.history), found, recording.history)}`).not.toEqual([]);
  },
);
