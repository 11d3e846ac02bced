/** Pages that a browser translates: it puts every text into elements of its own, and what comes later, too. */
import { randomUUID } from "node:crypto";
import type { Page, Route } from "playwright-core";
import { expect, test } from "vitest";
import { until, Visitor } from "#harness/shop.ts";
import { items } from "../setup/items.ts";
import { meetNextPress } from "../setup/presses.ts";
import { forgive, newVisitor, shop } from "../setup/visitors.ts";

/** As `until` counts them: five. */
const A_FEW_ROUNDS = 80;
const reset = (itemId: string, quantity?: number) => new Visitor(shop.url).reset(itemId, quantity);
const sell = (itemId: string) => new Visitor(shop.url).buyByJson(itemId, randomUUID());
const live = (page: Page) => page.locator('[data-connection="live"]').waitFor();
const button = (page: Page) => page.locator("form[data-purchase] button:not([type])");
const shows = (page: Page, quantity: number) =>
  page.locator("article [data-quantity]", { hasText: new RegExp(`^${quantity}$`) }).waitFor();

/** As Chrome does it, and more: no text is spared, so that nothing rests on its keeping away from `translate="no"`. */
function translate(page: Page): Promise<void> {
  return page.evaluate(() => {
    const tag: string = "font";
    const wrap = (root: Node) => {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      const texts: Text[] = [];
      while (walker.nextNode()) texts.push(walker.currentNode as Text);
      for (const text of texts) {
        if (text.data.trim() === "" || text.parentElement?.closest("font, script, style, noscript")) continue;
        const [outer, inner] = [document.createElement(tag), document.createElement(tag)];
        inner.textContent = text.data;
        outer.append(inner);
        text.replaceWith(outer);
      }
    };
    wrap(document.body);
    new MutationObserver((records) => records.forEach(({ target }) => wrap(target))).observe(document.body, {
      childList: true,
      subtree: true,
    });
    Object.assign(window, { stillTheSamePage: true });
  });
}

const staysWhole = async (page: Page) => {
  expect(await page.evaluate(() => "stillTheSamePage" in window)).toBe(true);
  expect(await page.getByRole("heading", { name: "Something broke" }).count()).toBe(0);
  expect(await page.locator("main font").count()).toBeGreaterThan(5);
};

/** Every number that a page shows, of stock, money and orders. */
const numbersAreSpared = async (page: Page) =>
  expect(
    await page
      .locator("[data-quantity], [data-price], [data-number]")
      .evaluateAll((numbers) => numbers.every((number) => number.closest('[translate="no"]') !== null)),
  ).toBe(true);

/** Keeps the page's next purchase until the function it resolves with is called. */
async function holdPurchase(page: Page, itemId: string): Promise<() => Promise<void>> {
  const held: Route[] = [];
  await meetNextPress(page, itemId, (route) => void held.push(route));
  return async () => {
    await until(() => held.length > 0);
    await held[0]?.continue();
  };
}

test("an item's page keeps whole while every state passes over it, and its number follows", async () => {
  await reset("night-ferry", 9);
  const page = await newVisitor();
  await page.goto("/items/night-ferry");
  await live(page);
  await translate(page);
  await numbersAreSpared(page);
  await sell("night-ferry");
  await shows(page, 8);
  await reset("night-ferry", 0);
  await page.locator('article [data-state="sold_out"]').waitFor();
  expect(await button(page).innerText()).toBe("Sold out");
  await reset("night-ferry", 5);
  await shows(page, 5);
  expect(await button(page).innerText()).toBe("Buy");

  // A refusal, and what it says of each state after it.
  await page.getByLabel("Quantity").fill("3");
  const refused = await holdPurchase(page, "night-ferry");
  await button(page).click();
  await reset("night-ferry", 2);
  await refused();
  const message = page.locator('[data-message="not_enough"]');
  await message.getByText("There aren’t that many left").waitFor();
  await reset("night-ferry", 0);
  await message.getByText("Someone else got there first").waitFor();
  await reset("night-ferry", 9);
  await message.getByText("There are more now").waitFor();

  // A press, with a sale beside it; the receipt; and back.
  const bought = await holdPurchase(page, "night-ferry");
  await button(page).click();
  await sell("night-ferry");
  await page.locator("[data-deciding]").waitFor();
  await bought();
  await page.locator("[data-receipt]").waitFor();
  await numbersAreSpared(page);
  await page.getByRole("link", { name: "Back to the item" }).click();
  await page.locator("[data-owned]").waitFor();
  await sell("night-ferry");
  await shows(page, 6);
  await page.getByRole("link", { name: "Buy another" }).click();
  await button(page).waitFor();
  await page.locator("form[data-reset] button").click();
  await shows(page, 60);
  await staysWhole(page);
});

