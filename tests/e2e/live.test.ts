/** Live updates in a real browser: the page shows every change by itself, in its order, and ends at the truth. */
import { randomUUID } from "node:crypto";
import pg from "pg";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { startShop, until, Visitor } from "#harness/shop.ts";
import { items } from "../setup/items.ts";
import { button } from "../setup/item-page.ts";
import { connection, holdBack, holdPress, ITEM, openItem, reset, shows } from "../setup/open-item.ts";
import { meetNextPress } from "../setup/presses.ts";
import { newTab, newVisitor, shop } from "../setup/visitors.ts";

const operate = async (command: "add" | "change", content: object) => {
  expect(await items([command, "-"], {}, JSON.stringify(content))).toMatchObject({ code: 0, complained: [] });
};

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
      // After a new run, for its form, a moment after the number has changed.
      await until(() => asked.length > 0);
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
    expect(await page.locator("[data-quantity]").getAttribute("data-version")).toBe(String(version + 2)); // what was left, taken out of the books, and the next run
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
