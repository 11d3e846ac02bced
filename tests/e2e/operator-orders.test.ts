/** What an operator does with orders, mails, settings and pictures on a phone, with and without JavaScript. */
import { randomUUID } from "node:crypto";
import type { BrowserContextOptions } from "playwright-core";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { until } from "#harness/shop.ts";
import { ADDRESS, ITEM, onSale, paid } from "../setup/checkout.ts";
import { describedBy, DESKTOP, looksRight, PHONE, signedIn } from "../setup/operator-pages.ts";
import { newVisitor, shop } from "../setup/visitors.ts";

const LONG = "Donaudampfschifffahrtsgesellschaftskapitaensmuetze";

beforeAll(() => onSale(30, { ships: true }));

/** Sold, paid for, and to be sent. */
async function order(buyer: object = {}, quantity = 1): Promise<string> {
  const { hold } = await paid(shop, quantity, { name: "Bob", address: ADDRESS, ...buyer });
  return hold.id;
}

describe.each([
  ["with JavaScript", { viewport: PHONE }],
  ["without JavaScript in the dark", { viewport: PHONE, javaScriptEnabled: false, colorScheme: "dark" }],
] satisfies [string, BrowserContextOptions][])("%s", (_, options: BrowserContextOptions) => {
  test("a wrong password is told beside its field", async () => {
    const page = await newVisitor(options);
    await page.goto("/operator/orders");
    await page.getByLabel("Password").fill("wrong");
    await page.locator("form[data-sign-in] button").click();
    await page.locator('[data-message="wrong"]').waitFor();
    expect(await page.getByLabel("Password").getAttribute("aria-invalid")).toBe("true");
  });

  test("an order is found by its buyer's address, and a refund asks for money and goods apart, with nothing chosen before", async () => {
    const email = `${randomUUID()}@example.org`;
    const id = await order({ email }, 2);
    const page = await signedIn(options, "/operator/orders");
    await page.getByRole("searchbox").fill(email.slice(0, 20));
    await page.keyboard.press("Enter");
    await until(async () => (await page.locator("[data-order]").count()) === 1);
    await page.locator("[data-order] a").click();
    const refund = page.locator('[data-step="refund"]');
    await refund.waitFor();
    expect(await refund.getByLabel("Money that goes back").inputValue()).toBe("");
    expect(await refund.locator("input:checked").count()).toBe(0);

    await refund.getByLabel("Money that goes back").fill("1,50");
    await refund.getByRole("button").click();
    await page.locator('[data-error="goods"]').waitFor();
    expect(await refund.getByLabel("Money that goes back").inputValue()).toBe("1,50");
    expect(await describedBy(page, '[data-step="refund"] fieldset')).toContain("Say what becomes of the goods.");
    await page.locator('[name="goods"]:focus').first().waitFor();
    await looksRight(page, options);
    expect(await db.refund.count({ where: { orderId: id } })).toBe(0);

    await refund.getByLabel("The buyer keeps them").check();
    await refund.getByRole("button").click();
    await page.locator('[data-message="asked"]').waitFor();
    await page.locator("[data-refunds] li", { hasText: "€1.50" }).waitFor();
    // Its fields are empty again, and another one has to be said to be another.
    expect(await refund.getByLabel("Money that goes back").inputValue()).toBe("");
    expect(await refund.locator("input:checked").count()).toBe(0);
    await refund.getByLabel("Money that goes back").fill("1,50");
    await refund.getByLabel("The buyer keeps them").check();
    await refund.getByRole("button").click();
    await refund.locator('[data-message="refused"]', { hasText: "Tick the box" }).waitFor();
    expect(await db.refund.count({ where: { orderId: id } })).toBe(1);
  });

  test("an order is sent with a link, after one that is none was told, and its buyer is written to", async () => {
    const id = await order();
    const page = await signedIn(options, `/operator/orders/${id}`);
    const send = page.locator('[data-step="send"]');
    await send.getByLabel(/Link/).fill("http://example.org/1");
    await send.getByRole("button").click();
    await page.locator('[data-error="tracking"]').waitFor();
    expect(await send.getByLabel(/Link/).getAttribute("aria-invalid")).toBe("true");
    expect(await describedBy(page, "#tracking")).toContain("https://");
    await page.locator("#tracking:focus").waitFor();
    await send.getByLabel(/Link/).fill("https://example.org/parcels/1");
    await send.getByRole("button", { name: "Mark as sent" }).click();
    await page.locator('[data-message="sent"]').waitFor();
    await send.getByRole("button", { name: "Keep the link" }).waitFor();
    expect(await page.locator('[data-step="cancel"]').count()).toBe(0);
    await until(async () => (await db.mail.count({ where: { orderId: id, kind: "sent" } })) === 1);
    await looksRight(page, options);
  });

  test("an order is cancelled in two steps", async () => {
    const id = await order();
    const page = await signedIn(options, `/operator/orders/${id}`);
    await page.getByText("Cancel this order").click();
    await page.getByRole("button", { name: "Yes, cancel it" }).click();
    await page.locator('[data-message="asked"]').waitFor();
    expect(await db.refund.count({ where: { orderId: id, goods: "back" } })).toBe(1);
  });

  test("a note is kept, and not put in the place of another's that was not seen", async () => {
    const id = await order();
    const page = await signedIn(options, `/operator/orders/${id}`);
    const note = page.locator('[data-step="note"]');
    await note.getByLabel("Note").fill("Ring twice.");
    await note.getByRole("button").click();
    await page.locator('[data-message="noted"]').waitFor();
    expect(await note.getByLabel("Note").inputValue()).toBe("Ring twice.");

    await db.$executeRaw`UPDATE order_remarks SET note = 'Theirs' WHERE order_id = ${id}::uuid`;
    await note.getByLabel("Note").fill("Mine");
    await note.getByRole("button").click();
    await note.locator('[data-message="refused"]', { hasText: "Theirs" }).waitFor();
    expect(await note.getByLabel("Note").inputValue()).toBe("Mine");
    await note.getByRole("button").click();
    await page.locator('[data-message="noted"]').waitFor();
    expect(await note.getByLabel("Note").inputValue()).toBe("Mine");
  });

  test("what is stuck is said with its reason and tried again, and a mail is read", async () => {
    const [id, mail] = [await order(), randomUUID()];
    await db.$executeRaw`
      INSERT INTO mails (id, kind, order_id, recipient, subject, text, html, message_id, created_at)
      VALUES (${mail}::uuid, 'hold_ended', ${id}::uuid, 'ann@example.org', ${`About ${mail}`}, 'https://example.org/', '<p>', ${`<${mail}@shop>`}, now())`;
    // The only thing in its lane, which a worker does when it is told to.
    await db.$executeRaw`
      INSERT INTO tasks (kind, subject, part, lane, due_at, try_at, attempts, stuck, last_error)
      VALUES ('expire', ${id}::uuid, 'x', ${mail}, now(), '2999-01-31', 20, true, ${`${LONG} ${mail}`})`;
    const page = await signedIn(options, "/operator/outbox");
    const stuck = page.locator('[data-state="stuck"]', { hasText: mail });
    expect(await stuck.locator("[data-why]").innerText()).toBe(`${LONG} ${mail}`);
    await stuck.getByRole("button").click();
    await page.locator('[data-message="retried"]').waitFor();
    await page.getByRole("link", { name: `About ${mail}` }).click();
    expect(await page.locator("[data-text]").innerText()).toContain("https://example.org/");
  });

  test("a colour of too little contrast is taken, and pages show one that can be read; what is none is told", async () => {
    const page = await signedIn(options, "/operator/settings");
    await page.getByLabel("Accent colour").fill("tomato");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator('[data-error="accent"]').waitFor();
    expect(await page.getByLabel("Accent colour").getAttribute("aria-invalid")).toBe("true");
    expect(await page.getByLabel("Accent colour").inputValue()).toBe("tomato");
    await looksRight(page, options);
    await page.getByLabel("Accent colour").fill("#ffe600");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator('[data-message="saved"]').waitFor();
    await page.locator('[data-adjusted="light"]').waitFor();
    await looksRight(page, options);
    await page.getByLabel("Accent colour").fill("");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("[data-adjusted]").waitFor({ state: "detached" });
  });

  test("a picture is chosen, described and uploaded, and a text is told to be missing", async () => {
    const page = await signedIn(options, `/operator/items/${ITEM}/pictures`);
    const form = page.locator("[data-upload]");
    const pictures = page.locator("[data-picture]");
    const before = await pictures.count();
    const buffer = await sharp({ create: { width: 320, height: 200, channels: 3, background: "#c63" } })
      .jpeg()
      .toBuffer();
    const photo = { name: "photo.jpg", mimeType: "image/jpeg", buffer };
    await form.getByLabel("Picture").setInputFiles(photo);
    await form.getByRole("button", { name: "Upload" }).click();
    await page.locator('[data-error="alt"]').waitFor();
    await looksRight(page, options);
    await form.getByLabel("Picture").setInputFiles(photo);
    await form.getByLabel("What it shows").fill("A brown field.");
    await form.getByRole("button", { name: "Upload" }).click();
    await page.locator('[data-message="saved"]').waitFor();
    expect(await pictures.count()).toBe(before + 1);
    await pictures
      .last()
      .getByRole("button", { name: /^Remove/ })
      .click();
    await page.locator(`[data-picture]:nth-child(${before + 1})`).waitFor({ state: "detached" });
  });
});