test("an item opens on its translated page, and in the translated window", async () => {
  const [page, window] = [await newVisitor(), await newVisitor()];
  const openBeforeTheSale = async () => {
    const opensAt = new Date(Date.now() + 12_000).toISOString();
    expect(await items(["change", "-"], {}, JSON.stringify({ id: "paper-garden", opensAt }))).toMatchObject({
      code: 0,
    });
    await until(async () => (await (await fetch(`${shop.url}/items/paper-garden`)).text()).includes(opensAt));
    await Promise.all([page.goto("/items/paper-garden"), window.goto("/")]);
    await Promise.all([live(page), live(window)]);
    await Promise.all([translate(page), translate(window)]);
    return (await button(page).innerText()) === "Not open yet";
  };
  // A busy machine may be slower than the twelve seconds.
  await until(openBeforeTheSale, undefined, A_FEW_ROUNDS);
  await page.locator('article [data-state="available"]').waitFor({ state: "attached" });
  const inWindow = window.locator('[data-item="paper-garden"] [data-quantity]');
  await inWindow.waitFor();
  expect(await button(page).innerText()).toBe("Buy");
  await sell("paper-garden");
  await Promise.all([shows(page, 119), window.getByText(/^119$/).waitFor()]);
  await numbersAreSpared(window);
  await Promise.all([staysWhole(page), staysWhole(window)]);
});

test("a page that breaks in the browser is built once more, and only then replaced", async () => {
  await reset("night-ferry", 9);
  const page = await newVisitor();
  await page.goto("/items/night-ferry");
  await live(page);
  /** The next element that React puts before another finds it moved away. */
  const breakNext = () =>
    page.evaluate(() => {
      const insert = Object.getOwnPropertyDescriptor(Node.prototype, "insertBefore");
      Node.prototype.insertBefore = () => {
        if (insert) Object.defineProperty(Node.prototype, "insertBefore", insert);
        throw new DOMException("moved away", "NotFoundError");
      };
    });
  await breakNext();
  await sell("night-ferry");
  await shows(page, 8);
  expect(await button(page).innerText()).toBe("Buy");
  await breakNext();
  await sell("night-ferry");
  await page.getByRole("heading", { name: "Something broke" }).waitFor();
  forgive(/moved away/);
});

test("a checkout counts, refuses and ends on its translated page", async () => {
  await reset("night-ferry", 9);
  const content = { id: "night-ferry", payment: "card", holdSeconds: 600 };
  expect(await items(["change", "-"], {}, JSON.stringify(content))).toMatchObject({ code: 0 });
  const page = await newVisitor();
  await page.goto("/items/night-ferry");
  await live(page);
  await translate(page);
  await button(page).click();
  await page.locator('[data-checkout="open"]').waitFor();
  const left = page.locator("[data-countdown]");
  const before = await left.innerText();
  await until(async () => (await left.innerText()) !== before);
  const fault = page.locator('[data-error="email"]');
  await page.locator('button[value="pay"]').click();
  await fault.getByText("Enter your e-mail address.").waitFor();
  await page.getByLabel("E-mail").fill("nobody");
  await page.locator('button[value="pay"]').click();
  await fault.getByText("This is not an e-mail address.").waitFor();
  await page.locator('button[value="release"]').click();
  await page.getByRole("heading", { name: "Given back" }).waitFor();
  await page.getByRole("link", { name: "Back to the item" }).click();
  await button(page).waitFor();
  await staysWhole(page);
});
