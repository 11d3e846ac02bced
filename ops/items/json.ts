/**
 * Reads JSON (RFC 8259) and keeps the line of every value. JSON.parse says neither the line of a value nor, for many
 * mistakes, where they are; and of two fields with one name it takes the last without a word.
 */
export interface Json {
  value: unknown;
  /** The line of the value at this path, from 1. Of a value that is missing, the line of what it is missing from. */
  lineOf: (path: (string | number)[]) => number;
  /** Fields whose name has stood in their object before. */
  twins: { path: (string | number)[]; line: number }[];
}

export class NotJson extends Error {
  readonly line: number;

  constructor(line: number, says: string) {
    super(says);
    this.line = line;
  }
}

/** Items are three deep. A file of brackets alone must not fill the stack. */
const DEEPEST = 20;

const SPACE = /[ \t\r\n]*/y;
// eslint-disable-next-line no-control-regex -- RFC 8259 allows none of them in a string
const STRING = /"(?:[^"\\\u0000-\u001f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const PLAIN = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y;

export function readJson(text: string): Json {
  return new Reader(text).read();
}

class Reader {
  readonly #text: string;
  readonly #lines = new Map<string, number>();
  readonly #twins: Json["twins"] = [];
  #at = 0;
  /** The line of `#counted`, a place up to which line breaks have been counted. */
  #line = 1;
  #counted = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Json {
    const value = this.#value([]);
    if (this.#next() !== undefined) throw this.#unexpected("the end of the text");
    return { value, lineOf: (path) => this.#lineOf(path), twins: this.#twins };
  }

  #value(path: (string | number)[]): unknown {
    const begins = this.#next();
    this.#lines.set(JSON.stringify(path), this.#lineHere());
    if (path.length > DEEPEST) throw new NotJson(this.#lineHere(), "brackets are nested too deeply");
    if (begins === "[") return this.#entries("]", (index) => this.#value([...path, index]));
    if (begins === "{") return Object.fromEntries(this.#fields(path));
    const plain = this.#take(begins === '"' ? STRING : PLAIN);
    if (plain !== undefined) return JSON.parse(plain) as unknown;
    if (begins === '"')
      throw new NotJson(this.#lineHere(), "a string does not end on its line, or has an invalid \\ in it");
    throw this.#unexpected("a value");
  }

  #fields(path: (string | number)[]): [string, unknown][] {
    const names = new Set<string>();
    return this.#entries("}", () => {
      if (this.#next() !== '"') throw this.#unexpected("a field's name in double quotes");
      const line = this.#lineHere();
      const token = this.#take(STRING);
      if (token === undefined)
        throw new NotJson(line, "a field's name does not end on its line, or has an invalid \\ in it");
      const name = JSON.parse(token) as string;
      if (names.has(name)) this.#twins.push({ path: [...path, name], line });
      names.add(name);
      if (this.#next() !== ":") throw this.#unexpected(`a colon after ${token}`);
      this.#at += 1;
      return [name, this.#value([...path, name])] as [string, unknown];
    });
  }

  /** What stands between commas, from the opening bracket to `end`. */
  #entries<T>(end: "]" | "}", read: (index: number) => T): T[] {
    const entries: T[] = [];
    this.#at += 1;
    if (this.#next() === end) {
      this.#at += 1;
      return entries;
    }
    for (;;) {
      entries.push(read(entries.length));
      const next = this.#next();
      if (next !== "," && next !== end) throw this.#unexpected(`a comma or ${end}`);
      this.#at += 1;
      if (next === end) return entries;
      if (this.#next() === end) throw new NotJson(this.#lineHere(), `there is one comma too many before ${end}`);
    }
  }

  /** The next character that is no space, undefined at the end. */
  #next(): string | undefined {
    this.#take(SPACE);
    return this.#text[this.#at];
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    this.#at += found?.length ?? 0;
    return found;
  }

  #lineHere(): number {
    for (; this.#counted < this.#at; this.#counted += 1) if (this.#text[this.#counted] === "\n") this.#line += 1;
    return this.#line;
  }

  #lineOf(path: (string | number)[]): number {
    return this.#lines.get(JSON.stringify(path)) ?? (path.length === 0 ? 1 : this.#lineOf(path.slice(0, -1)));
  }

  #unexpected(wanted: string): NotJson {
    const [found = ""] = /^(?:[\p{L}\p{N}_]{1,20}|[^]?)/u.exec(this.#text.slice(this.#at, this.#at + 40)) ?? [];
    return new NotJson(
      this.#lineHere(),
      `expected ${wanted}, but found ${found === "" ? "the end of the text" : JSON.stringify(found)}`,
    );
  }
}
