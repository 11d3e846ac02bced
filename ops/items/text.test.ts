import { expect, test } from "vitest";
import { Refusal } from "#server/refusal.ts";
import { textOf } from "./text.ts";

const utf16 = (text: string, bigEndian: boolean) => {
  const bytes = Buffer.from(text, "utf16le");
  return bigEndian ? bytes.swap16() : bytes;
};

test("a byte order mark is dropped, and UTF-16 that says so is read", () => {
  expect(textOf(Buffer.from("\ufeff[Café 🦋]"), "file")).toBe("[Café 🦋]");
  expect(textOf(utf16("\ufeff[Café 🦋]", false), "file")).toBe("[Café 🦋]");
  expect(textOf(utf16("\ufeff[Café 🦋]", true), "file")).toBe("[Café 🦋]");
  expect(textOf(Buffer.from(""), "file")).toBe("");
});

test("what is not UTF-8 is refused with its line, and never read as something else", () => {
  const refused = (bytes: Uint8Array, says: string) =>
    expect(() => textOf(bytes, "file")).toThrow(new Refusal(`${says} Save the file as UTF-8. Nothing was changed.`));
  refused(Buffer.from("[\n\r\n Café]", "latin1"), "file, line 3: is not UTF-8.");
  refused(Buffer.from([0x22, 0xc3]), "file, line 1: is not UTF-8.");
  // A lone surrogate, as some programs write it; a character in more bytes than it needs.
  refused(Buffer.from([0x0a, 0xed, 0xa0, 0x80]), "file, line 2: is not UTF-8.");
  refused(Buffer.from([0xc0, 0xaf]), "file, line 1: is not UTF-8.");
  refused(utf16("\ufeffa\ud800b", false), "file: is not UTF-16.");
});
