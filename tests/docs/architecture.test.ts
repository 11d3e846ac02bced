/** docs/architecture.md agrees with the code: the table of verdicts, and the tests that each promise names. */
import path from "node:path";
import { expect, test } from "vitest";
import { VERDICTS } from "#app/shop/verdict.ts";
import { codeOf, list, read, rowsOf, section } from "./repository.ts";

const PAGE = read("docs/architecture.md");

test("the table of verdicts is the code's", () => {
  const told = rowsOf(section(PAGE, "### When a try fails")).map(([fault, ...cells]) => [
    codeOf(fault)[0],
    ...cells.map((cell) => cell.split(", then ").map((verdict) => verdict.replace(" ", "_"))),
  ]);
  const decided = Object.entries(VERDICTS).map(([fault, { deciding, committing }]) => [
    fault,
    ...[deciding, committing].map(([first, second]) => (first === second ? [first] : [first, second])),
  ]);
  expect(told.sort()).toEqual(decided.sort());
});

test("each promise names tests that there are", () => {
  const tests = list("tests/**/*.test.ts", "app/**/*.test.ts", "load/**/*.test.ts");
  const rows = rowsOf(section(PAGE, "## The promises and what proves them"));
  expect(rows.length).toBeGreaterThan(0);
  const missing = rows.flatMap(([promise, proof = ""]) =>
    [...proof.matchAll(/`([\w.-]+)`: ((?:"[^"]+"(?:, )?)+)/g)].flatMap(([, name = "", titles = ""]) => {
      const texts = tests.filter((file) => path.basename(file) === `${name}.test.ts`).map(read);
      return [...titles.matchAll(/"([^"]+)"/g)]
        .map(([, title = ""]) => title)
        .filter((title) => !texts.some((text) => text.includes(title)))
        .map((title) => `${promise}: ${name}: ${title}`);
    }),
  );
  expect(missing).toEqual([]);
});
