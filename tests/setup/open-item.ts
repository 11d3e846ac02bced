/** An item whose page tests keep open while its stock changes: what it is told, shows and sends. */
import type { Page, Route } from "playwright-core";
import { beforeEach } from "vitest";
import { until, Visitor } from "#harness/shop.ts";
import { meetNextPress } from "./presses.ts";
import { newVisitor, shop } from "./visitors.ts";

export const ITEM = "night-ferry";

export const reset = (quantity: number, url = shop.url) => new Visitor(url).reset(ITEM, quantity);
export const streams = async (url = shop.url) =>
  ((await (await fetch(`${url}/api/live`)).json()) as { streams: number }).streams;
export const connection = (page: Page, state: string) => page.locator(`[data-connection="${state}"]`).waitFor();
export const shows = (page: Page, quantity: number) =>
  page.locator("[data-quantity]", { hasText: new RegExp(`^${quantity}$`) }).waitFor();
export const LOST = /ERR_(CONNECTION|INCOMPLETE|EMPTY|INTERNET|NETWORK)/;

export async function openItem(options: Parameters<typeof newVisitor>[0] = {}): Promise<Page> {
  const page = await newVisitor(options);
  await page.goto(`/items/${ITEM}`);
  await connection(page, "live");
  return page;
}

/** Keeps the page's next request to this address waiting; returns what lets it pass. */
export async function holdBack(page: Page, url: string): Promise<() => Promise<void>> {
  const held: Route[] = [];
  await page.route(url, (route) => void held.push(route), { times: 1 });
  return async () => {
    await until(() => held.length > 0);
    await held[0]?.continue();
  };
}

/** Keeps the page's next press until the function it resolves with is called. */
export async function holdPress(page: Page): Promise<() => Promise<void>> {
  const held: Route[] = [];
  await meetNextPress(page, ITEM, (route) => void held.push(route));
  return async () => {
    await until(() => held.length > 0);
    await held[0]?.continue();
  };
}

export const EIGHT_HOURS = 8 * 3_600_000;

/** The clock on the wall goes ahead in this page alone, and its timers stand still, as when a machine has slept. */
export const moveClock = (page: Page, milliseconds: number) =>
  page.evaluate((ahead) => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + ahead;
  }, milliseconds);

/** From the test before, streams of closed pages may still be ending. */
beforeEach(() => until(async () => (await streams()) === 0));
