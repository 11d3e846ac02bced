/** A receipt's button passes the item on by what the visitor's device has, and says so. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { newVisitor, shop } from "../setup/visitors.ts";

/** A receipt in a browser that has these. What is done with them is in `window.done`. */
async function receipt(device: { share?: string; clipboard?: string }): Promise<Page> {
  await db.$executeRaw`UPDATE items SET payment = 'none' WHERE id = 'tin-comet'`;
  const page = await newVisitor();
  await page.addInitScript((has) => {
    const done: string[] = [];
    const doing = (what: string, failure: string | undefined) => (given: unknown) => {
      done.push(`${what} ${typeof given === "string" ? given : ((given as ShareData).url ?? "")}`);
      return failure ? Promise.reject(new DOMException("", failure)) : Promise.resolve();
    };
    const set = (name: string, value: unknown) => Object.defineProperty(navigator, name, { value, configurable: true });
    set("share", has.share === undefined ? undefined : doing("share", has.share));
    set("clipboard", has.clipboard === undefined ? undefined : { writeText: doing("copy", has.clipboard) });
    window.prompt = (_, url) => (done.push(`prompt ${url ?? ""}`), null);
    Object.assign(window, { done });
  }, device);
  await page.goto("/items/tin-comet");
  await page.getByRole("button", { name: "Buy", exact: true }).click();
  await page.waitForURL(/\/orders\//);
  await page.locator("[data-share]").click();
  return page;
}
const done = (page: Page) => page.evaluate(() => (window as unknown as { done: string[] }).done);
const NO = "NotAllowedError";

test.each([
  [{ share: "" }, ["share"], false],
  [{ share: "AbortError", clipboard: "" }, ["share"], false],
  [{ share: NO, clipboard: "" }, ["share", "copy"], true],
  [{ clipboard: "" }, ["copy"], true],
  [{ share: NO, clipboard: NO }, ["share", "copy", "prompt"], false],
  [{}, ["prompt"], false],
])("with %o: %o", async (device, ways, copied) => {
  const page = await receipt(device);
  if (copied) await page.getByRole("button", { name: "Link copied" }).waitFor();
  const url = `${shop.url}/items/tin-comet`;
  await expect.poll(() => done(page)).toEqual(ways.map((way) => `${way} ${url}`));
  expect(await page.locator("[data-share]").innerText()).toBe(copied ? "Link copied" : "Share");
});
