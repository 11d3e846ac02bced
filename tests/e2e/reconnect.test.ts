/** Live updates in a real browser: whatever happens to the server, the network and the machine, the page ends at the truth. */
import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { startHttpProxy } from "#harness/http-proxy.ts";
import { startShop, until, Visitor } from "#harness/shop.ts";
import { button } from "../setup/item-page.ts";
import { connection, holdBack, ITEM, LOST, openItem, reset, shows } from "../setup/open-item.ts";
import { forgive, newVisitor, shop } from "../setup/visitors.ts";

describe("where no stream gets through", () => {
  test("a page behind a proxy that holds streams back says how old it is, asks by itself, and is live when it can", async () => {
    await reset(9);
    const proxy = await startHttpProxy(shop.url);
    proxy.holdStreamsBack();
    const page = await newVisitor({ baseURL: proxy.url });
    await page.clock.install();
    await page.goto(`/items/${ITEM}`);
    await connection(page, "connecting");
    await page.getByText(/^As of \d\d:\d\d:\d\d UTC\. Check again$/).waitFor();
    await until(() => proxy.streamsAsked() > 0);
    for (const quantity of [8, 7]) {
      await reset(quantity);
      await page.clock.fastForward(15_100);
      await shows(page, quantity);
      await connection(page, "delayed");
    }
    expect(await page.locator("[data-connection]").innerText()).toMatch(/^As of \d\d:\d\d:\d\d$/);
    proxy.pass();
    await page.clock.fastForward(60_000);
    await connection(page, "live");
    await page.close();
    proxy.close();
  });

  test("a page whose scripts never come says how old it is, and has a link that looks again", async () => {
    await reset(9);
    const page = await newVisitor();
    await page.route("**/assets/*.js", (route) => route.abort());
    await page.goto(`/items/${ITEM}`);
    const age = page.getByText(/^As of \d\d:\d\d:\d\d UTC\. Check again$/);
    await age.waitFor();
    await reset(8);
    await page.getByRole("link", { name: "Check again" }).click();
    await shows(page, 8);
    forgive(/ERR_FAILED/);
  });

  test("a line that has gone quiet is called live no longer", async () => {
    await reset(9);
    const page = await newVisitor();
    await page.clock.install();
    await page.goto(`/items/${ITEM}`);
    await connection(page, "live");
    await page.clock.fastForward(23_000);
    await connection(page, "delayed");
    expect(await page.locator("[data-connection]").innerText()).toMatch(/^As of \d\d:\d\d:\d\d$/);
    await reset(8);
    await shows(page, 8);
    await page.clock.fastForward(2_500);
    await connection(page, "live");
  });
});

/** A page from an instance that is behind by a second, while nothing comes on the line. */
describe("a page that is older than the one before", () => {
  const window = "**/_root.data";
  const oldWindow = async (page: Page) => {
    const answer = await page.request.get("/_root.data");
    expect(answer.ok()).toBe(true);
    const body = await answer.body();
    return () => page.route(window, (route) => route.fulfill({ response: answer, body }));
  };
  const note = (page: Page) => page.locator(`[data-item="${ITEM}"] [data-version]`);

  test("does not bring back what the HTML of the one before had", async () => {
    await reset(1);
    const page = await newVisitor();
    await page.route("**/live?*", (route) => route.abort());
    const comesLate = await oldWindow(page);
    await new Visitor(shop.url).buyByJson(ITEM, randomUUID());
    await page.goto(`/items/${ITEM}`);
    expect(await page.locator("article [data-state]").innerText()).toBe("Sold out");
    await comesLate();
    await page.getByRole("link", { name: "Lastone" }).click();
    await note(page).waitFor();
    expect(await note(page).innerText()).toBe("Sold out");
    forgive(/ERR_FAILED/);
  });

  test("does not bring back what was told on the line, also after a receipt, which shows no stock", async () => {
    await reset(3);
    const page = await openItem();
    const comesLate = await oldWindow(page);
    await new Visitor(shop.url).buyByJson(ITEM, randomUUID());
    await shows(page, 2);
    await button(page).click();
    await page.waitForURL("**/orders/*");
    await page.locator("[data-receipt]").waitFor();
    await holdBack(page, "**/live?*");
    await comesLate();
    await page.getByRole("link", { name: "Back to the shop" }).click();
    await note(page).waitFor();
    expect(Number(await note(page).innerText())).toBeLessThan(3);
  });
});

describe("what breaks", () => {
  test("the server restarts under the page, and the stock changes meanwhile", async () => {
    await reset(9);
    const own = await startShop();
    const page = await openItem({ baseURL: own.url });
    await own.stop();
    await connection(page, "reconnecting");
    await reset(8);
    const back = await startShop({ PORT: String(own.port) });
    await shows(page, 8);
    await connection(page, "live");
    await back.stop();
    forgive(LOST);
  });

  test("a deploy takes the scripts of the open page's version away: a click still leads on, to an item and to the receipt", async () => {
    await reset(9);
    const page = await newVisitor();
    await page.goto("/");
    await connection(page, "live");
    await page.waitForLoadState("networkidle");
    await page.route("**/assets/*.js", (route) => route.abort());
    await page.evaluate(() => Object.assign(window, { stillTheSamePage: true }));
    await page.locator(`[data-item="${ITEM}"] a`).click();
    await button(page).click();
    await page.waitForURL("**/orders/*");
    await page.locator("[data-receipt]").waitFor();
    expect(await page.evaluate(() => "stillTheSamePage" in window)).toBe(true);
  });

  test("a proxy answers 502 for a while", async () => {
    await reset(9);
    const proxy = await startHttpProxy(shop.url);
    const page = await openItem({ baseURL: proxy.url });
    proxy.badGateway();
    await connection(page, "reconnecting");
    const asked = proxy.streamsAsked();
    await until(() => proxy.streamsAsked() >= asked + 2);
    await reset(7);
    proxy.pass();
    await shows(page, 7);
    await connection(page, "live");
    await page.close();
    proxy.close();
    forgive(LOST);
  });

  test("the network goes and comes back; meanwhile the page says how old it is", async () => {
    await reset(9);
    const proxy = await startHttpProxy(shop.url);
    const page = await openItem({ baseURL: proxy.url, timezoneId: "Asia/Tokyo" });
    // Chromium, told to be offline, refuses new requests and leaves an open stream alone.
    proxy.swallow();
    await page.context().setOffline(true);
    await connection(page, "offline");
    expect(await page.locator("[data-connection]").innerText()).toMatch(/^Offline, as of \d\d:\d\d:\d\d$/);
    await reset(6);
    await page.context().setOffline(false);
    await shows(page, 6);
    await connection(page, "live");
    await page.close();
    proxy.close();
    forgive(LOST);
  });

  test("the machine sleeps, and the connection is dead when it wakes, though nothing says so", async () => {
    await reset(9);
    const proxy = await startHttpProxy(shop.url);
    const page = await newVisitor({ baseURL: proxy.url });
    await page.clock.install();
    await page.goto(`/items/${ITEM}`);
    await connection(page, "live");
    proxy.swallow();
    await reset(5);
    const asked = proxy.streamsAsked();
    await page.clock.fastForward("08:00:00");
    await shows(page, 5);
    expect(proxy.streamsAsked()).toBeGreaterThan(asked);
    await page.close();
    proxy.close();
    forgive(LOST);
  });
});
