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
  await page.addInitScript(letDeafen);
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

/** In the page, before its own scripts: `deafen` has the streams that are open by then tell nothing more. */
function letDeafen(): void {
  const Stream = window.EventSource;
  const [open, deaf] = [new Set<EventSource>(), new Set<EventSource>()];
  window.EventSource = class extends Stream {
    constructor(...given: ConstructorParameters<typeof EventSource>) {
      super(...given);
      open.add(this);
      // Before any of the page's own.
      for (const type of ["stock", "ping", "catalogue", "renew"])
        this.addEventListener(type, (event) => {
          if (deaf.has(this)) event.stopImmediatePropagation();
        });
    }
  };
  Object.assign(window, { deafen: () => open.forEach((stream) => deaf.add(stream)) });
}

/**
 * The clock on the wall goes ahead in this page alone, and its timers stand still, as when a machine has slept. An open stream has died
 * meanwhile: one whose next heartbeat still came would be live, and rightly so.
 */
export const moveClock = (page: Page, milliseconds: number) =>
  page.evaluate((ahead) => {
    (window as { deafen?: () => void }).deafen?.();
    const now = Date.now.bind(Date);
    Date.now = () => now() + ahead;
  }, milliseconds);

/** From the test before, streams of closed pages may still be ending. */
beforeEach(() => until(async () => (await streams()) === 0));
