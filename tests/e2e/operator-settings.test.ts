/** An operator gives the shop a logo from a phone, with and without JavaScript, and takes it away again. */
import type { BrowserContextOptions } from "playwright-core";
import sharp from "sharp";
import { beforeAll, expect, test } from "vitest";
import { type Shop, startShop } from "#harness/shop.ts";
import { DESKTOP, looksRight, PHONE, signedIn } from "../setup/operator-pages.ts";
import { PASSWORD } from "../setup/signed-in.ts";
import { forgive, newVisitor } from "../setup/visitors.ts";

const NAME = "Ada’s Prints";
let own: Shop;
beforeAll(async () => {
  own = await startShop({ OPERATOR_PASSWORD: PASSWORD, SHOP_NAME: NAME });
  return async () => void (await own.stop());
});

test.each([
  [
    "with JavaScript on a phone, in the dark, a wide one",
    { viewport: PHONE, colorScheme: "dark" as const },
    2_400,
    160,
  ],
  ["without JavaScript on a desktop, a tall one", { viewport: DESKTOP, javaScriptEnabled: false }, 100, 700],
] satisfies [string, BrowserContextOptions, number, number][])(
  "%s",
  async (_, options: BrowserContextOptions, width, height) => {
    const page = await signedIn({ baseURL: own.url, ...options });
    await page.goto("/operator/settings");
    await looksRight(page, options);
    const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}"><ellipse cx="50%" cy="50%" rx="50%" ry="50%" fill="#123"/></svg>`;
    const buffer = await sharp(Buffer.from(drawing)).png().toBuffer();
    await page
      .getByLabel("Picture of the logo")
      .setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("notes") });
    await page.getByRole("button", { name: "Upload the logo" }).click();
    await page.locator('[data-error="logo"]').waitFor();
    await looksRight(page, options);
    await page.getByLabel("Picture of the logo").setInputFiles({ name: "logo.png", mimeType: "image/png", buffer });
    await page.getByRole("button", { name: "Upload the logo" }).click();
    await page.locator('[data-message="saved"]').waitFor();
    await looksRight(page, options);

    await page.goto("/");
    const home = page.locator("header").getByRole("link", { name: NAME, exact: true });
    const logo = home.getByRole("img", { name: NAME });
    await logo.waitFor();
    const box = await logo.boundingBox();
    expect(box?.height).toBe(44);
    expect(box?.width).toBeLessThanOrEqual(240);
    if (options.javaScriptEnabled !== false) {
      // It is there, as sharp as it needs to be, and a place that is not of its proportions does not squash it.
      await expect
        .poll(() => logo.evaluate((img: HTMLImageElement) => img.complete && img.naturalWidth > 0))
        .toBe(true);
      expect(await logo.evaluate((img) => getComputedStyle(img).objectFit)).toBe("contain");
    }
    await looksRight(page, options);

    await page.goto("/operator/settings");
    await page.getByRole("button", { name: "Remove the logo" }).click();
    await page.locator('[data-message="saved"]').waitFor();
    await page.locator("header").getByText(NAME, { exact: true }).waitFor();
  },
);

test("what was typed is still there when the shop can be reached again, and overwrites nobody unseen", async () => {
  const page = await signedIn({ baseURL: own.url, viewport: DESKTOP });
  await page.goto("/operator/settings");
  await page.getByLabel("Introduction").fill("Prints that nobody makes twice.");
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("heading", { name: "We can’t reach the shop" }).waitFor();
  const other = await signedIn({ baseURL: own.url, viewport: DESKTOP });
  await other.goto("/operator/settings");
  await other.getByLabel("Headline").fill("Prints, once.");
  await other.getByRole("button", { name: "Save", exact: true }).click();
  await other.locator('[data-message="saved"]').waitFor();
  await page.context().setOffline(false);
  await expect.poll(() => page.getByLabel("Introduction").inputValue()).toBe("Prints that nobody makes twice.");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Now it is “Prints, once.”.").waitFor();
  forgive(/ERR_INTERNET_DISCONNECTED/);
});

test("a document that comes without the root’s data is this shop’s all the same, before its scripts run and after", async () => {
  const page = await newVisitor({ baseURL: own.url });
  await page.route("**/", (route) => route.continue({ method: "PUT" }));
  const answer = await page.goto("/");
  expect([answer?.status(), await page.locator("html").getAttribute("data-shop")]).toEqual([
    405,
    expect.stringContaining(NAME),
  ]);
  await expect.poll(() => page.evaluate(() => "__remixRouter" in window)).toBe(true);
  await page.unroute("**/");
  expect([await page.title(), await page.locator("header a").first().textContent()]).toEqual([
    `That isn’t possible here · ${NAME}`,
    NAME,
  ]);
  await page.getByRole("link", { name: "Back to the shop" }).click();
  await page.locator("[data-item]").first().waitFor();
  expect(await page.title()).toBe(NAME);
});
