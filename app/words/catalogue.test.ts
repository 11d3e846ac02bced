/** What visitors read stands in the catalogue, in each language, and nowhere else. */
import { globSync, readFileSync } from "node:fs";
import ts from "typescript";
import { expect, test } from "vitest";
import { LANGUAGES } from "./languages.ts";
import { mailsIn } from "./mails.ts";
import { wordsIn } from "./words.ts";

/** The operator's pages are in English alone, with words of their own. */
const STOREFRONT = globSync(["app/components/*.tsx", "app/routes/*.tsx", "app/root.tsx"]).filter(
  (file) => !/operator/.test(file),
);

/** Attributes that are read out or shown. */
const TOLD = new Set(["alt", "title", "placeholder", "aria-label", "aria-description", "content", "label", "term"]);

/** What a source file shows without the catalogue: text in elements, texts of attributes, and literals that read like a sentence. */
function strayTexts(name: string, source: string): string[] {
  const stray: string[] = [];
  const isText = (text: string) => /\p{L}/u.test(text);
  /** A capital and then a small letter, as no class, address or key has; nor the name of a header or an error. */
  const isSentence = (text: string) => /^\p{Lu}\p{Ll}/u.test(text) && !/^[A-Z][a-z]+(-[A-Z][a-z]+)+$|Error$/.test(text);
  const visit = (node: ts.Node): void => {
    // What it says is for programs: pages tell it by its type.
    if (ts.isNewExpression(node) && node.expression.getText() === "BadRequest") return;
    if (ts.isJsxText(node) && isText(node.text)) stray.push(node.text.trim());
    if (ts.isJsxAttribute(node) && node.initializer && ts.isStringLiteral(node.initializer)) {
      if (TOLD.has(node.name.getText()) && isText(node.initializer.text) && !isForMachines(node))
        stray.push(node.initializer.text);
    } else if (ts.isStringLiteralLike(node) && isSentence(node.text)) stray.push(node.text);
    else if (ts.isTemplateExpression(node)) {
      const texts = [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
      if (isSentence(texts[0] ?? "") || texts.some((text) => /\p{L}\p{Ll}+ \p{L}/u.test(text) && !isClass(node)))
        stray.push(texts.join("…"));
    } else if (!ts.isImportDeclaration(node)) ts.forEachChild(node, visit);
    if (ts.isTemplateExpression(node)) for (const span of node.templateSpans) visit(span.expression);
  };
  visit(ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX));
  return stray;
}

/** The viewport is for browsers. */
function isForMachines(attribute: ts.JsxAttribute): boolean {
  return attribute.name.getText() === "content" && /^[\w-]+=/.test(attribute.initializer?.getText().slice(1) ?? "");
}

/** Names of classes are put together, too. */
function isClass(node: ts.Node): boolean {
  for (let at: ts.Node = node; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isJsxAttribute(at)) return at.name.getText() === "className";
    if (ts.isVariableDeclaration(at)) return /look|around|step|class/i.test(at.name.getText());
  }
  return false;
}

test.each(STOREFRONT)("%s shows nothing that is not in the catalogue", (file) => {
  expect(strayTexts(file, readFileSync(file, "utf8"))).toEqual([]);
});

test.each([
  ["<p>Sold out</p>", "Sold out"],
  ['<img alt="A moth" />', "A moth"],
  ['<p>{gone ? "Not any more" : ""}</p>', "Not any more"],
  ["<p>{`Opens ${day}`}</p>", "Opens …"],
  ["<p>{`${count} are left now`}</p>", "… are left now"],
])("%s is found", (source, found) => {
  expect(strayTexts("page.tsx", `const page = ${source};`)).toEqual([found]);
});

test.each(STOREFRONT)("%s writes sums and moments in its visitor's language", (file) => {
  expect(readFileSync(file, "utf8")).not.toMatch(/words\/moment|formatPrice/);
});

/** Each text by its place; of one that is made, what it makes of these. */
function textsOf(catalogue: object, place = ""): [string, string][] {
  return Object.entries(catalogue).flatMap(([name, text]: [string, unknown]): [string, string][] => {
    const here = place === "" ? name : `${place}.${name}`;
    if (typeof text === "string") return [[here, text]];
    if (typeof text === "function") return [[here, String(text)]];
    return typeof text === "object" && text !== null ? textsOf(text, here) : [];
  });
}

/** Words that both languages have. */
const SHARED = new Set(["lang", "price", "live.live", "checkout.name", "checkout.optional", "navigation"]);

test("each language has each text, and none is another language's", () => {
  const english = new Map([...textsOf(wordsIn("en")), ...textsOf(mailsIn("en"), "mails")]);
  for (const language of LANGUAGES.slice(1)) {
    const texts = [...textsOf(wordsIn(language)), ...textsOf(mailsIn(language), "mails")];
    expect(texts.map(([place]) => place).sort()).toEqual([...english.keys()].sort());
    for (const [place, text] of texts) {
      expect(text, place).not.toBe("");
      if (!SHARED.has(place) && !place.startsWith("time.")) expect(text, place).not.toBe(english.get(place));
    }
  }
});

test("no text is one that nothing says any more", () => {
  const catalogues = /^app\/words\/(mails-)?(en|de)\.ts$/;
  const program = globSync("app/**/*.{ts,tsx}")
    .filter((file) => !catalogues.test(file) && !file.endsWith(".test.ts"))
    .map((file) => readFileSync(file, "utf8"));
  // By its own name, or by that of the kind that it is chosen by.
  const named = new Set(program.flatMap((source) => source.match(/\w+(-\w+)*/g) ?? []));
  const texts = [...textsOf(wordsIn("en")), ...textsOf(mailsIn("en"), "mails")];
  expect(texts.map(([place]) => place).filter((place) => !named.has(place.split(".").at(-1) ?? ""))).toEqual([]);
});
