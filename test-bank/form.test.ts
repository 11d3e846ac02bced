import { expect, test } from "vitest";
import { groupAt, parseForm, textAt } from "./form.ts";

test("nested fields are found by their path", () => {
  const fields = parseForm(
    "line_items[0][price_data][currency]=eur&metadata[orderId]=a%26b&mode=payment&expand[0]=x&expand[1]=y",
  );
  expect(textAt(fields, "line_items", "0", "price_data", "currency")).toBe("eur");
  expect(groupAt(fields, "metadata")).toEqual({ orderId: "a&b" });
  expect(Object.values(groupAt(fields, "expand"))).toEqual(["x", "y"]);
  expect([textAt(fields, "mode"), textAt(fields, "mode", "more"), textAt(fields, "none")]).toEqual([
    "payment",
    undefined,
    undefined,
  ]);
});

test("names of JavaScript's own objects are names like any other", () => {
  const fields = parseForm("__proto__[polluted]=1&constructor[prototype][polluted]=1&metadata[toString]=2");
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  expect(groupAt(fields, "metadata")).toEqual({ toString: "2" });
});
