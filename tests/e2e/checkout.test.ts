/** What is held, paid and owned by card, as people see it: with and without JavaScript, in several tabs and browsers, and whenever they come back. */
import { AxeBuilder } from "@axe-core/playwright";
import type { BrowserContextOptions, Page } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { changeItem } from "#app/shop/stocking.server.ts";
import { freePort } from "#server/port.ts";
import { startShop, until } from "#harness/shop.ts";
import { button, live, reset } from "../setup/item-page.ts";
import { asSuperuser } from "../setup/superuser.ts";
import { forgive, newTab, newVisitor } from "../setup/visitors.ts";

const ITEM = "night-ferry";
const PHONE = { width: 390, height: 664 };
const DESKTOP = { width: 1280, height: 800 };

const change = async (terms: Omit<Parameters<typeof changeItem>[1], "id">) => {
  await db.$transaction((tx) => changeItem(tx, { id: ITEM, ...terms }));
};
const bankIs = (switches: object) =>
  db.$executeRaw`UPDATE test_bank.bank SET switches = ${JSON.stringify(switches)}::jsonb`;

beforeEach(async () => {
  await bankIs({});
  await change({ payment: "card", holdSeconds: 600, limitPerBuyer: null, ships: false, maxPerOrder: 1 });
  await reset(ITEM, 5);
});

/** Presses the button, and is on the checkout. */
async function holding(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await newVisitor(options);
  await page.goto(`/items/${ITEM}`);
  await button(page).click();
  await checkout(page, "open");
  return page;
}
const checkout = (page: Page, state: "open" | "confirming" | "ended") =>
  page.locator(`[data-checkout="${state}"]`).waitFor();
const pay = (page: Page) => page.locator('button[value="pay"]').click();
const giveBack = (page: Page) => page.locator('button[value="release"]').click();
const atBank = async (page: Page, outcome: string) => page.locator(`[data-bank] button[value="${outcome}"]`).click();
const receipt = (page: Page) => page.locator("[data-receipt]").waitFor();
const idOf = (page: Page) => new URL(page.url()).pathname.split("/").at(-1) ?? "";
const orders = () => db.order.count({ where: { itemId: ITEM } });

/** Enters who pays, and is on the bank's page. */
async function toBank(page: Page): Promise<void> {
  await page.getByLabel("E-mail").fill("ann@example.org");
  await pay(page);
  await page.locator("[data-bank]").waitFor();
}

/** As if its time had gone by. */
async function letPass(id: string): Promise<void> {
  await asSuperuser("UPDATE holds SET expires_at = now() - interval '1 second' WHERE id = $1 AND ended_at IS NULL", [
    id,
  ]);
  await asSuperuser(
    "UPDATE stock SET next_expiry = (SELECT min(expires_at) FROM holds WHERE holds.item_id = stock.item_id AND ended_at IS NULL) WHERE item_id = $1 AND held > 0",
    [ITEM],
  );
}

