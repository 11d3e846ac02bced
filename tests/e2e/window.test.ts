/** The shop window: no hole however many items there are, how scarce each is, and what has gone. */
import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { until, Visitor } from "#harness/shop.ts";
import { items } from "../setup/items.ts";
import { newVisitor, shop } from "../setup/visitors.ts";

const live = (page: Page) => page.locator('[data-connection="live"]').waitFor();
const reset = (itemId: string, quantity?: number) => new Visitor(shop.url).reset(itemId, quantity);
/** Whether each row of the list ends where the list does. */
function hasHole(page: Page): Promise<boolean> {
  return page.locator("ul.cards, ul[data-leads]").evaluateAll((lists) =>
    lists.some((list) => {
      const { left, right } = list.getBoundingClientRect();
      const rows = new Map<number, { from: number; to: number }>();
      for (const child of list.children) {
        const box = child.getBoundingClientRect();
        if (box.width === 0) continue;
        const row = rows.get(Math.round(box.top)) ?? { from: Infinity, to: 0 };
        rows.set(Math.round(box.top), { from: Math.min(row.from, box.left), to: Math.max(row.to, box.right) });
      }
      return [...rows.values()].some(({ from, to }) => from - left > 2 || right - to > 2);
    }),
  );
}

/** Words that are broken over two lines. */
function brokenWords(page: Page, within: string): Promise<string[]> {
  return page.locator(within).evaluate((place) => {
    const broken: string[] = [];
    const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode as Text;
      for (const { 0: word, index } of text.data.matchAll(/\S+/g)) {
        const range = document.createRange();
        range.setStart(text, index);
        range.setEnd(text, index + word.length);
        if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) broken.push(word);
      }
    }
    return broken;
  });
}

test("however many cards, from 320 to 2,560 pixels, no row has a hole, and nothing is wider than the screen", async () => {
  const more = ["seven", "eight", "nine", "ten", "eleven", "twelve"].map((id) => ({
    id,
    name: id,
    picture: "/items/moon-moth.svg",
    pictureAlt: "A moth.",
    price: { amount: 900, currency: "EUR" },
    quantity: 5,
    // Later than the one that leads.
    ...(id === "seven" && { opensAt: "2099-01-01T12:00:00Z" }),
  }));
  expect(await items(["add", "-"], {}, JSON.stringify(more))).toMatchObject({ code: 0 });
  const page = await newVisitor({ javaScriptEnabled: false, reducedMotion: "reduce" });
  await until(async () => {
    await page.goto("/");
    return (await page.locator("ul.cards > li").count()) >= 10;
  });
  expect(await page.locator('ul.cards [data-item="seven"]').innerText()).toContain("Opens 1 January");
  const found: unknown[] = [];
  const look = async () => {
    const cards = await page.locator("ul.cards > li").count();
    for (const width of [320, 390, 700, 820, 1024, 1440, 2_560]) {
      await page.setViewportSize({ width, height: 900 });
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      if (sideways || (await hasHole(page))) found.push({ cards, width, sideways });
    }
    return cards;
  };
  // Which are cards is arrange's doing, which never leaves a single one.
  while ((await look()) > 2)
    await page
      .locator("ul.cards > li")
      .last()
      .evaluate((card) => card.remove());
  expect(found).toEqual([]);
  // The control: what is only hidden still counts, and leaves a hole.
  await page
    .locator("ul.cards > li")
    .last()
    .evaluate((card: HTMLElement) => (card.hidden = true));
  expect(await hasHole(page)).toBe(true);
});

test("the last ones are said to be, what sells out stays where it was, and stands among what has gone on the next page", async () => {
  await reset("tin-comet", 4);
  const page = await newVisitor();
  await page.goto("/");
  await live(page);
  const comet = page.locator('[data-item="tin-comet"]');
  const buy = () => new Visitor(shop.url).buyByJson("tin-comet", randomUUID());
  expect(await comet.locator("[data-scarce]").count()).toBe(0);
  expect(await comet.innerText()).toMatch(/4\s+of 10 left/);
  await db.$executeRaw`UPDATE items SET payment = 'none' WHERE id = 'tin-comet'`;
  await buy();
  await comet.locator("[data-scarce]").waitFor();
  for (let sold = 0; sold < 2; sold += 1) await buy();
  await comet.getByText("Last one,").waitFor();
  await buy();
  await comet.locator('[data-state="sold_out"]').waitFor();
  expect(await page.locator('[data-gone] [data-item="tin-comet"]').count()).toBe(0);
  await page.reload();
  const gone = page.locator('[data-gone] [data-item="tin-comet"]');
  expect(await gone.innerText()).toMatch(/Edition of 10 · Sold out \d+ \w+/);
  // It may come back while the page is open.
  await live(page);
  await reset("tin-comet", 3);
  await gone.locator("[data-quantity]").waitFor();
});

test("a countdown to an opening that is moved shows the new one at once, and nothing between", async () => {
  const opensIn = (hours: number) => new Date(Math.floor(Date.now() / 1_000) * 1_000 + hours * 3_600_000);
  const move = async (hours: number) => {
    const opensAt = opensIn(hours);
    await db.$executeRaw`UPDATE items SET opens_at = ${opensAt} WHERE id = 'moon-moth'`;
    return page.locator(`[data-item="moon-moth"] [data-countdown-to="${opensAt.toISOString()}"] p:not(.invisible)`);
  };
  const page = await newVisitor();
  const before = await move(2);
  await until(async () => {
    await page.goto("/");
    return (await before.count()) > 0;
  });
  await live(page);
  await before.evaluate((shown) => {
    const seen: (string | null)[] = [];
    Object.assign(window, { seen });
    new MutationObserver((changes) => {
      for (const { oldValue, target } of changes) seen.push(oldValue, (target as Element).className);
    }).observe(shown, { attributes: true, attributeFilter: ["class"], attributeOldValue: true });
  });
  const after = await move(3);
  await after.waitFor();
  expect(await after.locator("[data-countdown]").innerText()).toMatch(/^(2:|3:00:00)/);
  expect(await page.evaluate(() => (window as unknown as { seen: string[] }).seen)).toEqual([]);
  await db.$executeRaw`UPDATE items SET opens_at = NULL WHERE id = 'moon-moth'`;
});

test("what leads and closes counts down to its closing, as its own page does", async () => {
  const closesAt = new Date(Math.floor(Date.now() / 1_000) * 1_000 + 2 * 3_600_000);
  // What is to open would lead.
  await db.$executeRaw`UPDATE items SET opens_at = NULL, closes_at = ${closesAt}`;
  const page = await newVisitor();
  for (const [path, place] of [
    ["/", "[data-leads]"],
    ["/items/moon-moth", "article"],
  ] as const) {
    const countdown = page.locator(`${place} [data-countdown-to="${closesAt.toISOString()}"]`);
    await until(async () => {
      await page.goto(path);
      return (await countdown.count()) > 0;
    });
    const clock = countdown.locator("p:not(.invisible) [data-countdown]");
    await clock.waitFor();
    expect(await clock.innerText()).toMatch(/^[12]:\d\d:\d\d$/);
  }
});

// Red where how it stands keeps its place beside the name.
test("what has gone is told without a broken word, in 320 pixels and in both languages", async () => {
  for (const locale of ["en", "de"]) {
    const page = await newVisitor({ locale, viewport: { width: 320, height: 640 } });
    await page.goto("/");
    expect(await page.locator("[data-gone] [data-state]").first().innerText()).toBe(
      locale === "en" ? "Sold out" : "Ausverkauft",
    );
    expect(await brokenWords(page, "[data-gone]")).toEqual([]);
  }
});
