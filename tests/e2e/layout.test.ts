/** What people see of an item without doing anything, and what is left of a page where colours, scripts or screens are missing. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { until, Visitor } from "#harness/shop.ts";
import { items } from "../setup/items.ts";
import { newVisitor, shop } from "../setup/visitors.ts";

const reset = (itemId: string, quantity?: number) => new Visitor(shop.url).reset(itemId, quantity);
const change = async (content: { id: string; name?: string; maxPerOrder?: number }) => {
  expect(await items(["change", "-"], {}, JSON.stringify(content))).toMatchObject({ code: 0 });
};
const live = (page: Page) => page.locator('[data-connection="live"]').waitFor();
const button = (page: Page) => page.locator("form[data-purchase] button:not([type])");

describe("without scrolling", () => {
  const screens = {
    "a phone": { width: 390, height: 664 },
    "a small phone": { width: 360, height: 640 },
    "a phone on its side": { width: 844, height: 390 },
    "a tablet": { width: 820, height: 1180 },
    "a laptop at 200 %": { width: 720, height: 450 },
  };

  /** Whether all of it is on the screen, and nothing lies over it. */
  const isSeen = (element: Locator) =>
    element.evaluate((seen) => {
      const { top, left, bottom, right } = seen.getBoundingClientRect();
      const middle = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      const inside = top >= 0 && left >= 0 && bottom <= window.innerHeight && right <= window.innerWidth;
      return inside && middle !== null && (seen.contains(middle) || middle.contains(seen)) && window.scrollY === 0;
    });

  test.each(Object.entries(screens))("%s shows price, stock and button", async (_, viewport) => {
    await Promise.all([reset("clay-whistle", 9), reset("tin-comet", 9)]);
    await change({ id: "clay-whistle", name: "Clay Whistle in the Shape of a Rather Round Nightingale" });
    const page = await newVisitor({ viewport });
    for (const itemId of ["clay-whistle", "tin-comet"]) {
      await page.goto(`/items/${itemId}`);
      await live(page);
      await page.evaluate(() => document.fonts.ready);
      const parts = {
        price: page.locator("article [data-price]"),
        stock: page.locator("article [data-quantity]"),
        button: button(page),
        ...(itemId === "clay-whistle" && { units: page.getByLabel("Quantity") }),
      };
      for (const [part, element] of Object.entries(parts))
        expect([itemId, part, await isSeen(element)]).toEqual([itemId, part, true]);
    }
  });
});

describe("a quantity", () => {
  test("is a number field: the page of an item without a limit is no longer for it, and works without JavaScript", async () => {
    await change({ id: "night-ferry", maxPerOrder: 1_000 });
    await reset("night-ferry", 5_000);
    await until(async () => (await (await fetch(`${shop.url}/items/night-ferry`)).text()).includes('max="1000"'));
    expect((await (await fetch(`${shop.url}/items/night-ferry`)).text()).length).toBeLessThan(40_000);
    const page = await newVisitor({ javaScriptEnabled: false });
    await page.goto("/items/night-ferry");
    await page.getByLabel("Quantity").fill("1001");
    await button(page).click();
    expect(new URL(page.url()).pathname).toBe("/items/night-ferry");
    await page.getByLabel("Quantity").fill("1000");
    await button(page).click();
    await page.waitForURL("**/orders/*");
    expect(await page.locator("[data-receipt]").innerText()).toContain("1000");
  });

  test("goes up to what is left, what an order may have, and what this buyer may still buy", async () => {
    await reset("clay-whistle", 9);
    const page = await newVisitor();
    await page.goto("/items/clay-whistle");
    await live(page);
    const units = page.getByLabel("Quantity");
    const more = page.getByRole("button", { name: "One more" });
    for (let presses = 0; presses < 4; presses += 1) await more.click();
    expect(await units.inputValue()).toBe("3");
    await page.getByRole("button", { name: "One fewer" }).click();
    expect(await units.inputValue()).toBe("2");
    await button(page).click();
    await page.waitForURL("**/orders/*");
    for (const [bought, most] of [
      [2, "3"],
      [3, "1"],
    ] as const) {
      await page.getByRole("link", { name: "Back to the item" }).click();
      await page.getByText(/You’ve got \d of these\./).waitFor();
      await page.getByRole("link", { name: "Buy another" }).click();
      await units.waitFor();
      expect([bought, await units.getAttribute("max")]).toEqual([bought, most]);
      await units.fill(most);
      await button(page).click();
      await page.waitForURL("**/orders/*");
    }
    await page.getByRole("link", { name: "Back to the item" }).click();
    await page.getByText("You’ve got 6 of these.").waitFor();
    expect(await page.locator("[data-owned]").innerText()).toContain("You’ve reached the limit of 6 per person.");
    expect(await page.getByRole("link", { name: "Buy another" }).count()).toBe(0);
  });

  test("beyond a buyer's limit is answered with what the buyer has, and what is still possible", async () => {
    await reset("clay-whistle", 20);
    const buyer = new Visitor(shop.url);
    const buy = async (path: string, quantity: string) => {
      const key = /name="key" value="([^"]+)"/.exec(await (await buyer.fetch(path)).text())?.[1] ?? "";
      return buyer.fetch(path, {
        method: "POST",
        headers: { Origin: shop.url, "Sec-Fetch-Site": "same-origin" },
        body: new URLSearchParams({ key, quantity }),
      });
    };
    const first = (await buy("/items/clay-whistle", "2")).headers.get("Location") ?? "";
    const second = await buy(`/items/clay-whistle?after=${first.split("/").at(-1) ?? ""}`, "3");
    const refused = await buy(
      `/items/clay-whistle?after=${second.headers.get("Location")?.split("/").at(-1) ?? ""}`,
      "2",
    );
    const html = await refused.text();
    expect(refused.status).toBe(409);
    expect(html).toContain("You have 5. You can buy 1 more.");
    expect(html).toMatch(/<input[^>]*max="1"[^>]*value="1"/);
  });
});

