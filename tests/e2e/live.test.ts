/** Live updates in a real browser: whatever happens to the server, the network, the machine and the tabs, the page ends at the truth. */
import { randomUUID } from "node:crypto";
import pg from "pg";
import type { Page, Route } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import { startHttpProxy } from "#harness/http-proxy.ts";
import { PLAIN_HOST } from "../setup/browser.ts";
import { items } from "../setup/items.ts";
import { startShop, until, Visitor } from "#harness/shop.ts";
import { meetNextPress } from "../setup/presses.ts";
import { forgive, newTab, newVisitor, shop } from "../setup/visitors.ts";

const ITEM = "night-ferry";

const reset = (quantity: number, url = shop.url) => new Visitor(url).reset(ITEM, quantity);
const streams = async (url = shop.url) =>
  ((await (await fetch(`${url}/api/live`)).json()) as { streams: number }).streams;
const connection = (page: Page, state: string) => page.locator(`[data-connection="${state}"]`).waitFor();
const shows = (page: Page, quantity: number) =>
  page.locator("[data-quantity]", { hasText: new RegExp(`^${quantity}$`) }).waitFor();
const button = (page: Page) => page.locator("form[data-purchase] button:not([type])");
const LOST = /ERR_(CONNECTION|INCOMPLETE|EMPTY|INTERNET|NETWORK)/;

async function openItem(options: Parameters<typeof newVisitor>[0] = {}): Promise<Page> {
  const page = await newVisitor(options);
  await page.goto(`/items/${ITEM}`);
  await connection(page, "live");
  return page;
}

/** Keeps the page's next request to this address waiting; returns what lets it pass. */
async function holdBack(page: Page, url: string): Promise<() => Promise<void>> {
  const held: Route[] = [];
  await page.route(url, (route) => void held.push(route), { times: 1 });
  return async () => {
    await until(() => held.length > 0);
    await held[0]?.continue();
  };
}

/** Keeps the page's next press until the function it resolves with is called. */
async function holdPress(page: Page): Promise<() => Promise<void>> {
  const held: Route[] = [];
  await meetNextPress(page, ITEM, (route) => void held.push(route));
  return async () => {
    await until(() => held.length > 0);
    await held[0]?.continue();
  };
}

const operate = async (command: "add" | "change", content: object) => {
  expect(await items([command, "-"], {}, JSON.stringify(content))).toMatchObject({ code: 0, complained: [] });
};

const EIGHT_HOURS = 8 * 3_600_000;

/** The clock on the wall goes ahead in this page alone, and its timers stand still, as when a machine has slept. */
const moveClock = (page: Page, milliseconds: number) =>
  page.evaluate((ahead) => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + ahead;
  }, milliseconds);

/** From the test before, streams of closed pages may still be ending. */
beforeEach(() => until(async () => (await streams()) === 0));

