/** A visitor finds the shop's own pages, and their lost receipts: on a phone, on a desk, and without JavaScript. */
import type { BrowserContextOptions } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { type Shop, startShop } from "#harness/shop.ts";
import { DESKTOP, describedBy, looksRight, PHONE } from "../setup/operator-pages.ts";
import { newVisitor } from "../setup/visitors.ts";

const TERMS = `We sell what we make, and each piece once.

# Payment

Your card is charged when the piece is yours, **never before**.

1. You press.
2. It is held for you.
3. You pay, and it is yours.

## What we keep

- Your address, until the parcel is there
- What the tax office asks for: see [privacy](/privacy)

> Donaudampfschifffahrtsgesellschaftskapitaensmuetzenfabrik`;

let own: Shop;
beforeAll(async () => {
  own = await startShop({
    SHOP_NAME: "The Slow Press of Ada and Grace, Makers of Prints since 1843",
    SHOP_ABOUT: "Two people and a press.\n\nWe print on Mondays.",
    SHOP_TERMS: TERMS,
    SHOP_SHIPPING: "https://shop.example/shipping",
  });
  return async () => void (await own.stop());
});

const VISITORS = [
  ["on a phone", { viewport: PHONE }],
  ["on a phone, in the dark", { viewport: PHONE, colorScheme: "dark" }],
  ["on a desk, in the dark", { viewport: DESKTOP, colorScheme: "dark" }],
  ["without JavaScript", { viewport: PHONE, javaScriptEnabled: false }],
] satisfies [string, BrowserContextOptions][];

test.each<[string, BrowserContextOptions]>(VISITORS)("the shop's own texts, %s", async (_, options) => {
  const page = await newVisitor({ baseURL: own.url, ...options });
  await page.goto("/");
  await looksRight(page, options);
  // A phone's head has no room for it.
  const place =
    options.viewport === PHONE ? page.getByRole("contentinfo") : page.getByRole("navigation", { name: "Shop" });
  await place.getByRole("link", { name: "About" }).click();
  await page.getByRole("heading", { name: "About", level: 1 }).waitFor();
  await page.getByText("We print on Mondays.").waitFor();
  await looksRight(page, options);
  await page.getByRole("contentinfo").getByRole("link", { name: "Terms" }).click();
  await page.getByRole("heading", { name: "Payment", level: 2 }).waitFor();
  await looksRight(page, options);
  expect(await page.getByRole("contentinfo").getByRole("link").allTextContents()).toEqual([
    ...["About", "Shipping", "Terms", "Find my order"],
  ]);
});

// Red where it has all that a larger screen's has: in a second line, over which an item's name slipped under the bar with its button.
test("what a phone's head leads to is one link, in German, too; all of it is at the foot", async () => {
  const page = await newVisitor({ baseURL: own.url, viewport: PHONE, locale: "de" });
  await page.goto("/items/clay-whistle");
  const linksOf = (place: "navigation" | "contentinfo") =>
    page.getByRole(place).getByRole("link").filter({ visible: true }).allTextContents();
  expect(await linksOf("navigation")).toEqual(["Bestellung finden"]);
  expect(await linksOf("contentinfo")).toContain("Über uns");
});

test.each<[string, BrowserContextOptions]>(VISITORS)("find my order, %s", async (_, options) => {
  const page = await newVisitor({ baseURL: own.url, ...options });
  await page.goto("/items/tin-comet");
  await page.getByRole("navigation", { name: "Shop" }).getByRole("link", { name: "Find my order" }).click();
  await page.getByRole("heading", { name: "Find my order", level: 1 }).waitFor();
  await looksRight(page, options);
  const field = page.getByLabel("E-mail");
  const press = () => page.getByRole("button", { name: "Mail me the links" }).click();

  await field.fill("ann at example");
  await press();
  await page.locator('[data-error="wrong"]').waitFor();
  expect(await describedBy(page, "#email")).toContain("This is not an e-mail address.");
  expect(await field.inputValue()).toBe("ann at example");
  await expect.poll(() => field.evaluate((input) => input === document.activeElement)).toBe(true);
  await looksRight(page, options);

  await field.fill("ann@example.org");
  await press();
  const told = page.locator('[data-message="asked"]');
  await told.getByText("ann@example.org").waitFor();
  await expect.poll(() => told.evaluate((box) => box === document.activeElement)).toBe(true);
  expect(await page.locator("[data-error]").count()).toBe(0);
  expect(await field.inputValue()).toBe("ann@example.org");
  await looksRight(page, options);
});