test("no picture is squashed, whatever its proportions", async () => {
  await reset("tin-comet");
  const page = await newVisitor();
  const fits = () =>
    page
      .locator('main img:not([alt=""])')
      .evaluateAll((images) => [...new Set(images.map((image) => getComputedStyle(image).objectFit))]);
  await page.goto("/");
  expect(await fits()).toEqual(["cover"]);
  await page.goto("/items/tin-comet");
  expect(await fits()).toEqual(["contain"]);
  await button(page).click();
  await page.locator("[data-receipt]").waitFor();
  expect(await fits()).toEqual(["contain"]);
});

test("in forced colours, buttons and labels have an edge", async () => {
  await Promise.all([reset("clay-whistle", 9), reset("moon-moth", 0)]);
  const page = await newVisitor({ forcedColors: "active" });
  const edges = (selector: string) =>
    page.locator(selector).evaluateAll((elements) =>
      elements.map((element) => {
        const { borderTopWidth, borderTopStyle, borderTopColor, backgroundColor } = getComputedStyle(element);
        return borderTopWidth === "1px" && borderTopStyle === "solid" && borderTopColor !== backgroundColor;
      }),
    );
  await page.goto("/items/clay-whistle");
  await live(page);
  expect(await edges("form[data-purchase] .button, [data-connection] [aria-hidden]")).toEqual([true, true]);
  await page.goto("/items/moon-moth");
  expect(await edges(".button, .tag")).toEqual([true, true]);
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21aa"]).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
});

test("in forced colours the line of an edition still tells what is left of it", async () => {
  await reset("tin-comet", 5);
  const page = await newVisitor({ forcedColors: "active" });
  await page.goto("/items/tin-comet");
  const fills = await page
    .locator("[data-edition-bar] rect")
    .evaluateAll((parts) => parts.map((part) => getComputedStyle(part).fill));
  expect(fills[0]).not.toBe(fills[2]);
});

/** A browser's zoom: as many pixels less. */
test.each([
  ["200 %", { width: 640, height: 450 }],
  ["400 %", { width: 320, height: 225 }],
])("at %s nothing is lost, and nothing is wider than the screen", async (_, viewport) => {
  await reset("clay-whistle", 9);
  const page = await newVisitor({ viewport });
  for (const target of ["/", "/items/clay-whistle", "/items/paper-garden", "/items/last-lighthouse", "/orders"]) {
    await page.goto(target);
    expect(await overflow(page), target).toBe(0);
  }
  await page.goto("/items/clay-whistle");
  await live(page);
  await button(page).click();
  await page.locator("[data-receipt]").waitFor();
  expect(await overflow(page)).toBe(0);
});

/** Pixels by which a page is wider than its screen. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth));
}

test("a name that runs from right to left keeps its order, and its page its own", async () => {
  const name = "ספינת הלילה (מהדורה 2)";
  await change({ id: "night-ferry", name });
  await until(async () => (await (await fetch(`${shop.url}/items/night-ferry`)).text()).includes(name));
  const page = await newVisitor({ viewport: { width: 390, height: 664 } });
  for (const target of ["/", "/items/night-ferry"]) {
    await page.goto(target);
    const shown = page.locator("bdi", { hasText: name });
    expect(await shown.evaluate((element) => getComputedStyle(element).direction), target).toBe("rtl");
    expect(await page.evaluate(() => getComputedStyle(document.body).direction)).toBe("ltr");
    expect(await overflow(page)).toBe(0);
  }
  await change({ id: "night-ferry", name: "Night Ferry" });
});

test("a receipt says first that it is yours, and prints on one page, black on white", async () => {
  await reset("tin-comet");
  const page = await newVisitor({ colorScheme: "dark" });
  await page.goto("/items/tin-comet");
  await button(page).click();
  await page.locator("[data-receipt]").waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === "H1");
  expect(await page.locator("h1:focus").innerText()).toMatch(/^It’s yours\.\s+Tin Comet$/);
  expect(await page.locator("main").innerText()).toContain("Payment is arranged with the seller.");
  for (const format of ["A4", "Letter"]) {
    const pdf = (await page.pdf({ format })).toString("latin1");
    expect(pdf.match(/\/Type\s*\/Page\b/g), format).toHaveLength(1);
  }
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe("rgb(255, 255, 255)");
  expect(await page.locator("header, footer, main a").filter({ visible: true }).count()).toBe(0);
});