describe("what a person sees", () => {
  test("a sale and a reset on another page; the button turns with the last unit, and back", async () => {
    await reset(2);
    const page = await openItem();
    const buyer = new Visitor(shop.url);
    expect(await button(page).innerText()).toBe("Buy");
    await buyer.buyByJson(ITEM, randomUUID());
    await shows(page, 1);
    await buyer.buyByJson(ITEM, randomUUID());
    await shows(page, 0);
    await page.locator('[data-state="sold_out"]').waitFor();
    expect([await button(page).innerText(), await button(page).isDisabled()]).toEqual(["Sold out", true]);
    await reset(5);
    await shows(page, 5);
    expect([await button(page).innerText(), await button(page).isEnabled()]).toEqual(["Buy", true]);
  });

  test("who waits on the button keeps the focus there while it is sold out, and cannot buy", async () => {
    await reset(1);
    const page = await openItem();
    const posts: string[] = [];
    page.on("request", (request) => request.method() === "POST" && posts.push(request.url()));
    const isFocused = () => button(page).evaluate((element) => element === document.activeElement);
    await button(page).focus();
    await reset(0);
    await shows(page, 0);
    expect(await isFocused()).toBe(true);
    await page.keyboard.press("Enter");
    await reset(1);
    await shows(page, 1);
    expect([await isFocused(), posts]).toEqual([true, []]);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/orders/*");
  });

  test("every change, on this instance and on another, by the stream alone: whatever else the page asks for is not answered", async () => {
    const other = await startShop();
    for (const baseURL of [shop.url, other.url]) {
      await reset(9);
      const page = await openItem({ baseURL });
      const asked: string[] = [];
      await page.route("**", (route) => {
        const { pathname } = new URL(route.request().url());
        // Scripts for the next page may still be coming.
        if (pathname.startsWith("/assets/")) return route.continue();
        asked.push(pathname);
      });
      for (const quantity of [8, 7, 6]) {
        expect((await new Visitor(shop.url).buyByJson(ITEM, randomUUID())).status).toBe(201);
        await shows(page, quantity);
      }
      expect(asked).toEqual([]);
      for (const quantity of [4, 0, 3]) {
        expect((await reset(quantity)).status).toBe(200);
        await shows(page, quantity);
      }
      // After a new run, for its form.
      expect(new Set(asked)).toEqual(new Set([`/items/${ITEM}.data`]));
      await page.close();
    }
    await other.stop();
  });

  test("a screen reader hears of selling out and of coming back, once each, and of no number or connection", async () => {
    await reset(9);
    const page = await openItem();
    await page.evaluate(() => {
      const heard: string[] = [];
      Object.assign(window, { heard });
      for (const region of document.querySelectorAll("[aria-live], [role=status], [role=alert]")) {
        new MutationObserver(() => heard.push(region.textContent)).observe(region, {
          subtree: true,
          childList: true,
          characterData: true,
        });
      }
    });
    const news = (text: string) => page.locator("[data-news]", { hasText: text }).waitFor({ state: "attached" });
    for (const quantity of [8, 7, 6]) {
      await reset(quantity);
      await shows(page, quantity);
    }
    await reset(0);
    await news("Night Ferry is sold out.");
    await reset(4);
    await news("Night Ferry is back in stock.");
    await reset(3);
    await shows(page, 3);
    expect(await page.evaluate(() => "heard" in window && window.heard)).toEqual([
      "Night Ferry is sold out.",
      "Night Ferry is back in stock.",
    ]);
  });

  test("who waits at the till while the last one goes is told that it is being decided, and keeps the focus", async () => {
    await reset(1);
    const page = await openItem();
    const pass = await holdPress(page);
    await button(page).click();
    await new Visitor(shop.url).buyByJson(ITEM, randomUUID());
    await page.getByText("Confirming your order…").waitFor();
    expect(await button(page).evaluate((element) => element === document.activeElement)).toBe(true);
    await pass();
    await page.locator('[data-message="sold_out"]').waitFor();
    expect(await page.getByText("Confirming your order…").count()).toBe(0);
  });

  test("fewer units than were chosen leave the most there are", async () => {
    const visitor = new Visitor(shop.url);
    await visitor.reset("clay-whistle", 9);
    const page = await newVisitor();
    await page.goto("/items/clay-whistle");
    await connection(page, "live");
    const units = page.getByLabel("Quantity");
    const most = Number(await units.getAttribute("max"));
    expect(most).toBeGreaterThan(2);
    await units.fill(String(most));
    for (const quantity of [2, 9]) {
      await visitor.reset("clay-whistle", quantity);
      await shows(page, quantity);
      expect(await units.inputValue()).toBe("2");
    }
  });

  test("without JavaScript, when the page was rendered, and a link that looks again", async () => {
    await reset(4);
    const page = await newVisitor({ javaScriptEnabled: false });
    await page.goto(`/items/${ITEM}`);
    expect(await page.locator("[data-connection]").innerText()).toMatch(/^As of \d\d:\d\d:\d\d UTC\. Check again$/);
    await reset(3);
    await page.getByRole("link", { name: "Check again" }).click();
    await shows(page, 3);
    expect(new URL(page.url()).pathname).toBe(`/items/${ITEM}`);
  });
});

describe("what a press was answered", () => {
  test("stays when the page is read again, until the next press", async () => {
    await reset(1);
    const page = await openItem();
    const pass = await holdPress(page);
    await button(page).click();
    await new Visitor(shop.url).buyByJson(ITEM, randomUUID());
    await shows(page, 0);
    await pass();
    const message = page.locator('[data-message="sold_out"]');
    await message.getByText("Someone else got there first").waitFor();
    await operate("change", { id: ITEM, tagline: "Told otherwise." });
    await page.getByText("Told otherwise.").waitFor();
    expect(await message.innerText()).toContain("Someone else got there first");
    await reset(2);
    await shows(page, 2);
    await page.waitForLoadState("networkidle");
    expect(await message.count()).toBe(1);
    const passAgain = await holdPress(page);
    await button(page).click();
    await message.waitFor({ state: "detached" });
    await passAgain();
    await page.waitForURL("**/orders/*");
  });

  test("busy stays when the page is read again, with the same attempt to make once more", async () => {
    await reset(5);
    const page = await openItem();
    const holder = new pg.Client({ connectionString: process.env.DATABASE_URL });
    await holder.connect();
    await holder.query("BEGIN");
    await holder.query("SELECT 1 FROM stock WHERE item_id = $1 FOR UPDATE", [ITEM]);
    const key = await page.locator("form[data-purchase] [name=key]").inputValue();
    await button(page).click();
    const message = page.locator('[data-message="busy"]');
    await message.waitFor();
    await holder.end();
    await operate("change", { id: ITEM, tagline: "Told in between." });
    await page.getByText("Told in between.").waitFor();
    expect([await message.count(), await button(page).innerText()]).toEqual([1, "Try again"]);
    expect(await page.locator("form[data-purchase] [name=key]").inputValue()).toBe(key);
    await button(page).click();
    await page.waitForURL("**/orders/*");
    await shows(await openItem(), 4);
  });

  test("when no answer comes, the page says so after some seconds; the same press made again buys one", async () => {
    await reset(5);
    const page = await newVisitor();
    await page.clock.install();
    await page.goto(`/items/${ITEM}`);
    await connection(page, "live");
    // Swallowed for good.
    await meetNextPress(page, ITEM, () => undefined);
    await button(page).click();
    await page.getByText("Buying…").waitFor();
    await page.clock.fastForward(7_000);
    expect(await page.locator("[data-unanswered]").count()).toBe(0);
    await page.clock.fastForward(1_500);
    await page.locator("[data-unanswered]").waitFor();
    expect([await button(page).innerText(), await button(page).getAttribute("aria-disabled")]).toEqual([
      "Try again",
      null,
    ]);
    await button(page).click();
    await page.waitForURL("**/orders/*");
    const { quantity } = (await (await fetch(`${shop.url}/api/items/${ITEM}`)).json()) as { quantity: number };
    expect(quantity).toBe(4);
  });

  test("a purchase in one tab is known in the other", async () => {
    await reset(5);
    const page = await openItem();
    const other = await newTab(page.context());
    await other.goto(`/items/${ITEM}`);
    await connection(other, "live");
    await button(page).click();
    await page.waitForURL("**/orders/*");
    await other.locator("[data-owned]").waitFor();
    expect(await button(other).count()).toBe(0);
  });
});

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

describe("order", () => {
  test("1,000 changes end in the right state, and the page never shows an older one after a newer", async () => {
    await reset(1);
    const page = await openItem();
    await page.evaluate(() => {
      const shown = document.querySelector<HTMLElement>("[data-quantity]");
      const versions = [Number(shown?.dataset.version)];
      Object.assign(window, { versions });
      new MutationObserver(() =>
        versions.push(Number(document.querySelector<HTMLElement>("[data-quantity]")?.dataset.version)),
      ).observe(document.body, {
        subtree: true,
        childList: true,
        characterData: true,
        attributes: true,
      });
    });
    let next = 0;
    const resetInTurn = async () => {
      while (next < 999) expect((await reset((next++ * 7) % 50)).status).toBe(200);
    };
    await Promise.all(Array.from({ length: 8 }, resetInTurn));
    await reset(77);
    await shows(page, 77);
    const versions = (await page.evaluate(() => "versions" in window && window.versions)) as number[];
    const { version } = (await (await fetch(`${shop.url}/api/items/${ITEM}`)).json()) as { version: number };
    expect(versions).toEqual(versions.toSorted((one, other) => one - other));
    expect(versions.at(-1)).toBe(version);
    expect(new Set(versions).size).toBeGreaterThan(10);
  });

  test("the HTML carries the version it was made from, and what changed until the stream opened is shown", async () => {
    await reset(6);
    const page = await newVisitor();
    const pass = await holdBack(page, "**/live?*");
    await page.goto(`/items/${ITEM}`);
    const { version } = (await (await fetch(`${shop.url}/api/items/${ITEM}`)).json()) as { version: number };
    expect(await page.locator("[data-quantity]").getAttribute("data-version")).toBe(String(version));
    await reset(5);
    await pass();
    await shows(page, 5);
    expect(await page.locator("[data-quantity]").getAttribute("data-version")).toBe(String(version + 1));
  });

  test("the next stream may come from an instance that is behind: it brings nothing back", async () => {
    await reset(9);
    const page = await openItem();
    // Sales, because after a new run the page asks for itself again, and would be right by that.
    const sell = () => new Visitor(shop.url).buyByJson(ITEM, randomUUID());
    await sell();
    await shows(page, 8);
    const older = await (await fetch(`${shop.url}/api/items/${ITEM}`)).text();
    await sell();
    await shows(page, 7);
    let asked = 0;
    await page.route("**/live?*", async (route) => {
      asked += 1;
      // It ends, and so has been heard when the next is asked for, which never comes: what is shown then stays.
      if (asked === 1)
        await route.fulfill({
          contentType: "text/event-stream",
          body: `event: stock\ndata: ${older}\n\nevent: ping\ndata: {}\n\n`,
        });
    });
    await page.evaluate(() => ["offline", "online"].forEach((type) => window.dispatchEvent(new Event(type))));
    await until(() => asked === 2);
    expect(await page.locator("[data-quantity]").innerText()).toBe("7");
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

describe("what an operator changes", () => {
  const dataAsked = (page: Page) => {
    const asked: string[] = [];
    page.on("request", (request) => request.url().includes(".data") && asked.push(request.url()));
    return asked;
  };

  test("an open window shows a new item by itself, and its sales, and reads itself again once for it, in every tab", async () => {
    const other = await startShop();
    const onOther = await newVisitor({ baseURL: other.url });
    await onOther.goto("/");
    await connection(onOther, "live");
    const first = await newVisitor();
    const second = await newTab(first.context());
    const item = await newTab(first.context());
    await item.goto(`/items/${ITEM}`);
    for (const page of [first, second]) await page.goto("/");
    for (const page of [first, second, item]) await connection(page, "live");
    const asked = [first, second, item, onOther].map(dataAsked);
    await operate("add", {
      id: "new-moth",
      name: "New Moth",
      picture: "/items/moon-moth.svg",
      pictureAlt: "A moth.",
      price: { amount: 900, currency: "EUR" },
      quantity: 2,
    });
    const inWindow = (page: Page, quantity: number) =>
      page.locator('[data-item="new-moth"] [data-quantity]', { hasText: new RegExp(`^${quantity}$`) }).waitFor();
    await Promise.all([first, second, onOther].map((page) => inWindow(page, 2)));
    await new Visitor(shop.url).buyByJson("new-moth", randomUUID());
    await Promise.all([first, second, onOther].map((page) => inWindow(page, 1)));
    expect(asked.map(({ length }) => length)).toEqual([1, 1, 0, 1]);
    await onOther.close();
    await other.stop();
  });

  test("an open item's page shows its new name and price; the form keeps what was chosen", async () => {
    await reset(9);
    const page = await openItem();
    const units = page.locator('[name="quantity"]');
    await units.fill("3");
    const asked = dataAsked(page);
    await operate("change", { id: "moon-moth", tagline: "Not this one." });
    await operate("change", { id: ITEM, name: "Day Ferry", price: { amount: 777, currency: "EUR" } });
    await page.getByRole("heading", { name: "Day Ferry" }).waitFor();
    await page.getByText("€7.77").first().waitFor();
    expect(await units.inputValue()).toBe("3");
    expect(asked).toHaveLength(1);
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
    // Told so by the first; or, where that is too busy to answer in time, in its place, and still connecting.
    const told = second.locator('[data-connection="reconnecting"]');
    await until(async () => (await told.count()) === 1 || asking.includes(second));
    expect(await second.evaluate(() => "shown" in window && window.shown)).not.toContain("live");
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
