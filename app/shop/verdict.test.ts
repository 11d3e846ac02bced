import { expect, test } from "vitest";
import { type Fault, hasBoughtNothing, type Stage, VERDICTS } from "./verdict.ts";

const FAULTS = Object.keys(VERDICTS) as Fault[];
const STAGES: Stage[] = ["deciding", "committing"];
const all = FAULTS.flatMap((fault) => STAGES.map((stage) => ({ fault, stage })));

test("a COMMIT whose answer was lost is always asked for once more, unless the database is silent", () => {
  for (const fault of FAULTS) {
    const [first] = VERDICTS[fault].committing;
    if (!hasBoughtNothing(fault, "committing"))
      expect([fault, first]).toEqual([fault, fault === "silent" ? "turn_away" : "again"]);
  }
});

test("no try comes after the second, and who may have bought is never failed", () => {
  for (const { fault, stage } of all) {
    const [first, second] = VERDICTS[fault][stage];
    expect(second).not.toBe("again");
    if (!hasBoughtNothing(fault, stage)) expect([first, second]).not.toContain("fail");
  }
});

test("only what the database has refused parts a batch, and nothing that it undid is uncertain", () => {
  const parted = all.filter(({ fault, stage }) => VERDICTS[fault][stage].includes("part"));
  expect([...new Set(parted.map(({ fault }) => fault))]).toEqual(["conflict", "refused"]);
  for (const { fault, stage } of parted) expect(hasBoughtNothing(fault, stage)).toBe(true);
});

test("nothing is certain after silence, and everything before COMMIT was sent otherwise", () => {
  for (const fault of FAULTS) expect(hasBoughtNothing(fault, "deciding")).toBe(fault !== "silent");
  expect(FAULTS.filter((fault) => hasBoughtNothing(fault, "committing"))).toEqual(["conflict", "refused"]);
});
