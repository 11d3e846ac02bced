/** A drop by one person with a phone: from a photo to a parcel that is on its way and a part of the money given back. */
import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { expect, test } from "vitest";
import { until } from "#harness/shop.ts";
import { ADDRESS, books } from "../setup/checkout.ts";
import { looksRight, PHONE, signedIn } from "../setup/operator-pages.ts";
import { newVisitor, shop } from "../setup/visitors.ts";

const FOLDER = "test-results/drop";
const NAME = "Harbour Light";
const TRACKING = "https://parcels.example.org/track/1Z-42";

/** As a phone keeps one that was held upright: lying, with a note that it is to be turned. */
const photo = async () => ({
  name: "IMG_0042.JPG",
  mimeType: "image/jpeg",
  buffer: await sharp({ create: { width: 1_600, height: 1_200, channels: 3, background: "#27597a" } })
    .composite([
      { input: { create: { width: 500, height: 1_200, channels: 3, background: "#e9c46a" } }, left: 0, top: 0 },
    ])
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer(),
});

test("an item goes from a photo to a shipped order and a refund, on a phone alone", async () => {
  await mkdir(FOLDER, { recursive: true });
  let steps = 0;
  /** What whoever does it sees at this step. */
  const seen = async (page: Page, title: string) => {
    steps += 1;
    await page.screenshot({ path: `${FOLDER}/${String(steps).padStart(2, "0")}-${title}.png` });
  };
  const email = `${randomUUID()}@example.org`;
  const operator = await signedIn({ viewport: PHONE, hasTouch: true });
  const nav = operator.getByRole("navigation", { name: "Operator" });
  await seen(operator, "items");

  await operator.getByRole("link", { name: "New item" }).tap();
  await operator.getByLabel("Name", { exact: true }).fill(NAME);
  await operator.getByLabel("Tagline").fill("Screen print, three made");
  await operator.getByLabel("Story").fill("Printed **by hand** in one evening.");
  await operator.getByLabel("Picture", { exact: true }).setInputFiles(await photo());
  await operator.getByLabel("What the picture shows").fill("A yellow light over a dark harbour.");
  await seen(operator, "photo");
  await operator.getByLabel("Price", { exact: true }).fill("24");
  await operator.getByLabel("Quantity").fill("3");
  await operator.getByLabel("Opens at").fill("2099-01-31T18:00");
  await operator.getByLabel("Payment").selectOption("card");
  await operator.getByLabel(/It is sent/).check();
  await seen(operator, "terms");
  await operator.getByRole("button", { name: "Put it on sale" }).tap();
  await operator.locator('[data-message="saved"]').waitFor();
  await operator.locator("article, form[data-item]").first().waitFor();
  await seen(operator, "put-up");

  const buyer = await newVisitor({ viewport: PHONE, hasTouch: true });
  await buyer.goto("/");
  await buyer.getByRole("link", { name: NAME }).tap();
  await buyer.locator('article [data-state="not_open"]').waitFor();
  const picture = buyer.locator("article img").first();
  await until(() => picture.evaluate((img: HTMLImageElement) => img.complete && img.naturalWidth > 0));
  expect(await picture.evaluate((img: HTMLImageElement) => img.naturalHeight > img.naturalWidth)).toBe(true);
  await buyer.locator("strong", { hasText: "by hand" }).waitFor();
  await buyer.locator('[data-connection="live"]').waitFor();
  await seen(buyer, "buyer-waits");

  await operator.getByLabel("Opens at").fill("");
  await operator.getByRole("button", { name: "Save" }).tap();
  await operator.locator('[data-in-words="opensAt"]', { hasText: /open at once/i }).waitFor();
  await buyer.locator('article [data-state="available"]').waitFor();
  await seen(buyer, "buyer-sees-it-open");

  await buyer.locator("form[data-purchase] button:not([type])").tap();
  await buyer.getByLabel("E-mail").fill(email);
  await buyer.getByLabel("Name").fill("Ada Byron");
  await buyer.getByLabel("Street and number").fill(ADDRESS.line1);
  await buyer.getByLabel("Postcode").fill(ADDRESS.postcode);
  await buyer.getByLabel("City").fill(ADDRESS.city);
  await buyer.getByLabel("Country").selectOption(ADDRESS.country);
  await seen(buyer, "buyer-pays");
  await buyer.locator('form[data-pay] button[value="pay"]').tap();
  await buyer.locator('form[data-bank] button[value="pay"]').tap();
  await buyer.locator("[data-receipt]").waitFor();
  await seen(buyer, "buyer-has-it");

  await nav.getByRole("link", { name: "Orders" }).tap();
  await operator.getByRole("searchbox").fill(email);
  await operator.getByRole("button", { name: "Find" }).tap();
  await operator.waitForURL(/q=/);
  await operator.locator("[data-order]", { hasText: "to send" }).waitFor();
  await seen(operator, "order-found");
  await operator.getByRole("link", { name: NAME }).tap();
  const send = operator.locator('[data-step="send"]');
  await send.getByLabel(/Link/).fill(TRACKING);
  await seen(operator, "to-send");
  await send.getByRole("button", { name: "Mark as sent" }).tap();
  await operator.locator('[data-message="sent"]').waitFor();
  await seen(operator, "sent");
  const orderPage = new URL(operator.url()).pathname;

  // The shop writes to the buyer on its own, a moment later.
  const mail = operator.getByRole("link", { name: `On its way: ${NAME}` });
  await until(async () => {
    await nav.getByRole("link", { name: "Outbox" }).tap();
    await operator.getByRole("heading", { name: "Latest mails" }).waitFor();
    if ((await mail.count()) > 0) return true;
    await operator.goto("/operator/outbox");
    return (await mail.count()) > 0;
  });
  await seen(operator, "outbox");
  await mail.tap();
  await operator.locator("[data-text]", { hasText: TRACKING }).waitFor();
  await operator.getByText(email).waitFor();
  await seen(operator, "mail");
  await looksRight(operator);

  await operator.locator(`a[href="${orderPage}"]`).tap();
  const refund = operator.locator('[data-step="refund"]');
  await refund.getByLabel("Money that goes back").fill("5");
  await refund.getByLabel("The buyer keeps them").check();
  await seen(operator, "refund");
  await refund.getByRole("button", { name: "Refund" }).tap();
  await operator.locator('[data-message="asked"]').waitFor();
  await operator.locator("[data-refunds] li", { hasText: "€5.00" }).waitFor();
  await seen(operator, "refunded");
  const id = orderPage.split("/").at(-1) ?? "";
  await until(async () => (await books(shop, id)).some(({ refunded }) => refunded === 500));
  expect(await books(shop, id)).toMatchObject([{ captured: 2_400, refunded: 500 }]);
});
