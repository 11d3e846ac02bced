/** Prices as the server and Firefox write them: their language data differ in the digits and symbols of many currencies. */
import { expect, test } from "vitest";
import { CURRENCIES } from "#app/shop/money.ts";
import { until } from "#harness/shop.ts";
import { newFirefox, openTab, shop } from "../setup/firefox.ts";
import { IN_EVERY_CURRENCY, items } from "../setup/items.ts";

test("every currency has the same price in the server's HTML and after hydration", async () => {
  expect(await items(["add", "-"], {}, JSON.stringify(IN_EVERY_CURRENCY))).toMatchObject({ code: 0 });
  let html = "";
  await until(async () => (html = await (await fetch(shop.url)).text()).includes('"in-zwg"'));

  const page = await openTab(await newFirefox(), "/");
  const pricesIn = (text: string | undefined) =>
    page.evaluate((html) => {
      const root = html === undefined ? document : new DOMParser().parseFromString(html, "text/html");
      return [...root.querySelectorAll<HTMLElement>('[data-item^="in-"]')].map(
        (item) => `${item.dataset.item ?? ""} ${item.querySelector("[data-price]")?.textContent ?? "no price"}`,
      );
    }, text);
  const told = await pricesIn(html);
  expect(told).toHaveLength(CURRENCIES.length);
  await page.waitForSelector('[data-connection="live"]');
  expect(await pricesIn(undefined)).toEqual(told);
});
