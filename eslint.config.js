import js from "@eslint/js";
// @ts-expect-error The plugin ships no types.
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/**
 * Which room may not know which: the arrows of docs/architecture.md.
 * @param {...{ group: string[], message: string }} patterns
 * @returns {import("eslint").Linter.RulesRecord}
 */
const forbid = (...patterns) => ({ "no-restricted-imports": ["error", { patterns }] });
const HTTP = {
  group: [
    "@remix-run/*",
    "react",
    "!@conform-to/react",
    "remix-utils/*",
    "#app/http/*",
    "#app/routes/*",
    "#app/components/*",
  ],
  message: "The domain knows no HTTP, no React and no Remix.",
};
const LIVE = { group: ["#app/live/*"], message: "The shop publishes what it committed; live/ subscribes." };
const PAGES = { group: ["#app/routes/*", "#app/components/*"], message: "Only routes and components know pages." };
const ANSWERS = {
  group: ["#app/api/*", "#app/pages/*", "**/front.server.ts"],
  message: "Only routes and the front know what answers an address.",
};
const RULES = {
  group: ["#app/shop/*.server.ts", "#app/live/*"],
  message: "http/ knows the shop's words, never its rules.",
};
const SQL = { group: ["#prisma/*", "@prisma/*", "pg", "**/db.server.ts"], message: "SQL lives in app/shop." };
const LEDGER = {
  group: ["**/ledger.server.ts"],
  message: "Stock is written through the shop's verbs: purchase, resetItem.",
};
const OUTSIDE = {
  group: ["#server/*", "#harness/*", "#test-bank/*", "**/tests/**", "**/load/**", "**/ops/**"],
  message: "The app knows nothing of what starts, tests or measures it.",
};
const REST = { group: ["#app/*"], message: "What starts a maker knows nothing of what is made." };
const MAKING = {
  group: ["#app/making/*"],
  message: "Only cards/ and operator/ have something made, and what answers for them.",
};
const TESTS = { group: ["**/tests/**", "**/setup/**"], message: "What tests and load share stands in harness/." };

const SETTINGS = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: "Settings are read in app/env.server.ts alone.",
};
const WRAPPED = {
  selector: [
    "ExportNamedDeclaration > FunctionDeclaration[id.name=/^(loader|action)$/]",
    "ExportNamedDeclaration > VariableDeclaration > VariableDeclarator[id.name=/^(loader|action)$/]:not([init.callee.name=/^(page|api)$/])",
  ].join(", "),
  message: "A loader or action is page(…) or api(…): whatever else it throws is Remix's own answer.",
};

export default defineConfig(
  { ignores: ["build/", "prisma/client/", "node_modules/", ".data/", "test-results/", "load/reports/"] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // A thrown `data()` or Response is how Remix answers; an arrow that only throws or returns void reads best on one line.
      "@typescript-eslint/only-throw-error": "off",
      "@typescript-eslint/prefer-promise-reject-errors": "off",
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/no-meaningless-void-operator": "off",
      // To leave a member out.
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "no-restricted-properties": ["error", { property: "$queryRawUnsafe" }, { property: "$executeRawUnsafe" }],
    },
  },
  { files: ["**/*.tsx"], extends: [jsxA11y.flatConfigs.recommended, reactHooks.configs.flat.recommended] },
  { files: ["app/**"], ignores: ["app/**/*.test.ts"], rules: forbid(OUTSIDE) },
  { files: ["app/shop/**"], ignores: ["app/**/*.test.ts"], rules: forbid(OUTSIDE, HTTP, LIVE, ANSWERS, MAKING) },
  // Of the window it knows in which order its items are seen.
  { files: ["app/cards/**"], ignores: ["app/**/*.test.ts"], rules: forbid(OUTSIDE, HTTP, LIVE, PAGES, SQL, LEDGER) },
  {
    files: ["app/checkout/**"],
    ignores: ["app/**/*.test.ts"],
    rules: forbid(OUTSIDE, HTTP, LIVE, ANSWERS, LEDGER, MAKING),
  },
  { files: ["app/operator/**"], ignores: ["app/**/*.test.ts"], rules: forbid(OUTSIDE, HTTP, LIVE, ANSWERS, LEDGER) },
  // A mail is made of the same elements as a page.
  {
    files: ["app/outbox/**"],
    ignores: ["app/**/*.test.ts"],
    rules: forbid(OUTSIDE, LIVE, ANSWERS, LEDGER, PAGES, MAKING),
  },
  { files: ["app/making/**"], ignores: ["app/**/*.test.ts"], rules: forbid(OUTSIDE, REST) },
  { files: ["app/words/**"], ignores: ["app/**/*.test.ts"], rules: forbid(OUTSIDE, HTTP, LIVE, ANSWERS, SQL, MAKING) },
  { files: ["app/http/**"], ignores: ["app/**/*.test.ts"], rules: forbid(OUTSIDE, PAGES, RULES, ANSWERS, MAKING) },
  {
    files: ["app/live/**"],
    ignores: ["app/live/announce.server.ts", "app/live/follow.server.ts"],
    rules: forbid(OUTSIDE, SQL, PAGES, ANSWERS, MAKING),
  },
  {
    files: ["app/live/announce.server.ts", "app/live/follow.server.ts"],
    rules: forbid(OUTSIDE, PAGES, ANSWERS, MAKING),
  },
  { files: ["app/api/**", "app/pages/**"], rules: forbid(OUTSIDE, SQL, LEDGER, PAGES) },
  { files: ["app/routes/**", "app/components/**"], rules: forbid(OUTSIDE, SQL, LEDGER, MAKING) },
  { files: ["load/**", "harness/**", "server/**", "ops/**", "test-bank/**"], rules: forbid(TESTS) },
  {
    files: ["app/**"],
    ignores: ["app/env.server.ts"],
    rules: {
      "no-restricted-syntax": ["error", SETTINGS],
    },
  },
  { files: ["app/routes/**"], rules: { "no-restricted-syntax": ["error", SETTINGS, WRAPPED] } },
  { files: ["eslint.config.js"], extends: [tseslint.configs.disableTypeChecked] },
);
