/** README.md agrees with the code: refusals, settings, commands, and every path and link that a document names. */
import path from "node:path";
import { expect, test } from "vitest";
import { OUTCOMES } from "#app/http/outcomes.ts";
import { codeOf, exists, list, read, rowsOf, section } from "./repository.ts";

const README = read("README.md");
const DOCUMENTS = list("*.md", "docs/**/*.md", "load/**/*.md", ".github/**/*.md");
/** Set by the start itself, and by nobody else. */
const OWN = ["NODE_ENV"];

test("the table of refusals is the code's table of outcomes", () => {
  const told = rowsOf(section(README, "### Refusals")).map(([outcome, status, problem]) => [
    codeOf(outcome)[0],
    Number(status),
    codeOf(problem)[0],
  ]);
  const refused = Object.entries(OUTCOMES).flatMap(([outcome, answer]) =>
    "problem" in answer ? [[outcome, answer.status, answer.problem]] : [],
  );
  expect(told.sort()).toEqual(refused.sort());
});

test("the table of settings names those that the code reads, with their defaults", () => {
  const told = new Map(
    rowsOf(section(README, "## Settings")).flatMap(([names, defaults, meaning]) => {
      expect(meaning, names).not.toBe("");
      return codeOf(names).map((name, index) => [name, codeOf(defaults)[index]] as const);
    }),
  );
  const app = settingsOfTheApp();
  const start = [...read("server/settings.ts").matchAll(/(?:given|process\.env)\.([A-Z_]+)/g)].map(
    ([, name = ""]) => name,
  );
  expect([...told.keys()].sort()).toEqual(
    [...new Set([...app.keys(), ...start])].filter((name) => !OWN.includes(name)).sort(),
  );
  for (const [name, fallback] of app)
    if (fallback !== undefined && ![...start, ...OWN].includes(name))
      expect([name, told.get(name)]).toEqual([name, fallback]);
});

test(".env.example names the same settings", () => {
  const named = [...read(".env.example").matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name);
  const told = rowsOf(section(README, "## Settings")).flatMap(([names]) => codeOf(names));
  expect(named.sort()).toEqual(told.sort());
});

/** By name, with the default where it is a plain value. */
function settingsOfTheApp(): Map<string, string | undefined> {
  const [, schema = ""] = /const settings = z\.object\(\{\n([^]*?)\n\}\);/.exec(read("app/settings.server.ts")) ?? [];
  const starts = [...schema.matchAll(/^ {2}([A-Z_]+):/gm)];
  return new Map(
    starts.map(({ 1: name = "", index }, which) => {
      const definition = schema.slice(index, starts[which + 1]?.index);
      const [, text, number] = /\.default\((?:"([^"]*)"|([\d_]+))\)/.exec(definition) ?? [];
      return [name, text ?? number?.replaceAll("_", "")];
    }),
  );
}

test.each(DOCUMENTS)("%s names files, links and commands that there are", (file) => {
  const document = read(file);
  const links = [...document.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = ""]) => link.split("#")[0] ?? "")
    .filter((link) => link !== "" && !/^[a-z]+:/.test(link));
  expect(links.filter((link) => !exists(path.join(path.dirname(file), link)))).toEqual([]);

  const paths = codeOf(document).filter(
    (code) =>
      /^(app|docs|harness|load|ops|prisma|public|server|tests)\/[\w./$-]*$/.test(code) && !/NAME|reports/.test(code),
  );
  expect(paths.filter((named) => !exists(named))).toEqual([]);

  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const commands = [...document.matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([, name = ""]) => name);
  expect(commands.filter((name) => !(name in scripts))).toEqual([]);
});

test.each(list("docs/decisions/*.md"))("%s has its date and its status", (file) => {
  expect(read(file)).toMatch(/^# \d+\. .+\n\nDate: \d{4}-\d\d-\d\d · Status: .+$/m);
});
