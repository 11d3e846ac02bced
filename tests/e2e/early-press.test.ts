/** What a visitor does while the page comes to life. React is asked to take it over, and does so in a task of its own. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { button, live, reset } from "../setup/item-page.ts";
import { newVisitor, shop } from "../setup/visitors.ts";

/** React's tasks of the page, waiting for the test. */
interface Held {
  tasks: (() => void)[];
  release: () => void;
}

async function notYetAlive(): Promise<Page> {
  const page = await newVisitor();
  await page.addInitScript(() => {
    const tasks: (() => void)[] = [];
    let isHeld = true;
    window.MessageChannel = class extends MessageChannel {
      constructor() {
        super();
        const post = this.port2.postMessage.bind(this.port2);
        this.port2.postMessage = (message: unknown) => {
          const start = () => {
            post(message);
          };
          if (isHeld) tasks.push(start);
          else start();
        };
      }
    };
    const release = () => {
      isHeld = false;
      for (const start of tasks) start();
    };
    Object.assign(window, { tasks, release });
  });
  await page.goto("/items/moon-moth");
  await page.waitForFunction(() => (window as unknown as Held).tasks.length > 0);
  await page.evaluate(() => Object.assign(window, { stillTheSamePage: true }));
  return page;
}
const comeToLife = (page: Page) => page.evaluate(() => (window as unknown as Held).release());

test("a key pressed before the first render is no fault, and the page comes to life", async () => {
  await reset("moon-moth");
  const page = await notYetAlive();
  await page.keyboard.press("Tab");
  await comeToLife(page);
  await live(page);
});

test("a press before the first render buys like any other", async () => {
  await reset("moon-moth");
  const page = await notYetAlive();
  await button(page).click();
  await comeToLife(page);
  await page.waitForURL("**/orders/*");
  expect(await page.evaluate(() => "stillTheSamePage" in window)).toBe(true);
});

test("a press before the first render, and then back: a page that the browser has kept says that it is bought", async () => {
  await reset("moon-moth", 3);
  const page = await notYetAlive();
  const form = await page
    .locator('form[data-purchase] input[type="hidden"]')
    .evaluateAll((fields) =>
      Object.fromEntries((fields as HTMLInputElement[]).map(({ name, value }) => [name, value])),
    );
  // Headless Chromium keeps no page, so the press is sent beside it, and it is told what a browser would.
  const receipt = await page.request.post("/items/moon-moth", { form, headers: { Origin: shop.url } });
  expect(receipt.url()).toContain("/orders/");
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await comeToLife(page);
  await page.locator("[data-owned]").waitFor();
});