test("operators are told moments in the shop's zone, with its name, whatever zone they are in", async () => {
  const id = await order();
  const page = await signedIn({ viewport: PHONE, timezoneId: "Asia/Tokyo" }, "/operator/settings");
  const setZone = async (zone: string) => {
    await page.getByLabel("Time zone").fill(zone);
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator('[data-message="saved"]').waitFor();
    await until(async () => (await page.locator("[data-session]").first().innerText()).includes(zone));
  };
  await setZone("America/New_York");
  await db.$executeRaw`INSERT INTO order_remarks (order_id, sent_at) VALUES (${id}::uuid, '2026-07-01T03:30:00Z')`;
  await page.goto(`/operator/orders/${id}`);
  await page.getByText("Sent 30 June 2026 at 23:30 America/New_York.").waitFor();
  for (const path of ["orders", "outbox", "acts"]) {
    await page.goto(`/operator/${path}`);
    await page.locator("time").first().waitFor();
    const told = await page.locator("time").allInnerTexts();
    expect([path, told.filter((time) => !/ at \d\d:\d\d America\/New_York$/.test(time))]).toEqual([path, []]);
    await looksRight(page);
  }
  await page.goto("/operator/settings");
  await setZone("UTC");
});

test("what is typed in one form of an order's page stays, whatever becomes of another", async () => {
  const id = await order();
  const page = await signedIn({ viewport: DESKTOP }, `/operator/orders/${id}`);
  const note = page.getByLabel("Note");
  const amount = page.getByLabel("Money that goes back");
  await note.fill("Typed before.");
  await amount.fill("1.00");
  await page.getByLabel("The buyer keeps them").check();
  await page.getByLabel(/Link/).fill("nowhere");
  await page.getByRole("button", { name: "Mark as sent" }).click();
  await page.locator('[data-error="tracking"]').waitFor();
  expect([await note.inputValue(), await amount.inputValue()]).toEqual(["Typed before.", "1.00"]);
  await page.getByLabel(/Link/).fill("https://example.org/1");
  await page.getByRole("button", { name: "Mark as sent" }).click();
  await page.locator('[data-message="sent"]').waitFor();
  expect([await note.inputValue(), await amount.inputValue()]).toEqual(["Typed before.", "1.00"]);
  expect(await page.getByLabel("The buyer keeps them").isChecked()).toBe(true);
  await page.getByRole("button", { name: "Keep the note" }).click();
  await page.locator('[data-message="noted"]').waitFor();
  expect([await note.inputValue(), await amount.inputValue()]).toEqual(["Typed before.", "1.00"]);
  await page.getByRole("button", { name: "Refund", exact: true }).click();
  await page.locator('[data-message="asked"]').waitFor();
  expect([await note.inputValue(), await amount.inputValue()]).toEqual(["Typed before.", ""]);
});