const faultsOf = async (page: Page) =>
  (await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21aa"]).analyze()).violations.map(({ id }) => id);

describe.each([
  ["with JavaScript on a phone", { viewport: PHONE }],
  ["with JavaScript on a desktop", { viewport: DESKTOP }],
  ["without JavaScript on a phone", { viewport: PHONE, javaScriptEnabled: false }],
  ["without JavaScript on a desktop", { viewport: DESKTOP, javaScriptEnabled: false }],
])("%s", (_, options) => {
  test("press, checkout, the bank's page, and the receipt by itself", async () => {
    const sold = await orders();
    const page = await holding(options);
    await toBank(page);
    await atBank(page, "later");
    await checkout(page, "confirming");
    await receipt(page);
    await page.reload();
    await receipt(page);
    expect(await orders()).toBe(sold + 1);
    await page.goto(`/items/${ITEM}`);
    await page.locator("[data-owned]").waitFor();
  });

  test("what is given back is free again, and a fresh form is offered", async () => {
    const page = await holding(options);
    const id = idOf(page);
    await giveBack(page);
    await checkout(page, "ended");
    expect(await page.locator("h1").innerText()).toContain("Given back");
    await page.getByRole("link", { name: "Back to the item" }).click();
    await button(page).click();
    await checkout(page, "open");
    expect(idOf(page)).not.toBe(id);
  });

  test("a hold that lapses turns its open page by itself, and a fresh form is offered", async () => {
    await change({ holdSeconds: 5 });
    const page = await holding(options);
    const id = idOf(page);
    await checkout(page, "ended");
    expect(await page.locator("h1").innerText()).toContain("Your time is up");
    await change({ holdSeconds: 600 });
    await page.getByRole("link", { name: "Back to the item" }).click();
    await button(page).click();
    await checkout(page, "open");
    expect(idOf(page)).not.toBe(id);
  });

  test("what is wrong stands beside its field, and everything that was typed is still there", async () => {
    await change({ ships: true });
    const page = await holding(options);
    const typed = {
      "E-mail": "nobody",
      "Street and number": "1 Quay Street",
      Postcode: "D01 AB12",
      "State or region": "Leinster",
    };
    for (const [label, text] of Object.entries(typed)) await page.getByLabel(label).fill(text);
    await page.getByLabel("Country").selectOption("IE");
    await pay(page);
    await page.locator('[data-error="email"]').waitFor();
    expect(
      await page
        .locator("[data-error]")
        .evaluateAll((faults) => faults.map((fault) => (fault as HTMLElement).dataset.error)),
    ).toEqual(["email", "name", "address.city"]);
    for (const [label, text] of Object.entries(typed)) expect(await page.getByLabel(label).inputValue()).toBe(text);
    expect(await page.getByLabel("Country").inputValue()).toBe("IE");
    if (!("javaScriptEnabled" in options)) {
      await page.waitForFunction(() => document.activeElement?.getAttribute("name") === "email");
      expect(await faultsOf(page)).toEqual([]);
    }
    await page.getByLabel("Name").fill("Ann");
    await page.getByLabel("City").fill("Dublin");
    await toBank(page);
    // Back by the bank's own link, and everything is still there.
    await atBank(page, "leave");
    await checkout(page, "open");
    expect(await page.getByLabel("Street and number").inputValue()).toBe("1 Quay Street");
    expect(await page.getByLabel("City").inputValue()).toBe("Dublin");
  });
});

describe("another browser's page", () => {
  test.each(["given back", "over"])(
    "shows that all are held, and turns back by itself when the hold is %s",
    async (how) => {
      await reset(ITEM, 1);
      const watcher = await newVisitor();
      const shopWindow = await newVisitor();
      await watcher.goto(`/items/${ITEM}`);
      await shopWindow.goto("/");
      await Promise.all([live(watcher), live(shopWindow)]);
      const buyer = await holding();
      await watcher.locator('article [data-state="all_held"]').waitFor();
      await shopWindow.locator(`[data-item="${ITEM}"] [data-state="all_held"]`).waitFor();
      expect(await button(watcher).innerText()).toBe("All held");
      expect(await button(watcher).getAttribute("aria-disabled")).toBe("true");
      expect([await faultsOf(watcher), await faultsOf(shopWindow)]).toEqual([[], []]);
      const id = idOf(buyer);
      if (how === "over") await letPass(id);
      else await giveBack(buyer);
      await watcher.locator('article [data-state="available"]').waitFor();
      await shopWindow.locator(`[data-item="${ITEM}"] [data-quantity]`).waitFor();
      await button(watcher).click();
      await checkout(watcher, "open");
      expect(idOf(watcher)).not.toBe(id);
    },
  );
});

describe("whenever somebody comes back, the page is true", () => {
  test("reload, the back button, a second tab and a later day", async () => {
    const page = await holding();
    const here = page.url();
    await page.reload();
    await checkout(page, "open");
    await page.goBack();
    await page.locator("[data-held]").waitFor();
    expect(await button(page).count()).toBe(0);
    await page.getByRole("link", { name: "Pay now" }).click();
    await page.waitForURL(here);
    const tab = await newTab(page.context());
    await tab.goto(here);
    await toBank(page);
    await toBank(tab);
    expect(tab.url()).toBe(page.url());
    await atBank(tab, "pay");
    await receipt(tab);
    // The other tab's page is over.
    await atBank(page, "pay");
    await receipt(page);
    await page.goto(here);
    await receipt(page);
    await tab.goto(`/items/${ITEM}`);
    await tab.locator("[data-owned]").waitFor();
    expect(await db.order.count({ where: { id: idOf(page) } })).toBe(1);
  });

  test("a tab in the background turns when it is looked at again, whatever another has done", async () => {
    const page = await holding();
    const tab = await newTab(page.context());
    await tab.goto(page.url());
    await giveBack(tab);
    await checkout(tab, "ended");
    // As a browser says it of a tab that comes to the front.
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await checkout(page, "ended");
  });

  test("who comes back unpaid to the address of one who has paid can go on to pay", async () => {
    const page = await holding();
    const here = page.url();
    await page.goto(`${here}?paid=1`);
    await checkout(page, "open");
    await toBank(page);
    await page.goto(`${here}?paid=1`);
    await checkout(page, "confirming");
    await page.getByRole("link", { name: "Not paid yet?" }).click();
    await checkout(page, "open");
    await toBank(page);
  });

  test("a card that is declined can be tried again, and one that is refused at the end leaves a receipt that says so", async () => {
    await bankIs({ failCaptures: 1 });
    const page = await holding();
    await toBank(page);
    await atBank(page, "decline");
    await page.getByText("The card was declined.").waitFor();
    await atBank(page, "pay");
    await page.locator('[data-payment="failed"], [data-payment="cancelled"]').waitFor();
    expect(await page.locator("main").innerText()).toMatch(/not yours[^]*You were not charged/);
    expect(await faultsOf(page)).toEqual([]);
  });
});

test("the link in the mail opens the receipt alone: it leads nowhere, and nothing on it changes anything", async () => {
  const buyer = await holding();
  await toBank(buyer);
  await atBank(buyer, "pay");
  await receipt(buyer);
  const orderId = idOf(buyer);
  let link = "";
  await until(async () => {
    const mail = await db.mail.findFirst({ where: { orderId } });
    link = /\/orders\/[\w-]+\?link=[\w-]+/.exec(mail?.text ?? "")?.[0] ?? "";
    return link !== "";
  });
  const reader = await newVisitor();
  await reader.goto(link);
  await receipt(reader);
  // But for the picture of it, which is saved.
  expect(await reader.locator("main").locator("a:not([download]), form").count()).toBe(0);
  const picture = reader.waitForEvent("download");
  await reader.locator("[data-certificate]").click();
  expect(await (await picture).failure()).toBeNull();
  await reader.goto(`/orders/${orderId}`);
  await reader.getByRole("heading", { name: "Not found" }).waitFor();
});

test("nothing of the way is hard to reach for anybody", async () => {
  const page = await holding({ viewport: PHONE });
  const faults: Record<string, string[]> = {};
  faults.checkout = await faultsOf(page);
  const here = page.url();
  await page.goto(`/items/${ITEM}`);
  await page.locator("[data-held]").waitFor();
  faults.held = await faultsOf(page);
  await page.goto(here);
  await toBank(page);
  await page.goto(`${here}?paid=1`);
  await checkout(page, "confirming");
  faults.confirming = await faultsOf(page);
  await page.getByRole("link", { name: "Not paid yet?" }).click();
  await giveBack(page);
  await checkout(page, "ended");
  faults.ended = await faultsOf(page);
  const buyer = await holding();
  await toBank(buyer);
  await atBank(buyer, "pay");
  await buyer.locator('[data-payment="captured"]').waitFor();
  faults.receipt = await faultsOf(buyer);
  expect(faults).toEqual({ checkout: [], held: [], confirming: [], ended: [], receipt: [] });
});

test("time left is spoken at five minutes, one minute and ten seconds, also where the clock has leapt, and moves nothing", async () => {
  const page = await newVisitor();
  await page.clock.install();
  await page.goto(`/items/${ITEM}`);
  await button(page).click();
  await checkout(page, "open");
  const left = async () => {
    const [minutes = 0, seconds = 0] = (await page.locator("[data-countdown]").innerText()).split(":").map(Number);
    return minutes * 60 + seconds;
  };
  const said = page.locator("span:has(> [data-countdown]) + [role=status]");
  const place = await page.locator('button[value="pay"]').boundingBox();
  const leap = async (to: number) => {
    await page.clock.fastForward(((await left()) - to) * 1_000);
    await page.clock.runFor(300);
  };
  await leap(320);
  expect(await said.innerText()).toBe("");
  await leap(299);
  expect(await said.innerText()).toBe("5 minutes left to pay.");
  await leap(62);
  expect(await said.innerText()).toBe("5 minutes left to pay.");
  await leap(58);
  expect(await said.innerText()).toMatch(/^5[78] seconds left to pay\.$/);
  await leap(12);
  expect(await said.innerText()).toMatch(/^5[78] seconds left to pay\.$/);
  await leap(9);
  expect(await said.innerText()).toMatch(/^[89] seconds left to pay\.$/);
  expect(await page.locator('button[value="pay"]').boundingBox()).toEqual(place);
});

test.each([
  ["with", {}],
  ["without", { javaScriptEnabled: false }],
])("%s JavaScript, the form leads to a bank on another origin", async (_, options) => {
  const port = await freePort();
  // By another name than the visitor's: what the policy of the page names is another origin.
  const elsewhere = `http://localhost:${port}`;
  const other = await startShop({ PORT: String(port), SHOP_URL: elsewhere });
  try {
    const page = await holding({ ...options, baseURL: other.url });
    const here = page.url();
    // The shop leads to a bank of its own by a path. As a provider's page is led to:
    await page.route("**/orders/*", async (route) => {
      if (route.request().method() !== "POST") return route.continue();
      const response = await route.fetch({ maxRedirects: 0 });
      const { location, ...headers } = response.headers();
      await route.fulfill({
        status: response.status(),
        headers: location === undefined ? headers : { ...headers, location: `${elsewhere}${location}` },
        body: (await response.text()).replace('"/test-bank/', `"${elsewhere}/test-bank/`),
      });
    });
    await toBank(page);
    expect(new URL(page.url()).origin).toBe(elsewhere);
    await atBank(page, "pay");
    await page.waitForURL(`${elsewhere}/orders/*`);
    await page.goto(here);
    await receipt(page);
    // It would go on asking a shop that is no more.
    await page.close();
  } finally {
    await other.stop();
  }
});

test("what was typed is still there when the shop can be reached again, whether it was sent or not", async () => {
  await change({ ships: true });
  const page = await holding();
  const typed = { "E-mail": "ann@example.org", Name: "Ann", Country: "CZ" };
  await page.locator("[data-countdown]").waitFor();
  await page.getByLabel("E-mail").fill(typed["E-mail"]);
  await page.getByLabel("Name").fill(typed.Name);
  await page.getByLabel("Country").selectOption(typed.Country);
  const isThere = async () => {
    await checkout(page, "open");
    for (const [label, text] of Object.entries(typed))
      await until(async () => (await page.getByLabel(label).inputValue()) === text);
  };
  // What a page looks for when it is looked at again, and what it sends.
  const asks = [
    () => page.evaluate(() => document.dispatchEvent(new Event("visibilitychange"))),
    () => page.getByLabel("E-mail").press("Enter"),
  ];
  for (const ask of asks) {
    await page.context().setOffline(true);
    await ask();
    await page.getByRole("heading", { name: "We can’t reach the shop" }).waitFor();
    await page.context().setOffline(false);
    await isThere();
  }
  forgive(/ERR_INTERNET_DISCONNECTED/);
});
