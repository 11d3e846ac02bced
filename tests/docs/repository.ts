/** The repository as the tests of its documents read it. */
import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";

const ROOT = path.resolve(import.meta.dirname, "../..");

export function read(file: string): string {
  return readFileSync(path.join(ROOT, file), "utf8");
}

export function exists(file: string): boolean {
  return existsSync(path.join(ROOT, file));
}

/** Files that match one of the patterns, as paths from the root. */
export function list(...patterns: string[]): string[] {
  return globSync(patterns, { cwd: ROOT }).sort();
}

/** The part of a document under this heading, up to the next one of the same rank or a higher one. */
export function section(document: string, heading: string): string {
  const lines = document.split("\n");
  const first = lines.indexOf(heading);
  if (first === -1) throw new Error(`there is no heading ${heading}`);
  const rank = heading.indexOf(" ");
  const after = lines.slice(first + 1);
  const end = after.findIndex((line) => /^#+ /.test(line) && line.indexOf(" ") <= rank);
  return after.slice(0, end === -1 ? undefined : end).join("\n");
}

/** The rows of a document's tables, cell by cell, without heads and rules. */
export function rowsOf(markdown: string): string[][] {
  const lines = markdown.split("\n");
  const isRule = (line: string | undefined) => /^\|[\s:|-]+\|$/.test(line ?? "");
  return lines
    .filter((line, index) => line.startsWith("|") && !isRule(line) && !isRule(lines[index + 1]))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
}

/** What stands in backticks. */
export function codeOf(text: string | undefined): string[] {
  return [...(text ?? "").matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}
