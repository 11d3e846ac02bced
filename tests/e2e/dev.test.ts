/** The shop as those see it who work on it: under the development server, for the first time. */
import { utimes } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Shop, startShop, Visitor } from "#harness/shop.ts";
import { forgive, newVisitor } from "../setup/visitors.ts";

let dev: Shop;

beforeAll(async () => {
  // As in a new clone: nothing that an earlier start has bundled is used.
  dev = await startShop({ NODE_ENV: undefined }, ["--dev", "--force"]);
});
afterAll(() => dev.stop());

/** What an editor does to a file that is saved. */
const save = (file: string) => utimes(path.resolve(import.meta.dirname, "../../app", file), new Date(), new Date());

test("the first page works, and goes on working while files are saved", async () => {
  const page = await newVisitor();
  const told: string[] = [];
  page.on("console", (message) => told.push(message.text()));
  const isTold = (text: string) =>
    page.waitForEvent("console", { predicate: (message) => message.text().includes(text) });
  const [response] = await Promise.all([page.goto(`${dev.url}/items/moon-moth`), isTold("[vite] connected")]);
  expect(response?.status()).toBe(200);
  await page.locator('[data-connection="live"]').waitFor();

  await page.evaluate(() => Object.assign(window, { stillTheSamePage: true }));
  await Promise.all([
    isTold("[vite] hot updated: /app/components/purchase-form.tsx"),
    save("components/purchase-form.tsx"),
  ]);
  await page.locator("form[data-purchase] button:not([type])").click();
  await page.waitForURL("**/orders/*");
  expect(await page.evaluate(() => "stillTheSamePage" in window)).toBe(true);

  await page.goto(`${dev.url}/`);
  const moonMoth = page.locator('[data-item="moon-moth"]');
  await moonMoth.locator('[data-state="sold_out"]').waitFor();
  // What only the server runs is shown by the page's being loaded again.
  await Promise.all([page.waitForEvent("load"), save("shop/catalogue.server.ts")]);
  await page.locator('[data-connection="live"]').waitFor();
  await new Visitor(dev.url).reset("moon-moth", 3);
  await moonMoth.locator("[data-quantity]").getByText("3").waitFor();
  // Remix's own, now and then, when a page is left while it hydrates.
  forgive(/update on a component that hasn't mounted yet/);
  expect(told.filter((line) => /optimized dependencies changed|Invalid hook call/.test(line))).toEqual([]);
});
