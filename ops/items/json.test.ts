import { expect, test } from "vitest";
import { NotJson, readJson } from "./json.ts";

/** Texts beyond the obvious that a reader gets wrong; all of them JSON. */
const GOOD = [
  "[]",
  " {} ",
  "0",
  "-0.5e+10",
  '"\\u00e9\\n\\"\\\\\\/"',
  "null",
  "[true,false,null]",
  '{"a":{"b":[1,{"c":"d"}]},"":1}',
  '{"__proto__":{"x":1},"constructor":2}',
  "[1 ,\r\n2]",
  '"é\u2028"',
  '"\\ud800"',
];
const BAD: [text: string, line: number, says: string][] = [
  ["", 1, "a value is expected, but the text ends here"],
  ["not JSON", 1, 'a value is expected, but "not" stands here'],
  ["[1,\n]", 2, "the comma before ] is one too many"],
  ['{"a":1,\n\n}', 3, "the comma before } is one too many"],
  ['{"a":1\n"b":2}', 2, 'a comma or } is expected, but "\\"" stands here'],
  ['{"a"\n1}', 2, 'a colon after "a" is expected, but "1" stands here'],
  ["{'a':1}", 1, "a field's name in double quotes is expected, but \"'\" stands here"],
  ['{\n"a":"b\n"}', 2, "a text does not end on its line, or has a wrong \\ in it"],
  ['["\\x"]', 1, "a text does not end on its line, or has a wrong \\ in it"],
  ["[01]", 1, 'a comma or ] is expected, but "1" stands here'],
  ["[1] 2", 1, 'nothing more is expected, but "2" stands here'],
  ["[+1]", 1, 'a value is expected, but "+" stands here'],
  ["[.5]", 1, 'a value is expected, but "." stands here'],
  ["[NaN]", 1, 'a value is expected, but "NaN" stands here'],
  ["// note\n[]", 1, 'a value is expected, but "/" stands here'],
  ['{"a":', 1, "a value is expected, but the text ends here"],
  ["[".repeat(100_000), 1, "brackets are nested too deeply"],
  ["\ufeff[]", 1, 'a value is expected, but "\ufeff" stands here'],
];

test("it reads what JSON.parse reads", () => {
  for (const text of GOOD) expect(readJson(text).value, text).toEqual(JSON.parse(text));
  expect(Object.hasOwn(readJson('{"__proto__":1}').value as object, "__proto__")).toBe(true);
});

test("what JSON.parse refuses is refused, with its line and what should stand there", () => {
  for (const [text, line, says] of BAD) {
    const thrown = (() => {
      try {
        return readJson(text);
      } catch (error) {
        return error;
      }
    })();
    expect(thrown, text.slice(0, 20)).toBeInstanceOf(NotJson);
    expect(thrown, text.slice(0, 20)).toMatchObject({ line, message: says });
  }
});

test("each value has its line, a missing one that of what it is missing from; fields with one name are found", () => {
  const { lineOf, twins } = readJson('[\n  { "a": 1,\n    "b": { "c":\n 2, "c": 3 } }\n]');
  expect([[], [0], [0, "a"], [0, "b"], [0, "b", "c"], [0, "none"], [7]].map(lineOf)).toEqual([1, 2, 2, 3, 4, 2, 1]);
  expect(twins).toEqual([{ path: [0, "b", "c"], line: 4 }]);
});

test("a text of megabytes is read", () => {
  const long = JSON.stringify(["a\n".repeat(1_000_000)]);
  expect((readJson(long).value as string[])[0]).toHaveLength(2_000_000);
});
