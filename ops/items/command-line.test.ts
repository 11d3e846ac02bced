import { expect, test } from "vitest";
import { Refusal } from "#server/refusal.ts";
import { readCommand } from "./command-line.ts";

const KEY = "0a1b2c3d-0000-4000-8000-000000000000";
const read = (line: string) => readCommand(line.split(" ").filter((word) => word !== ""));

test("a command line is read, options at any place", () => {
  expect(read("list")).toEqual({ name: "list" });
  expect(read("restock moth 5")).toEqual({ name: "restock", itemId: "moth", units: 5, key: undefined, again: false });
  expect(read(`restock --key ${KEY.toUpperCase()} moth 5`)).toMatchObject({ units: 5, key: KEY });
  expect(read("restock moth 5 --again")).toMatchObject({ again: true });
  expect(read("correct moth 3 --seen=7")).toEqual({
    name: "correct",
    itemId: "moth",
    to: 3,
    seenVersion: 7,
    key: undefined,
  });
  expect(read("correct moth +3")).toEqual({ name: "correct", itemId: "moth", by: 3, key: undefined });
  expect(read("correct moth -3")).toEqual({ name: "correct", itemId: "moth", by: -3, key: undefined });
  expect(read("add -")).toEqual({ name: "add", file: "-" });
  for (const line of ["help", "--help", "-h", "restock --help", "restock moth -h"])
    expect(read(line)).toEqual({ name: "help" });
});

test("what is not meant like that is refused, with how it is meant", () => {
  for (const [line, says] of [
    ["", "Usage: npm run items -- list | show"],
    ["sell", 'There is no command "sell". Usage: npm run items --'],
    ["restok moth 5", 'There is no command "restok". Did you mean restock?'],
    ["toString", 'There is no command "toString". Usage'],
    ["restock moth", "Something is missing. Usage: npm run items -- restock <id> <units>"],
    ["list moth", 'Unexpected argument "moth". Usage: npm run items -- list'],
    ["add a.json b.json", 'Unexpected argument "b.json".'],
    ["list --all", 'There is no option "--all" here. Usage: npm run items -- list'],
    ["restock moth 5 --seen 3", 'There is no option "--seen" here.'],
    ["restock moth 0", '"0" is not a whole number from 1 to 1,000,000.'],
    ["restock moth -3", '"-3" is not a whole number from 1'],
    ["restock moth 1e3", '"1e3" is not a whole number from 1'],
    ["restock moth 1000001", "is not a whole number from 1 to 1,000,000."],
    ["correct moth +", '"" is not a whole number from 1'],
    ["correct moth +0", '"0" is not a whole number from 1'],
    ["correct moth +3 --seen 7", "A correction by +3 works at any version."],
    ["correct moth 3 --seen x", '"x" is not a whole number from 1'],
    ["correct moth 3 --seen", "--seen needs a value."],
    ["correct moth 3 --seen 7 --seen 8", "--seen is given twice."],
    ["restock moth 5 --key 7", '"7" is not a key. A key looks like'],
    ["restock moth 5 --key 00000000-0000-0000-0000-000000000000", "is not a key of your own."],
    ["correct moth -1 --key FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "is not a key of your own."],
    [`restock moth 5 --key ${KEY} --again`, "Use one or the other."],
    ["restock moth 5 --again=yes", "--again takes no value."],
  ] as const) {
    const thrown = (() => {
      try {
        return read(line);
      } catch (error) {
        return error;
      }
    })();
    expect(thrown, line).toBeInstanceOf(Refusal);
    expect((thrown as Refusal).message, line).toContain(says);
    expect((thrown as Refusal).message, line).not.toContain("\n");
  }
});
