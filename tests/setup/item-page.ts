/** What the tests of pages do to an item and find on its page. */
import type { APIResponse, Page, Route } from "playwright-core";
import { db } from "#app/db.server.ts";
import { Visitor } from "#harness/shop.ts";
import { shop } from "./visitors.ts";

export const reset = (itemId: string, quantity?: number): Promise<Response> =>
  new Visitor(shop.url).reset(itemId, quantity);

export const live = (page: Page): Promise<void> => page.locator('[data-connection="live"]').waitFor();
export const button = (page: Page) => page.locator("form[data-purchase] button:not([type])");
export const quantityOn = (page: Page): Promise<string> => page.locator("article [data-quantity]").innerText();

/** The item is held for longer than the shop lets anyone wait. */
export const sendToBusyTill = (route: Route, itemId: string): Promise<APIResponse> =>
  db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM stock WHERE item_id = ${itemId} FOR UPDATE`;
    return route.fetch();
  });
