/** Prices as the server and the browser write them. */
import { expect, test } from "vitest";
import { CURRENCIES } from "#app/shop/money.ts";
import { until } from "#harness/shop.ts";
import { IN_EVERY_CURRENCY, items } from "../setup/items.ts";
import { newVisitor, shop } from "../setup/visitors.ts";

test("every currency has the same price in the server's HTML, after hydration, and on a page that the browser made", async () => {
  expect(await items(["add", "-"], {}, JSON.stringify(IN_EVERY_CURRENCY))).toMatchObject({ code: 0 });
  await until(async () => (await (await fetch(shop.url)).text()).includes('"in-zwg"'));

  const prices = () =>
    [...document.querySelectorAll<HTMLElement>('[data-item^="in-"]')].map(
      (item) => `${item.dataset.item ?? ""} ${item.querySelector("[data-price]")?.textContent ?? "no price"}`,
    );
  const page = await newVisitor({ javaScriptEnabled: false });
  await page.goto("/");
  const told = await page.evaluate(prices);
  expect(told).toHaveLength(CURRENCIES.length);
  expect(told).toContain("in-huf HUF\u00a012,345.67");

  const browser = await newVisitor();
  await browser.goto("/");
  await browser.locator('[data-connection="live"]').waitFor();
  expect(await browser.evaluate(prices)).toEqual(told);
  await browser.getByRole("link", { name: "HUF" }).click();
  await browser.locator("article h1").waitFor();
  await browser.getByRole("link", { name: "Lastone" }).click();
  await browser.locator('[data-item="in-huf"]').waitFor();
  expect(await browser.evaluate(prices)).toEqual(told);
});
