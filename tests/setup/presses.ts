import type { Page, Route } from "playwright-core";

/**
 * Gives the page's next press of an item's button to `meet`, which lets it go on or not. A page reads itself again under the
 * same address, so only what is posted is a press.
 */
export async function meetNextPress(
  page: Page,
  itemId: string,
  meet: (route: Route) => Promise<void> | void,
): Promise<void> {
  const url = `**/items/${itemId}.data`;
  const look = async (route: Route) => {
    if (route.request().method() !== "POST") return route.continue();
    await page.unroute(url, look);
    await meet(route);
  };
  await page.route(url, look);
}
