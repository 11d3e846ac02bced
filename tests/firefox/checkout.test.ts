/** From the press to the receipt by card, in Firefox. */
import { expect, test } from "vitest";
import { Visitor } from "#harness/shop.ts";
import { forgive, newFirefox, openTab, shop } from "../setup/firefox.ts";
import { items } from "../setup/items.ts";

const ITEM = "night-ferry";

test("press, checkout, errors, the bank's page, and the receipt by itself", async () => {
  await new Visitor(shop.url).reset(ITEM, 5);
  const content = { id: ITEM, payment: "card", holdSeconds: 600, ships: true };
  expect(await items(["change", "-"], {}, JSON.stringify(content))).toMatchObject({ code: 0 });
  const page = await openTab(await newFirefox(), `/items/${ITEM}`);
  await page.waitForSelector('[data-connection="live"]');
  await page.click("form[data-purchase] button:not([type])");
  await page.waitForSelector('[data-checkout="open"]');
  await page.type('[name="email"]', "ann@example.org");
  await page.click('button[value="pay"]');
  await page.waitForSelector('[data-error="name"]');
  expect(await page.evaluate(() => document.activeElement?.getAttribute("name"))).toBe("name");
  await page.type('[name="name"]', "Ann");
  await page.type('[name="address.line1"]', "1 Quay Street");
  await page.type('[name="address.city"]', "Dublin");
  await page.select('[name="address.country"]', "IE");
  await page.click('button[value="pay"]');
  await page.waitForSelector('[data-bank] button[value="later"]');
  await page.click('[data-bank] button[value="later"]');
  await page.waitForSelector('[data-checkout="confirming"]');
  await page.waitForSelector("[data-receipt]");
  // Firefox broke "No." before its dot, where words may break anywhere.
  const lines = await page.$eval("[data-number-label]", (label) => {
    const text = document.createRange();
    text.selectNodeContents(label);
    return text.getClientRects().length;
  });
  expect(lines).toBe(1);
  // What was being read when the page was left, and the picture of a tab, which the bank's page does not have.
  forgive(/Error in input stream|favicon\.ico/);
});
