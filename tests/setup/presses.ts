import type { Page, Route } from "playwright-core";

/**
 * Gives the page's next press of an item's button to `meet`, which lets it go on or not. A page reads itself again under the
 * same address, so only what is posted is a press. The route stays: taken away, it would let go of the press that is held.
 */
export async function meetNextPress(
  page: Page,
  itemId: string,
  meet: (route: Route) => Promise<void> | void,
): Promise<void> {
  let met = false;
  await page.route(`**/items/${itemId}.data`, async (route) => {
    if (met || route.request().method() !== "POST") return route.fallback();
    met = true;
    await meet(route);
  });
}
