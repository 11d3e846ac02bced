/** The text of a file, read without guessing: what is not what it seems is refused, never stored as something else. */
import { Refusal } from "#server/refusal.ts";

const MARKS: { encoding: string; name: string; bytes: number[] }[] = [
  { encoding: "utf-8", name: "UTF-8", bytes: [0xef, 0xbb, 0xbf] },
  { encoding: "utf-16le", name: "UTF-16", bytes: [0xff, 0xfe] },
  { encoding: "utf-16be", name: "UTF-16", bytes: [0xfe, 0xff] },
];

/**
 * Decodes UTF-8, and UTF-16 that says so by its byte order mark, as Notepad and PowerShell write it. The mark is dropped.
 * Latin-1 would become "Caf\ufffd" without `fatal`.
 */
export function textOf(bytes: Uint8Array, name: string): string {
  const { encoding, name: encodingName } = MARKS.find((mark) =>
    mark.bytes.every((byte, index) => bytes[index] === byte),
  ) ?? { encoding: "utf-8", name: "UTF-8" };
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    const where = encoding === "utf-8" ? `, line ${lineThatFails(bytes)}` : "";
    throw new Refusal(`${name}${where}: is not ${encodingName}. Save the file as UTF-8. Nothing was changed.`);
  }
}

function lineThatFails(bytes: Uint8Array): number {
  let line = 1;
  for (let from = 0; from < bytes.length; line += 1) {
    const end = bytes.indexOf(0x0a, from);
    const to = end < 0 ? bytes.length : end;
    if (!isUtf8(bytes.subarray(from, to))) return line;
    from = to + 1;
  }
  return line;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
