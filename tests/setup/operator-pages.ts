/** An operator in a browser, and what is true of each of their pages. */
import { AxeBuilder } from "@axe-core/playwright";
import type { BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";
import type { Shop } from "#harness/shop.ts";
import { PASSWORD } from "./signed-in.ts";
import { newVisitor } from "./visitors.ts";

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 900 };

export async function signedInAt({ url }: Shop, options: BrowserContextOptions): Promise<Page> {
  const page = await newVisitor({ baseURL: url, ...options });
  await page.goto("/operator/items");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.locator("form[data-sign-in] button").click();
  await page.getByRole("heading", { name: "Items", exact: true }).waitFor();
  return page;
}

/** For whoever sees it, and for whoever does not. */
export async function looksRight(page: Page, { javaScriptEnabled = true }: BrowserContextOptions): Promise<void> {
  // Without scripts the page is the same, and nothing can be asked of it.
  if (!javaScriptEnabled) return;
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .withTags(["wcag2a", "wcag2aa", "wcag21aa"])
    .analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
}
