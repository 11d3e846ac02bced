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
  ["", 1, "expected a value, but found the end of the text"],
  ["not JSON", 1, 'expected a value, but found "not"'],
  ["[1,\n]", 2, "there is one comma too many before ]"],
  ['{"a":1,\n\n}', 3, "there is one comma too many before }"],
  ['{"a":1\n"b":2}', 2, 'expected a comma or }, but found "\\""'],
  ['{"a"\n1}', 2, 'expected a colon after "a", but found "1"'],
  ["{'a':1}", 1, "expected a field's name in double quotes, but found \"'\""],
  ['{\n"a":"b\n"}', 2, "a string does not end on its line, or has an invalid \\ in it"],
  ['["\\x"]', 1, "a string does not end on its line, or has an invalid \\ in it"],
  ["[01]", 1, 'expected a comma or ], but found "1"'],
  ["[1] 2", 1, 'expected the end of the text, but found "2"'],
  ["[+1]", 1, 'expected a value, but found "+"'],
  ["[.5]", 1, 'expected a value, but found "."'],
  ["[NaN]", 1, 'expected a value, but found "NaN"'],
  ["// note\n[]", 1, 'expected a value, but found "/"'],
  ['{"a":', 1, "expected a value, but found the end of the text"],
  ["[".repeat(100_000), 1, "brackets are nested too deeply"],
  ["\ufeff[]", 1, 'expected a value, but found "\ufeff"'],
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
