/** A German visitor in Berlin: the whole way, and no English on it. */
import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { wordsIn } from "#app/words/words.ts";
import { Visitor } from "#harness/shop.ts";
import { button, live, reset } from "../setup/item-page.ts";
import { newVisitor, shop } from "../setup/visitors.ts";

const BERLIN = { locale: "de-DE", timezoneId: "Europe/Berlin", viewport: { width: 390, height: 844 } };

/** The plain texts of the English catalogue that the German one does not have, too. */
const ENGLISH = (() => {
  const plain = (catalogue: object): string[] =>
    Object.values(catalogue).flatMap((text: unknown) =>
      typeof text === "string" ? [text] : typeof text === "object" && text !== null ? plain(text) : [],
    );
  const german = new Set(plain(wordsIn("de")));
  // Short ones may be part of what an item is called.
  return plain(wordsIn("en")).filter((text) => !german.has(text) && text.length > 7);
})();

/** What a page says that is English, for eyes and for screen readers. */
async function english(page: Page): Promise<string[]> {
  const text = await page.evaluate(() =>
    [
      document.title,
      document.body.innerText,
      ...[...document.querySelectorAll("[aria-label]")].map((element) => element.getAttribute("aria-label") ?? ""),
    ].join("\n"),
  );
  return ENGLISH.filter((sentence) => text.includes(sentence));
}

test("from the window to the receipt, a German visitor reads German, in Berlin's time", async () => {
  await Promise.all([reset("clay-whistle"), reset("moon-moth", 1), reset("last-lighthouse", 0)]);
  expect(ENGLISH.length).toBeGreaterThan(100);
  const page = await newVisitor(BERLIN);
  await page.goto("/");
  await live(page);
  expect(await english(page)).toEqual([]);
  await page.goto("/items/paper-garden");
  await live(page);
  expect(await page.locator("[data-purchase] time").innerText()).toMatch(
    /^Ab \d+\. \p{L}+ \d{4} um \d\d:\d\d Uhr ME[SZ]+\.$/u,
  );
  expect(await english(page)).toEqual([]);
  await page.goto("/items/last-lighthouse");
  await page.locator("[data-instead]").waitFor();
  expect(await english(page)).toEqual([]);

  await page.goto("/items/moon-moth");
  await live(page);
  await page.route(
    "**/items/moon-moth.data",
    async (route) => {
      await new Visitor(shop.url).buyByJson("moon-moth", randomUUID());
      await route.continue();
    },
    { times: 1 },
  );
  await button(page).click();
  await page.getByText("Jemand war schneller").waitFor();
  await page.locator("[data-instead]").waitFor();
  expect(await english(page)).toEqual([]);

  await page.goto("/items/clay-whistle");
  await live(page);
  await button(page).click();
  await page.locator("[data-receipt]").waitFor();
  expect(await page.locator("h1").innerText()).toMatch(/^Es ist deins\./);
  expect(await english(page)).toEqual([]);
  await page.goto("/orders");
  expect(await english(page)).toEqual([]);
  await page.goto("/nichts");
  await page.getByRole("heading", { name: "Nicht gefunden" }).waitFor();
  expect(await english(page)).toEqual([]);
});

test("without a script a refusal is where the finger was, and what else there is stands below", async () => {
  await reset("moon-moth", 1);
  const page = await newVisitor({ ...BERLIN, javaScriptEnabled: false });
  await page.goto("/items/moon-moth");
  await new Visitor(shop.url).buyByJson("moon-moth", randomUUID());
  await button(page).click();
  await page.locator("#answer").waitFor();
  expect(page.url()).toMatch(/#answer$/);
  expect(await page.locator("#answer").innerText()).toContain("Jemand war schneller");
  expect(await page.locator("[data-instead] li").count()).toBeGreaterThan(0);
  expect(await button(page).isVisible()).toBe(false);
});
