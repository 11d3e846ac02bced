/** The shop as people use it: a real browser, with and without JavaScript, alone and two at a time. */
import { randomUUID } from "node:crypto";
import type { APIResponse, Page, Route } from "playwright-core";
import { describe, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { until, Visitor } from "#harness/shop.ts";
import { button, live, quantityOn, reset, sendToBusyTill } from "../setup/item-page.ts";
import { forgive, newTab, newVisitor, shop } from "../setup/visitors.ts";

/** As `until` counts them: five. */
const A_FEW_ROUNDS = 80;
const focusOnHeading = (page: Page) => page.waitForFunction(() => document.activeElement?.tagName === "H1");

describe("with JavaScript", () => {
  test("a purchase leads to the receipt without a full reload, and another page shows it at once", async () => {
    await reset("moon-moth");
    const [buyer, watcher] = [await newVisitor({ viewport: { width: 390, height: 600 } }), await newVisitor()];
    await Promise.all([buyer.goto("/items/moon-moth"), watcher.goto("/items/moon-moth")]);
    await Promise.all([live(buyer), live(watcher)]);
    await buyer.evaluate(() => Object.assign(window, { stillTheSamePage: true }));
    await button(buyer).click();
    await buyer.waitForURL("**/orders/*");
    expect(await buyer.evaluate(() => "stillTheSamePage" in window)).toBe(true);
    expect(await buyer.locator("[data-number]").innerText()).toBe("1");
    await watcher.locator('article [data-state="sold_out"]').waitFor();
    expect(await quantityOn(watcher)).toBe("0");
    expect(await button(watcher).isDisabled()).toBe(true);
    await focusOnHeading(buyer);
    expect(await buyer.evaluate(() => window.scrollY)).toBe(0);
    await buyer.reload();
    await buyer.waitForLoadState("networkidle");
    expect(await buyer.evaluate(() => document.activeElement?.tagName)).toBe("BODY");
  });

  test("the loser of the race is told so, and the focus goes to the message", async () => {
    await reset("moon-moth");
    const page = await newVisitor();
    // Without the stream the page does not know yet that somebody else was quicker.
    await page.route("**/live?*", (route) => route.abort());
    await page.goto("/items/moon-moth");
    await new Visitor(shop.url).buyByJson("moon-moth", randomUUID());
    await button(page).click();
    const message = page.locator('[data-message="sold_out"]');
    await message.waitFor();
    expect(await message.getAttribute("role")).toBe("alert");
    await page.waitForFunction(() => document.activeElement?.hasAttribute("data-message"));
    await page.locator('article [data-state="sold_out"]').waitFor();
    forgive(/ERR_FAILED/);
  });

  test("every page that comes without a full load has the focus on its heading, a failure included", async () => {
    const page = await newVisitor();
    await page.goto("/");
    await live(page);
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("BODY");
    await page.getByRole("link", { name: "Tin Comet" }).click();
    await page.locator("article h1").waitFor();
    await focusOnHeading(page);
    await page.goBack();
    await page.getByRole("heading", { name: "A few of each" }).waitFor();
    await focusOnHeading(page);
    await page.route("**/items/tin-comet.data", (route) => route.abort());
    await page.getByRole("link", { name: "Tin Comet" }).click();
    await page.getByRole("heading", { name: "We can’t reach the shop" }).waitFor();
    await focusOnHeading(page);
    forgive(/ERR_FAILED/);
  });

  test("what a refusal says goes with the stock", async () => {
    await reset("clay-whistle", 9);
    const page = await newVisitor();
    await page.goto("/items/clay-whistle");
    await live(page);
    await page.getByLabel("Quantity").fill("3");
    // The page hears of the last sale only after it has asked.
    await page.route(
      "**/items/clay-whistle.data",
      async (route) => {
        await reset("clay-whistle", 2);
        await route.continue();
      },
      { times: 1 },
    );
    await button(page).click();
    const message = page.locator('[data-message="not_enough"]');
    await message.getByText("There aren’t that many left").waitFor();
    await reset("clay-whistle", 0);
    await message.getByText("Someone else got there first").waitFor();
    await reset("clay-whistle", 8);
    await message.getByText("There are more now").waitFor();
  });

  test("a double click, the back button, a reload and a second tab buy once", async () => {
    await reset("tin-comet");
    const page = await newVisitor();
    await page.goto("/");
    const secondTab = await newTab(page.context());
    await Promise.all([page.goto("/items/tin-comet"), secondTab.goto("/items/tin-comet")]);
    await button(page).dblclick();
    await page.waitForURL("**/orders/*");
    const receipt = page.url();
    await button(secondTab).click();
    await secondTab.waitForURL(receipt);
    await page.goBack();
    await page.locator("[data-owned]").waitFor();
    await page.reload();
    await page.locator("[data-owned]").waitFor();
    expect(await db.order.count({ where: { itemId: "tin-comet" } })).toBe(1);
  });

  describe("while another tab of the same buyer buys", () => {
    /** Calls `meanwhile` between the answer to this page's purchase and its arrival. */
    async function openTwice(
      ask: (route: Route) => Promise<APIResponse>,
      meanwhile: (otherTab: Visitor) => Promise<Response>,
    ) {
      const page = await newVisitor();
      // Without the stream the page knows only what it was told.
      await page.route("**/live?*", (route) => route.abort());
      await page.goto("/items/tin-comet");
      const otherTab = new Visitor(shop.url);
      otherTab.cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
      await page.route("**/items/tin-comet.data", async (route) => {
        if (route.request().method() !== "POST") return route.continue();
        const response = await ask(route);
        expect((await meanwhile(otherTab)).status).toBe(303);
        await page.unroute("**/items/tin-comet.data");
        await route.fulfill({ response });
      });
      await button(page).click();
      return page;
    }

    test("who was told busy gets the receipt of the one order by pressing again", async () => {
      await reset("tin-comet");
      const page = await openTwice(
        (route) => sendToBusyTill(route, "tin-comet"),
        async (otherTab) => otherTab.pressBuy("tin-comet", { key: await otherTab.openItem("tin-comet") }),
      );
      await page.locator('[data-message="busy"]').waitFor();
      await button(page).click();
      await page.waitForURL("**/orders/*");
      const { run } = await db.stock.findUniqueOrThrow({ where: { itemId: "tin-comet" } });
      expect(await db.order.count({ where: { itemId: "tin-comet", run } })).toBe(1);
      forgive(/ERR_FAILED/);
    });

    test("who was refused is shown the order alone", async () => {
      await reset("tin-comet");
      const page = await openTwice(
        async (route) => {
          await reset("tin-comet", 0);
          return route.fetch();
        },
        async (otherTab) => {
          await reset("tin-comet");
          return otherTab.pressBuy("tin-comet", { key: await otherTab.openItem("tin-comet") });
        },
      );
      await page.locator("[data-owned]").waitFor();
      expect(await page.locator("[data-message]").count()).toBe(0);
      await page.waitForFunction(() => document.activeElement?.matches("[data-owned][role=status]"));
      forgive(/ERR_FAILED/);
    });
  });

  test("another one can always be bought, also after a reset under the page for it, and only by asking for it", async () => {
    await reset("tin-comet");
    const page = await newVisitor();
    const buy = async () => {
      await button(page).click();
      await page.waitForURL("**/orders/*");
      await page.goBack();
      await page.locator("[data-owned]").waitFor();
      await page.reload();
      await page.locator("[data-owned]").waitFor();
      expect(await button(page).count()).toBe(0);
    };
    await page.goto("/items/tin-comet");
    await buy();
    await page.getByRole("link", { name: "Buy another" }).click();
    await button(page).waitFor();
    await live(page);
    await reset("tin-comet");
    await page.locator("article [data-quantity]", { hasText: "10" }).waitFor();
    for (let order = 1; order <= 3; order += 1) {
      await buy();
      expect(await page.getByRole("link", { name: "Receipt for" }).count()).toBe(order);
      await page.getByRole("link", { name: "Buy another" }).click();
    }
    expect(await quantityOn(page)).toBe("7");
  });

  test("a reset on one page opens the sale again on every page, also in the shop window", async () => {
    await reset("moon-moth", 0);
    const [one, other, window] = [await newVisitor(), await newVisitor(), await newVisitor()];
    await Promise.all([one.goto("/items/moon-moth"), other.goto("/items/moon-moth"), window.goto("/")]);
    await Promise.all([live(one), live(other), live(window)]);
    const place = await button(other).boundingBox();
    await one.locator("form[data-reset] button").click();
    await other.locator('article [data-state="available"]').waitFor();
    expect(await button(other).isEnabled()).toBe(true);
    expect(await button(other).boundingBox()).toEqual(place);
    await window.locator('[data-item="moon-moth"] [data-quantity]').waitFor();
  });

  test("an item that opens while its page is open can be bought without a reload, also when the visitor's clock is wrong", async () => {
    const [page, window] = [await newVisitor(), await newVisitor()];
    await page.clock.setFixedTime("2020-02-29");
    const openBeforeTheSale = async () => {
      const [moved] = await db.$queryRaw<{ opensAt: Date }[]>`
        UPDATE items SET opens_at = clock_timestamp() + interval '8 seconds' WHERE id = 'paper-garden' RETURNING opens_at AS "opensAt"`;
      // What was changed past the shop is seen with its next look at the rows.
      await until(async () =>
        (await (await fetch(`${shop.url}/items/paper-garden`)).text()).includes(
          moved?.opensAt.toISOString() ?? "a time",
        ),
      );
      await Promise.all([page.goto("/items/paper-garden"), window.goto("/")]);
      const closed = window.locator('[data-item="paper-garden"] [data-state="not_open"]');
      return (await button(page).innerText()) === "Not open yet" && (await closed.count()) === 1;
    };
    // A busy machine may be slower than the eight seconds.
    await until(openBeforeTheSale, undefined, A_FEW_ROUNDS);
    await page.locator('article [data-state="available"]').waitFor();
    await window.locator('[data-item="paper-garden"] [data-quantity]').waitFor();
    await button(page).click();
    await page.waitForURL("**/orders/*");
    await db.$executeRaw`UPDATE items SET opens_at = clock_timestamp() + interval '7 days' WHERE id = 'paper-garden'`;
  });
});

describe("without JavaScript", () => {
  test("the whole way works by plain forms, and the page says when it was true", async () => {
    await reset("moon-moth");
    const page = await newVisitor({ javaScriptEnabled: false });
    await page.goto("/");
    await page.getByRole("link", { name: "Moon Moth" }).click();
    expect(await page.locator("article").innerText()).toMatch(/As of \d\d:\d\d:\d\d UTC/);
    await button(page).click();
    await page.waitForURL("**/orders/*");
    await page.locator("article[data-receipt]").waitFor();
    await page.goBack();
    const { run } = await db.stock.findUniqueOrThrow({ where: { itemId: "moon-moth" } });
    expect(await db.order.count({ where: { itemId: "moon-moth", run } })).toBe(1);
    const late = await newVisitor({ javaScriptEnabled: false });
    await late.goto("/items/moon-moth");
    expect(await late.locator('article [data-state="sold_out"]').count()).toBe(1);
    expect(await button(late).getAttribute("disabled")).toBe("");
    await late.locator("form[data-reset] button").click();
    expect(await quantityOn(late)).toBe("1");
  });

  test("who comes too late sees a page with what happened and what to do next", async () => {
    await reset("moon-moth");
    const page = await newVisitor({ javaScriptEnabled: false });
    await page.goto("/items/moon-moth");
    await new Visitor(shop.url).buyByJson("moon-moth", randomUUID());
    await button(page).click();
    expect(await page.locator('[data-message="sold_out"]').innerText()).toContain("Someone else got there first");
  });
});
