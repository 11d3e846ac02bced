/** A shop that has nothing to sell. */
import { expect, test } from "vitest";
import { asSuperuser } from "../setup/superuser.ts";
import { until } from "#harness/shop.ts";
import { newVisitor, shop } from "../setup/visitors.ts";

test("has a window that opens no stream and does not claim to be live", async () => {
  await asSuperuser("TRUNCATE items CASCADE");
  await until(async () => !(await (await fetch(shop.url)).text()).includes("data-item"));
  const page = await newVisitor();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.goto("/");
  await page.waitForLoadState("networkidle");
  expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
  expect(await page.locator("[data-connection]").count()).toBe(0);
  expect(asked).not.toContain("/live");
});
