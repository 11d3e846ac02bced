/** docs/errors.md names every problem and every log event that the code has, and no other. */
import { expect, test } from "vitest";
import { PROBLEMS } from "#app/http/problem-types.ts";
import { codeOf, list, read, rowsOf, section } from "./repository.ts";

/** Where the calls are made of what others name. */
const DEFINED_IN = ["app/report.server.ts", "app/burst.server.ts"];
const PAGE = read("docs/errors.md");

test("every problem type is told with its status, when it comes and what to do", () => {
  const told = rowsOf(section(PAGE, "## Problems")).map(([type, status, when, what]) => {
    expect(when, type).not.toBe("");
    expect(what, type).not.toBe("");
    return [codeOf(type)[0], Number(status)];
  });
  expect(told.sort()).toEqual(
    Object.entries(PROBLEMS)
      .map(([type, { status }]) => [type, status])
      .sort(),
  );
});

test("every log event is told, with when it comes and what to do", () => {
  const told = rowsOf(section(PAGE, "## Log events")).map(([event, when, what]) => {
    expect(when, event).not.toBe("");
    expect(what, event).not.toBe("");
    return codeOf(event)[0];
  });
  expect(told.sort()).toEqual(eventsOfTheCode());
});

/** The events that `report`, `reportBurst` and `reportSoon` are called with. One that is no literal could not be found, and fails. */
function eventsOfTheCode(): string[] {
  const files = list("app/**/*.{ts,tsx}", "server/**/*.ts", "ops/**/*.ts").filter(
    (file) => !/\.test\.tsx?$/.test(file),
  );
  const events = files
    .filter((file) => !DEFINED_IN.includes(file))
    .flatMap((file) =>
      [...read(file).matchAll(/(?<![\w.])report(?:Burst|Soon)?\(\s*([^,)]+)/g)].flatMap(([, first = ""]) => {
        const literals = [...first.matchAll(/"([^"]+)"/g)].map(([, literal = ""]) => literal);
        if (literals.length === 0) throw new Error(`${file} reports an event that is no literal: ${first}`);
        return literals;
      }),
    );
  return [...new Set(events)].sort();
}
