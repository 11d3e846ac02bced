import { expect, test } from "vitest";
import { isOfOperators } from "./operator-path.ts";

test.each([
  ["/operator", true],
  ["/operator/items/tin-comet", true],
  ["/operator.data?_routes=root", true],
  ["/operator?from=mail", true],
  ["/Operator/sign-in", true],
  ["/operators", false],
  ["/operator-of-a-loom", false],
  ["/operator_", false],
  ["/items/operator", false],
  ["/", false],
])("%s: %s", (path, isOperators) => {
  expect(isOfOperators(path)).toBe(isOperators);
});
