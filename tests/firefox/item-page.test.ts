/** What Firefox does otherwise than Chromium, on the pages of the shop. */
import { randomUUID } from "node:crypto";
import type { Page } from "puppeteer-core";
import { expect, test } from "vitest";
import { Visitor } from "#harness/shop.ts";
import { forgive, newFirefox, openTab, shop } from "../setup/firefox.ts";

const ITEM = "night-ferry";
const PAGE = `/items/${ITEM}`;

const reset = (quantity: number) => new Visitor(shop.url).reset(ITEM, quantity);
const sellOne = () => new Visitor(shop.url).buyByJson(ITEM, randomUUID());
const isLive = (page: Page) => page.waitForSelector('[data-connection="live"]');
const shows = (page: Page, quantity: number) =>
  page.waitForFunction(
    (expected) => document.querySelector("[data-quantity]")?.textContent.trim() === String(expected),
    {},
    quantity,
  );
const textOf = (page: Page, selector: string) => page.$eval(selector, (element) => element.textContent);
const valueOf = (page: Page, name: string) =>
  page.$eval(`form[data-purchase] [name="${name}"]`, (field) => (field as HTMLInputElement | HTMLSelectElement).value);
const BUTTON = "form[data-purchase] button:not([type])";

/** As a browser's translator does: each text node is put into elements of the translator's, unless the page says no. */
const translate = (page: Page) =>
  page.evaluate(() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const nodes: Text[] = [];
    while (texts.nextNode()) nodes.push(texts.currentNode as Text);
    for (const node of nodes) {
      if (!node.data.trim() || node.parentElement?.closest("script, style, option, [translate=no]")) continue;
      const [outer, inner] = [document.createElement("font" as string), document.createElement("font" as string)];
      inner.textContent = `«${node.data}»`;
      outer.append(inner);
      node.replaceWith(outer);
    }
  });

test("a page is live, follows a sale elsewhere, and buys; the other tab says that it is bought", async () => {
  await reset(3);
  const browser = await newFirefox();
  const [page, other] = [await openTab(browser, PAGE), await openTab(browser, PAGE)];
  await Promise.all([page, other].map(isLive));
  await sellOne();
  await Promise.all([page, other].map((tab) => shows(tab, 2)));
  await page.bringToFront();
  await page.click(BUTTON);
  await page.waitForSelector("[data-receipt]");
  expect(await textOf(page, "[data-number]")).toBe("2");
  await other.waitForSelector("[data-owned]");
});

test("with all cookies blocked, where tabs may not talk to each other, each follows, and one buys", async () => {
  await reset(3);
  const browser = await newFirefox({ "network.cookie.cookieBehavior": 2 });
  const tabs = [await openTab(browser, PAGE), await openTab(browser, PAGE)];
  const refused = await tabs[0]?.evaluate(() => {
    try {
      return Boolean(new BroadcastChannel("any"));
    } catch {
      return "refused";
    }
  });
  expect(refused).toBe("refused");
  for (const tab of tabs) {
    await tab.bringToFront();
    await isLive(tab);
  }
  await sellOne();
  for (const tab of tabs) {
    await tab.bringToFront();
    await shows(tab, 2);
  }
  await tabs[1]?.click(BUTTON);
  await tabs[1]?.waitForSelector("[data-receipt]");
  // Remix's own script for the scroll position, which asks for a store that is blocked, too.
  forgive(/^Error: SecurityError/);
});

test("fields that Firefox puts back after a reload do not bring back an old form", async () => {
  await reset(9);
  const page = await openTab(await newFirefox(), PAGE);
  await isLive(page);
  await page.$eval('form[data-purchase] [name="quantity"]', (field) => {
    (field as HTMLInputElement | HTMLSelectElement).value = "3";
    for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
  });
  const key = await valueOf(page, "key");
  await reset(2);
  await page.reload();
  await isLive(page);
  expect(await valueOf(page, "key")).not.toBe(key);
  expect(Number(await valueOf(page, "quantity"))).toBeLessThanOrEqual(2);
  await page.click(BUTTON);
  await page.waitForSelector("[data-receipt]");
});

test("a page that the browser has translated shows a sale, the end of the stock, and its return", async () => {
  await reset(2);
  const page = await openTab(await newFirefox(), PAGE);
  await isLive(page);
  await translate(page);
  await sellOne();
  await shows(page, 1);
  await sellOne();
  await page.waitForSelector('[data-state="sold_out"]');
  await reset(4);
  await shows(page, 4);
  await page.waitForSelector('[data-state="available"]');
  expect(await textOf(page, "h1")).toContain("Night Ferry");
});
