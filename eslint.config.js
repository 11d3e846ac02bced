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
const HTTP = { group: ["@remix-run/*", "react", "remix-utils/*", "#app/http/*", "#app/routes/*", "#app/components/*"], message: "The domain knows no HTTP, no React and no Remix." };
const SQL = { group: ["#prisma/*", "@prisma/*", "pg", "**/db.server.ts"], message: "SQL lives in app/shop." };
const STOCK = { group: ["**/stock.server.ts"], message: "Quantities are written through the shop's verbs: purchase, resetItem." };

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
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/no-meaningless-void-operator": "off",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "no-restricted-properties": ["error", { property: "$queryRawUnsafe" }, { property: "$executeRawUnsafe" }],
    },
  },
  { files: ["**/*.tsx"], extends: [jsxA11y.flatConfigs.recommended, reactHooks.configs.flat.recommended] },
  { files: ["app/shop/**"], rules: forbid(HTTP) },
  { files: ["app/live/**"], ignores: ["app/live/announce.server.ts", "app/live/follow.server.ts"], rules: forbid(SQL, { group: ["#app/routes/*", "#app/components/*"], message: "Live updates know no pages." }) },
  { files: ["app/routes/**", "app/components/**"], rules: forbid(SQL, STOCK) },
  { files: ["app/**"], ignores: ["app/env.server.ts"], rules: { "no-restricted-syntax": ["error", { selector: "MemberExpression[object.name='process'][property.name='env']", message: "Settings are read in app/env.server.ts alone." }] } },
  { files: ["eslint.config.js"], extends: [tseslint.configs.disableTypeChecked] },
);
