/** What an operator changes between a page and its press: the price, and whether there is a sale at all. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { pauseItem, resumeItem } from "#app/shop/stocking.server.ts";
import { startShop, until, Visitor } from "#harness/shop.ts";
import { items } from "../setup/items.ts";
import { meetNextPress } from "../setup/presses.ts";
import { newVisitor, shop } from "../setup/visitors.ts";

const reset = (itemId: string, quantity?: number) => new Visitor(shop.url).reset(itemId, quantity);
const live = (page: Page) => page.locator('[data-connection="live"]').waitFor();
const button = (page: Page) => page.locator("form[data-purchase] button:not([type])");
const price = (page: Page) => page.locator("article [data-price]").innerText();
const setPrice = async (id: string, amount: number, currency = "EUR") =>
  expect(await items(["change", "-"], {}, JSON.stringify({ id, price: { amount, currency } }))).toMatchObject({
    code: 0,
  });

/** The next press reaches the shop after `change`. */
const changeBeforePress = (page: Page, itemId: string, change: () => Promise<unknown>) =>
  meetNextPress(page, itemId, async (route) => {
    await change();
    await route.continue();
  });

test("another price than the page showed buys nothing; the page says so, and the next press buys at the new one", async () => {
  await reset("tin-comet", 5);
  const page = await newVisitor();
  await page.goto("/items/tin-comet");
  await live(page);
  expect(await price(page)).toBe("€64.00");
  await changeBeforePress(page, "tin-comet", () => setPrice("tin-comet", 6_500));
  await button(page).click();
  const message = page.locator('[data-message="price_changed"]');
  await message.getByText("The price is now €65.00").waitFor();
  expect(await message.innerText()).toContain("It was €64.00 on this page. Nothing was ordered.");
  expect(await price(page)).toBe("€65.00");
  expect(await page.locator("article [data-quantity]").innerText()).toBe("5");
  await button(page).click();
  await page.locator("[data-receipt]").waitFor();
  expect(await page.locator("[data-receipt]").innerText()).toContain("€65.00");
  await setPrice("tin-comet", 6_400);
  await page.reload();
  expect(await page.locator("[data-receipt]").innerText()).toContain("€65.00");
});

test("without JavaScript, too, also when the page comes from before the change", async () => {
  await reset("moon-moth", 1);
  const page = await newVisitor({ javaScriptEnabled: false });
  await page.goto("/items/moon-moth");
  await setPrice("moon-moth", 18_000, "JPY");
  await button(page).click();
  expect(await page.locator('[data-message="price_changed"]').innerText()).toContain("The price is now ¥18,000");
  expect(await price(page)).toBe("¥18,000");
  await button(page).click();
  await page.locator("[data-receipt]").waitFor();
  await setPrice("moon-moth", 18_000);
});

test("a pause is told on the page and in the window, also to who has just pressed, and it ends by itself", async () => {
  await reset("night-ferry", 9);
  const [page, window] = [await newVisitor(), await newVisitor()];
  await Promise.all([page.goto("/items/night-ferry"), window.goto("/")]);
  await Promise.all([live(page), live(window)]);
  await changeBeforePress(page, "night-ferry", () => pauseItem("night-ferry"));
  await button(page).click();
  const message = page.locator('[data-message="paused"]');
  await message.getByText("Sales are paused").waitFor();
  await page.locator('article [data-state="paused"]').waitFor();
  await window.locator('[data-item="night-ferry"] [data-state="paused"]').waitFor();
  expect([await button(page).innerText(), await button(page).isDisabled()]).toEqual(["Paused", true]);
  await resumeItem("night-ferry");
  await page.locator('article [data-state="available"]').waitFor({ state: "attached" });
  await window.locator('[data-item="night-ferry"] [data-quantity]').waitFor();
  await until(async () => (await button(page).innerText()) === "Buy");
  await button(page).click();
  await page.waitForURL("**/orders/*");
});

test("a browser that is new to an item with a limit is told so, and the page arms itself when it is not new any more", async () => {
  await reset("clay-whistle", 5);
  const own = await startShop({ BUYER_AGE: "9000" });
  const [page, plain] = [
    await newVisitor({ baseURL: own.url }),
    await newVisitor({ baseURL: own.url, javaScriptEnabled: false }),
  ];
  await Promise.all([page.goto("/items/clay-whistle"), plain.goto("/items/clay-whistle")]);
  await Promise.all([button(page).click(), button(plain).click()]);
  const message = page.locator('[data-message="cookie_needed"]');
  await message.getByText("Just a moment").waitFor();
  expect(await button(page).isDisabled()).toBe(true);
  expect(await plain.locator('[data-message="cookie_needed"]').innerText()).toMatch(
    /Try again in (a second|\d+ seconds)\./,
  );
  await message.getByText("You can buy now").waitFor();
  expect([await button(page).isEnabled(), await button(plain).isEnabled()]).toEqual([true, true]);
  await reset("clay-whistle", 0);
  await message.getByText("Someone else got there first").waitFor();
  await own.stop();
});
