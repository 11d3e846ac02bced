/** A shop that has nothing to sell yet. */
import { expect, test } from "vitest";
import { items } from "../setup/items.ts";
import { asSuperuser } from "../setup/superuser.ts";
import { until } from "#harness/shop.ts";
import { newVisitor, shop } from "../setup/visitors.ts";

test("says so, is live, and shows the first item by itself", async () => {
  await asSuperuser("TRUNCATE items CASCADE");
  await until(async () => !(await (await fetch(shop.url)).text()).includes("data-item"));
  const page = await newVisitor();
  await page.goto("/");
  await page.locator('[data-connection="live"]').waitFor();
  await page.getByText("Nothing on sale yet").waitFor();
  expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
  const item = {
    id: "first-moth",
    name: "First Moth",
    picture: "/items/moon-moth.svg",
    pictureAlt: "A moth.",
    price: { amount: 900, currency: "EUR" },
    quantity: 2,
  };
  expect(await items(["add", "-"], {}, JSON.stringify(item))).toMatchObject({ code: 0, complained: [] });
  await page.locator('[data-item="first-moth"]').waitFor();
  expect(await page.getByText("Nothing on sale yet").count()).toBe(0);
  await page.locator('[data-connection="live"]').waitFor();
});
