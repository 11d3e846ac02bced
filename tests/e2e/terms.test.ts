/** What an operator changes between a page and its press: the price, and whether there is a sale at all. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pauseItem, resumeItem } from "#app/shop/stocking.server.ts";
import { type Shop, startShop, until, Visitor } from "#harness/shop.ts";
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
  // As new as can be, however long the page took: for so long the page itself does not wait.
  await changeBeforePress(page, "clay-whistle", () => page.context().clearCookies());
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
  // They would go on asking a shop that is no more.
  await Promise.all([page.close(), plain.close()]);
  await own.stop();
});

describe("a press that comes too early for its browser", () => {
  let own: Shop;
  beforeAll(async () => {
    own = await startShop({ BUYER_AGE: "2000" });
  });
  afterAll(() => own.stop());

  const message = (page: Page, text: string) =>
    page.locator('[data-message="cookie_needed"]').getByText(text).waitFor();
  const left = async () =>
    ((await (await fetch(`${own.url}/api/items/clay-whistle`)).json()) as { quantity: number }).quantity;

  /** An open page whose timers stand still, and what it posts: without a cookie where `isNew` says so. */
  async function openPage(isNew: (press: number) => boolean): Promise<{ page: Page; sent: (string | null)[] }> {
    const page = await newVisitor({ baseURL: own.url });
    await page.clock.install();
    await page.goto("/items/clay-whistle");
    await live(page);
    await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 1_000);
    const sent: (string | null)[] = [];
    await page.route("**/items/clay-whistle.data", async (route) => {
      if (route.request().method() !== "POST") return route.fallback();
      sent.push(route.request().postData());
      if (isNew(sent.length)) await page.context().clearCookies();
      await route.continue();
    });
    return { page, sent };
  }

  test("is made again by the page, just as it was, and buys", async () => {
    await reset("clay-whistle", 5);
    const { page, sent } = await openPage((press) => press === 1);
    await page.getByLabel("Quantity").fill("2");
    await button(page).click();
    await message(page, "One moment…");
    await message(page, "We’ll try again for you in 2 seconds.");
    expect(await button(page).isDisabled()).toBe(true);
    // What is chosen meanwhile is for another press.
    await page.getByLabel("Quantity").fill("1");
    await page.clock.resume();
    await page.waitForURL("**/orders/*");
    expect([await left(), sent]).toEqual([3, [sent[0], sent[0]]]);
  });

  test("is made again once: where no cookie is kept the page says so, and presses no more", async () => {
    await reset("clay-whistle", 5);
    const { page, sent } = await openPage(() => true);
    await button(page).click();
    await message(page, "One moment…");
    await page.clock.fastForward(2_000);
    await message(page, "or keeps no cookies. Nothing was ordered. Try again in 2 seconds.");
    await page.clock.fastForward(2_000);
    await message(page, "You can buy now");
    await page.clock.fastForward(10_000);
    expect([await left(), sent.length]).toEqual([5, 2]);
  });

  test("is not made again when nothing can be bought at that moment, nor afterwards", async () => {
    await reset("clay-whistle", 1);
    const { page, sent } = await openPage((press) => press === 1);
    await button(page).click();
    await message(page, "One moment…");
    await reset("clay-whistle", 0);
    await message(page, "Someone else got there first");
    await page.clock.fastForward(2_000);
    await reset("clay-whistle", 3);
    await message(page, "You can buy now");
    await page.clock.fastForward(10_000);
    expect([await left(), sent.length]).toEqual([3, 1]);
  });
});
