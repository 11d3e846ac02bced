/** The shop and the browser of a test file, the visitors it opens, and what their consoles complain about. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { launchBrowser } from "#harness/browser.ts";
import { type Shop, startShop } from "#harness/shop.ts";

/** Milliseconds for a page to show what is waited for: as many as a busy machine takes. */
const PATIENCE = 60_000;

export let shop: Shop;
let browser: Browser;
const contexts: BrowserContext[] = [];
/** Such as a broken Content-Security-Policy or a failed hydration. */
const complaints: string[] = [];
/** What a test itself has broken, of which its pages complain until they are closed. */
const forgiven: RegExp[] = [];

beforeAll(async () => {
  [shop, browser] = await Promise.all([startShop(), launchBrowser()]);
});
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
  const expected = forgiven.splice(0);
  expect(complaints.splice(0).filter((text) => !expected.some((pattern) => pattern.test(text)))).toEqual([]);
});
afterAll(async () => {
  await browser.close();
  await shop.stop();
});

export async function newVisitor(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ baseURL: shop.url, ...options });
  context.setDefaultTimeout(PATIENCE);
  contexts.push(context);
  return newTab(context);
}

export async function newTab(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  page.on("console", (message) => {
    // A refusal's own status is not a complaint of the page, nor is what was being read when the test left it.
    if (message.type() === "error" && !/status of|^AbortError/.test(message.text())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => {
    // Chromium's words for the same, of an answer whose body was on its way when the page asked for something newer.
    if (!/^BodyStreamBuffer was aborted/.test(error.message)) complaints.push(error.message);
  });
  return page;
}

/** For what a test itself has broken: its pages may complain of it from now on and until they are closed. */
export function forgive(expected: RegExp): void {
  forgiven.push(expected);
}
