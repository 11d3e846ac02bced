/** The machine's own Firefox, driven by puppeteer-core over WebDriver BiDi: npm ships none. */
import { type Browser, launch, type Page } from "puppeteer-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { type Shop, startShop } from "#harness/shop.ts";

const FIREFOX = process.env.FIREFOX ?? "/usr/bin/firefox-esr";

export let shop: Shop;
const browsers: Browser[] = [];
const complaints: string[] = [];

beforeAll(async () => {
  shop = await startShop();
});
afterEach(async () => {
  await Promise.all(browsers.splice(0).map((browser) => browser.close()));
  expect(complaints.splice(0)).toEqual([]);
});
afterAll(() => shop.stop());

/** A visitor has a Firefox alone, with a profile of its own that is set so. */
export async function newFirefox(settings: Record<string, unknown> = {}): Promise<Browser> {
  const browser = await launch({
    browser: "firefox",
    executablePath: FIREFOX,
    headless: true,
    extraPrefsFirefox: settings,
  });
  browsers.push(browser);
  return browser;
}

/** Opens a page of the shop in a tab. What goes wrong in it fails the test. */
export async function openTab(browser: Browser, path: string): Promise<Page> {
  const page = await browser.newPage();
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (/hydrat|did not match|Content-Security-Policy/i.test(message.text())) complaints.push(message.text());
  });
  await page.goto(`${shop.url}${path}`);
  return page;
}

/** For what a test itself has broken. */
export function forgive(expected: RegExp): void {
  const others = complaints.filter((text) => !expected.test(text));
  complaints.splice(0, Infinity, ...others);
}
