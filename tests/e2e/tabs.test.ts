/** Live updates in the tabs of one browser, seen and out of sight: they share one stream, and none is left behind. */
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { until } from "#harness/shop.ts";
import { PLAIN_HOST } from "#harness/browser.ts";
import { button } from "../setup/item-page.ts";
import {
  connection,
  EIGHT_HOURS,
  holdBack,
  ITEM,
  moveClock,
  openItem,
  reset,
  shows,
  streams,
} from "../setup/open-item.ts";
import { forgive, newTab, newVisitor, shop } from "../setup/visitors.ts";

describe("tabs of one browser", () => {
  test("share one stream, also for different items, and another takes over when the one that has it closes", async () => {
    await reset(9);
    const first = await openItem();
    const window = await newTab(first.context());
    await window.goto("/");
    await connection(window, "live");
    const third = await newTab(first.context());
    await third.goto(`/items/${ITEM}`);
    await connection(third, "live");
    await until(async () => (await streams()) === 1);
    await reset(8);
    const inWindow = (quantity: number) =>
      window.locator(`[data-item="${ITEM}"] [data-quantity]`, { hasText: new RegExp(`^${quantity}$`) }).waitFor();
    await Promise.all([shows(first, 8), inWindow(8), shows(third, 8)]);
    expect(await streams()).toBe(1);

    await first.close();
    await reset(7);
    await Promise.all([inWindow(7), shows(third, 7)]);
    await until(async () => (await streams()) === 1);
    await third.close();
    await reset(6);
    await inWindow(6);
  });

  test("a suspended tab that has the stream loses it to the next, and follows when it wakes", async () => {
    await reset(9);
    const first = await openItem();
    const second = await newTab(first.context());
    const debug = await first.context().newCDPSession(first);
    await debug.send("Debugger.enable");
    await debug.send("Debugger.pause");
    await second.goto(`/items/${ITEM}`);
    await connection(second, "live");
    await reset(8);
    await shows(second, 8);
    await debug.send("Debugger.disable");
    await reset(7);
    await Promise.all([shows(first, 7), shows(second, 7)]);
    await until(async () => (await streams()) === 1);
    await second.close();
    await reset(6);
    await shows(first, 6);
  });

  test("a tab that is open when the one that has the stream is suspended takes it over", async () => {
    await reset(9);
    const first = await openItem();
    const second = await newTab(first.context());
    await second.goto(`/items/${ITEM}`);
    await connection(second, "live");
    const debug = await first.context().newCDPSession(first);
    await debug.send("Debugger.enable");
    await debug.send("Debugger.pause");
    await moveClock(second, 50_000);
    await reset(8);
    await shows(second, 8);
    await debug.send("Debugger.disable");
    await until(async () => (await streams()) === 1);
  });

  test("a tab that has slept does not tell the next that it is live", async () => {
    const first = await openItem();
    const asking: Page[] = [];
    await first.context().route("**/live?*", (route) => void asking.push(route.request().frame().page()));
    await moveClock(first, EIGHT_HOURS);
    const second = await newTab(first.context());
    await second.addInitScript(() => {
      const shown: (string | undefined)[] = [];
      Object.assign(window, { shown });
      const look = () => shown.push(document.querySelector<HTMLElement>("[data-connection]")?.dataset.connection);
      new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
    });
    await second.goto(`/items/${ITEM}`);
    // Told so by the first, whose line may have been given up by then; or, where that is too busy to answer in time, in its place, and still connecting.
    const told = second.locator(
      '[data-connection="reconnecting"], [data-connection="delayed"], [data-connection="offline"]',
    );
    await until(async () => (await told.count()) === 1 || asking.includes(second));
    expect(await second.evaluate(() => "shown" in window && window.shown)).not.toContain("live");
  });

  test("on plain HTTP eight tabs share one stream, and none waits for it: neither their pages nor a press in the first", async () => {
    await reset(9);
    const first = await newVisitor({ baseURL: `http://${PLAIN_HOST}:${shop.port}` });
    const tabs = [first];
    await first.goto(`/items/${ITEM}`);
    expect(await first.evaluate(() => isSecureContext)).toBe(false);
    while (tabs.length < 8) {
      const tab = await newTab(first.context());
      tabs.push(tab);
      await tab.goto(`/items/${ITEM}`);
    }
    await Promise.all(tabs.map((tab) => connection(tab, "live")));
    await until(async () => (await streams()) === 1);
    await reset(8);
    await Promise.all(tabs.map((tab) => shows(tab, 8)));
    await button(first).click();
    await first.waitForURL("**/orders/*");
    await Promise.all(tabs.slice(1).map((tab) => tab.locator("[data-owned]").waitFor()));
    await first.close();
    await reset(7);
    await Promise.all(tabs.slice(1).map((tab) => shows(tab, 7)));
    await until(async () => (await streams()) === 1);
    forgive(/Cross-Origin-Opener-Policy header has been ignored/);
  });
});

/** Headless Chromium hides no page and keeps none for "back", so these tell the page what a browser would; the rest is real. */
describe("out of sight", () => {
  const turn = (page: Page, state: DocumentVisibilityState) =>
    page.evaluate((visibility) => {
      Object.defineProperty(document, "visibilityState", { configurable: true, value: visibility });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);
  const transition = (page: Page, type: "pagehide" | "pageshow") =>
    page.evaluate((name) => window.dispatchEvent(new PageTransitionEvent(name, { persisted: true })), type);
  const noStreams = () => until(async () => (await streams()) === 0);

  test("a page that was hidden for a minute has no stream, and the truth when it is seen again", async () => {
    await reset(9);
    const page = await newVisitor();
    await page.clock.install();
    await page.goto(`/items/${ITEM}`);
    await connection(page, "live");
    await turn(page, "hidden");
    await page.clock.fastForward(30_000);
    await reset(8);
    await shows(page, 8);
    await page.clock.fastForward(31_000);
    await noStreams();
    await reset(7);
    await turn(page, "visible");
    await shows(page, 7);
    await connection(page, "live");
  });

  test('a page kept for "back" has no stream, and the truth when it is shown again', async () => {
    await reset(9);
    const page = await openItem();
    await transition(page, "pagehide");
    await noStreams();
    await reset(5);
    await transition(page, "pageshow");
    await shows(page, 5);
    await connection(page, "live");
  });

  test("the stream goes to a tab that is seen when the one that has it is hidden for a minute", async () => {
    await reset(9);
    const first = await newVisitor();
    await first.clock.install();
    await first.goto(`/items/${ITEM}`);
    await connection(first, "live");
    const second = await newTab(first.context());
    await second.goto(`/items/${ITEM}`);
    await connection(second, "live");
    await turn(first, "hidden");
    await first.clock.fastForward(61_000);
    await connection(first, "reconnecting");
    await reset(8);
    await shows(second, 8);
    expect(await first.locator("[data-quantity]").innerText()).toBe("9");
    await turn(first, "visible");
    await shows(first, 8);
    await until(async () => (await streams()) === 1);
  });

  test("seen again after a sleep, a page does not call live what has been silent", async () => {
    const page = await openItem();
    const pass = await holdBack(page, "**/live?*");
    await moveClock(page, EIGHT_HOURS);
    await turn(page, "visible");
    expect(await page.locator("[data-connection]").getAttribute("data-connection")).toBe("reconnecting");
    await pass();
    await connection(page, "live");
  });
});
