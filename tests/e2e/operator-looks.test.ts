/** All of the operator's pages, in light and dark, on a phone and on a desk: readable for everybody, never wider than the screen, and whole by keyboard. */
import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { ADDRESS, ITEM, onSale, paid } from "../setup/checkout.ts";
import { DESKTOP, looksRight, missedByKeyboard, openAll, PHONE, signedIn } from "../setup/operator-pages.ts";
import { newVisitor, shop } from "../setup/visitors.ts";

const LONG = "Donaudampfschifffahrtsgesellschaftskapitaensmuetze";
const MAIL = randomUUID();
let order: string;

/** As an operator finds it: a buyer with a long name, a mail, and a task that is stuck. */
beforeAll(async () => {
  await onSale(30, { ships: true });
  const buyer = { name: LONG, email: `${LONG}@${LONG}.example.org`, address: { ...ADDRESS, line1: LONG } };
  order = (await paid(shop, 2, buyer)).hold.id;
  await db.$executeRaw`
    INSERT INTO mails (id, kind, order_id, recipient, subject, text, html, message_id, created_at)
    VALUES (${MAIL}::uuid, 'hold_ended', ${order}::uuid, ${`${LONG}@example.org`}, ${`Yours: ${LONG}`}, ${`https://example.org/${LONG}${LONG} `.repeat(9)}, '<p>', '<1@shop>', now())`;
  await db.$executeRaw`
    INSERT INTO tasks (kind, subject, part, lane, due_at, try_at, attempts, stuck, last_error)
    VALUES ('expire', ${order}::uuid, 'x', 'nobody does it', now(), '2999-01-31', 20, true, ${`the provider refused it: ${LONG}${LONG}`})`;
});

const everyPage = () => [
  "/operator/items",
  "/operator/items/new",
  `/operator/items/${ITEM}`,
  `/operator/items/${ITEM}/pictures`,
  "/operator/orders",
  "/operator/orders?q=nobody",
  `/operator/orders/${order}`,
  "/operator/outbox",
  `/operator/outbox/mails/${MAIL}`,
  "/operator/settings",
  "/operator/acts",
];

describe.each(["light", "dark"] as const)("in the %s", (colorScheme) => {
  test.each([
    ["a phone", PHONE],
    ["a desk", DESKTOP],
  ])("on %s no page breaks a rule of accessibility or scrolls sideways", async (_, viewport) => {
    const stranger = await newVisitor({ viewport, colorScheme, reducedMotion: "reduce" });
    await stranger.goto("/operator/orders");
    await looksRight(stranger);
    await stranger.getByLabel("Password").fill("wrong");
    await stranger.locator("form[data-sign-in] button").click();
    await stranger.locator('[data-message="wrong"]').waitFor();
    await looksRight(stranger);
    const page = await signedIn({ viewport, colorScheme, reducedMotion: "reduce" });
    for (const path of everyPage()) {
      await page.goto(path);
      await openAll(page);
      await looksRight(page);
    }
  });
});

test("every control of every page is reached by keyboard, and shows that it is", async () => {
  const stranger = await newVisitor({ viewport: PHONE });
  await stranger.goto("/operator/orders");
  expect(await missedByKeyboard(stranger)).toEqual([]);
  const page = await signedIn({ viewport: PHONE });
  for (const path of everyPage()) {
    await page.goto(path);
    await openAll(page);
    expect([path, ...(await missedByKeyboard(page))]).toEqual([path]);
  }
});
