/** An operator at a browser, and what is asked of each page that they see. */
import { AxeBuilder } from "@axe-core/playwright";
import type { BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";
import { PASSWORD } from "./signed-in.ts";
import { newVisitor } from "./visitors.ts";

// The visitors' shop starts later, and with this.
process.env.OPERATOR_PASSWORD = PASSWORD;

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 900 };
/** As narrow as WCAG asks for, which is also a desktop at 400 %. */
const NARROW = { width: 320, height: 640 };

/** Signs in, and is where that leads to. */
export async function signedIn(options: BrowserContextOptions = {}, to = "/operator/items"): Promise<Page> {
  const page = await newVisitor(options);
  await page.goto(to);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByLabel("Your name").fill("Ann");
  await page.locator("form[data-sign-in] button").click();
  await page.getByRole("navigation", { name: "Operator" }).waitFor();
  return page;
}

/** Breaks no rule of accessibility, and can't be pushed to the side: on a phone, on the narrowest one either. */
export async function looksRight(page: Page, { javaScriptEnabled = true }: BrowserContextOptions = {}): Promise<void> {
  // Without scripts the page is the same, and nothing can be asked of it.
  if (!javaScriptEnabled) return;
  await page.evaluate(() => document.fonts.ready);
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"])
    .analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
  const size = page.viewportSize();
  for (const each of size && size.width <= PHONE.width ? [size, NARROW] : [size]) {
    if (each) await page.setViewportSize(each);
    expect(await pastTheEdge(page)).toEqual([]);
  }
  if (size) await page.setViewportSize(size);
}

/** Opens whatever a page shows only to who asks for it. */
export async function openAll(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
}

/** What makes a page wider than its window. */
function pastTheEdge(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.querySelectorAll("body *")].filter((each) => {
      const { right, width } = each.getBoundingClientRect();
      return width > 0 && right > clientWidth + 0.5;
    });
    return [`${scrollWidth} of ${clientWidth}`, ...wide.map(({ outerHTML }) => outerHTML.slice(0, 150))];
  });
}

/**
 * What a keyboard does not reach of a page, or reaches without showing it. Of radio buttons that belong together it reaches one, and the
 * arrows lead to the others.
 */
export async function missedByKeyboard(page: Page): Promise<string[]> {
  const controls = await page.evaluate(() => {
    const all = [...document.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea, summary")].filter(
      (each) => each.getAttribute("type") !== "hidden" && each.checkVisibility({ visibilityProperty: true }),
    );
    const groups = new Set<string>();
    const own = all.filter((each) => {
      if (!(each instanceof HTMLInputElement) || each.type !== "radio") return true;
      const isFirst = !groups.has(each.name);
      groups.add(each.name);
      return isFirst;
    });
    own.forEach((each, index) => (each.dataset.control = String(index)));
    (document.activeElement as HTMLElement | null)?.blur();
    return own.map(({ outerHTML }) => outerHTML.slice(0, 150));
  });
  const shown = new Set<number>();
  // A field for a date and a time stops at each of its parts.
  for (let presses = 0; presses < controls.length + 20 && shown.size < controls.length; presses += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const focused = document.activeElement as HTMLElement | null;
      if (!focused?.dataset.control) return undefined;
      const isOutlined = [undefined, "::after"].some((part) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(focused, part);
        return outlineStyle === "solid" && Number.parseFloat(outlineWidth) >= 2;
      });
      return isOutlined ? Number(focused.dataset.control) : undefined;
    });
    if (at !== undefined) shown.add(at);
  }
  return controls.filter((_, index) => !shown.has(index));
}

/** The texts that a field is described by, as a screen reader says them. */
export function describedBy(page: Page, field: string): Promise<string> {
  return page.locator(field).evaluate((element) =>
    (element.getAttribute("aria-describedby") ?? "")
      .split(" ")
      .map((id) => document.getElementById(id)?.textContent ?? "")
      .join(" "),
  );
}
