/** The shop as people use it: a real browser, with and without JavaScript, alone and two at a time. */
import { AxeBuilder } from "@axe-core/playwright";
import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import type { APIResponse, Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { type Shop, startShop, until, Visitor } from "#harness/shop.ts";
import { startProxy, type SwitchableProxy } from "#harness/switchable-proxy.ts";
import { forgive, newTab, newVisitor, shop } from "../setup/visitors.ts";

const reset = (itemId: string, quantity?: number) => new Visitor(shop.url).reset(itemId, quantity);
const live = (page: Page) => page.locator('[data-connection="live"]').waitFor();
const quantityOn = (page: Page) => page.locator("article [data-quantity]").innerText();
const focusOnHeading = (page: Page) => page.waitForFunction(() => document.activeElement?.tagName === "H1");
const button = (page: Page) => page.locator("form[data-purchase] button:not([type])");

/** The item is held for longer than the shop lets anyone wait. */
const sendToBusyTill = (route: Route, itemId: string) =>
  db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM stock WHERE item_id = ${itemId} FOR UPDATE`;
    return route.fetch();
  });

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
    const [moved] = await db.$queryRaw<{ opensAt: Date }[]>`
      UPDATE items SET opens_at = clock_timestamp() + interval '8 seconds' WHERE id = 'paper-garden' RETURNING opens_at AS "opensAt"`;
    // What was changed past the shop is seen with its next look at the rows.
    await until(async () =>
      (await (await fetch(`${shop.url}/items/paper-garden`)).text()).includes(moved?.opensAt.toISOString() ?? "a time"),
    );
    const [page, window] = [await newVisitor(), await newVisitor()];
    await page.clock.setFixedTime("2020-02-29");
    await Promise.all([page.goto("/items/paper-garden"), window.goto("/")]);
    expect(await button(page).innerText()).toBe("Not open yet");
    expect(await window.locator('[data-item="paper-garden"] [data-state="not_open"]').count()).toBe(1);
    await page.locator('article [data-state="available"]').waitFor();
    await window.locator('[data-item="paper-garden"] [data-quantity]').waitFor();
    await button(page).click();
    await page.waitForURL("**/orders/*");
    await db.$executeRaw`UPDATE items SET opens_at = clock_timestamp() + interval '7 days' WHERE id = 'paper-garden'`;
  });
});

test("a page that cannot be rendered keeps the reference under which the log has its error", async () => {
  await db.$executeRaw`UPDATE items SET currency = '?' WHERE id = 'last-lighthouse'`;
  await until(async () => (await fetch(`${shop.url}/items/last-lighthouse`)).status === 500);
  const page = await newVisitor();
  const answer = await page.goto("/items/last-lighthouse");
  await db.$executeRaw`UPDATE items SET currency = 'EUR' WHERE id = 'last-lighthouse'`;
  await page.waitForLoadState("networkidle");
  const reference = await page.locator("main code").innerText();
  expect(answer?.status()).toBe(500);
  expect(await page.title()).toBe("Something broke · Lastone");
  expect(shop.output()).toContain(`"event":"broken","reference":"${reference}"`);
});

describe("while the shop cannot be reached", () => {
  const unreachable = (page: Page) => page.getByRole("heading", { name: "We can’t reach the shop" }).waitFor();

  test("a purchase is not confirmed, and can be made on the same page when the shop is back", async () => {
    await reset("tin-comet");
    const own = await startShop();
    const page = await newVisitor({ baseURL: own.url });
    await page.goto("/items/tin-comet");
    await live(page);
    await own.stop();
    await button(page).click();
    await unreachable(page);
    expect(await page.locator("main").innerText()).toContain("we don’t know yet whether it went through");
    expect(await page.title()).toBe("We can’t reach the shop · Lastone");
    const back = await startShop({ PORT: String(own.port) });
    await button(page).click();
    await page.waitForURL("**/orders/*");
    expect(await db.stock.findUnique({ where: { itemId: "tin-comet" } })).toMatchObject({ available: 9 });
    await back.stop();
    forgive(/ERR_(CONNECTION|INCOMPLETE|EMPTY)/);
  });

  test("a purchase whose answer was lost is shown by itself when the shop is back", async () => {
    await reset("tin-comet");
    const page = await newVisitor();
    await page.goto("/items/tin-comet");
    await page.route("**/items/tin-comet.data", async (route) => {
      if (route.request().method() === "POST") await route.fetch({ maxRedirects: 0 });
      return route.abort();
    });
    await button(page).click();
    await unreachable(page);
    await page.unroute("**/items/tin-comet.data");
    await page.locator("[data-owned]").waitFor();
    expect(await quantityOn(page)).toBe("9");
    forgive(/ERR_FAILED/);
  });

  test("a page that looks again by itself says so, also behind a proxy that answers for the shop, and heals", async () => {
    await reset("tin-comet");
    const page = await newVisitor();
    await page.goto("/items/tin-comet");
    await live(page);
    await page.route("**/items/tin-comet.data", (route) =>
      route.fulfill({ status: 502, contentType: "text/html", body: "<h1>Bad gateway</h1>" }),
    );
    await reset("tin-comet", 3);
    await unreachable(page);
    await page.unroute("**/items/tin-comet.data");
    await page.getByRole("heading", { name: "Tin Comet" }).waitFor();
    expect(await page.title()).toBe("Tin Comet · Lastone");
    expect(await quantityOn(page)).toBe("3");
    forgive(/turbo-stream|SyntaxError/);
  });
});

test("an answer that takes longer than the time between two looks is waited for, and heals the page", async () => {
  const page = await newVisitor();
  await page.clock.install();
  await page.goto("/items/tin-comet");
  await live(page);
  const looks: Route[] = [];
  let away = true;
  await page.route("**/items/tin-comet.data", (route) => (away ? route.abort() : void looks.push(route)));
  await reset("tin-comet");
  await page.getByRole("heading", { name: "We can’t reach the shop" }).waitFor();
  away = false;
  await page.clock.fastForward(10_000);
  await until(() => looks.length > 0);
  await page.clock.fastForward(20_000);
  await looks[0]?.continue();
  await page.getByRole("heading", { name: "Tin Comet" }).waitFor();
  expect(looks.length).toBe(1);
  forgive(/ERR_FAILED/);
});

describe("while the database is away", () => {
  let proxy: SwitchableProxy;
  let own: Shop;
  beforeAll(async () => {
    proxy = await startProxy(process.env.DATABASE_URL ?? "");
    own = await startShop({ DATABASE_URL: proxy.url });
  });
  afterAll(async () => {
    await own.stop();
    proxy.close();
  });

  /** What the memory saw a moment ago is shown without the database. */
  const pagesSayIt = () => until(async () => (await fetch(`${own.url}/items/night-ferry`)).status === 503);

  test("a page says so, and an open one heals by itself when the database is back", async () => {
    const page = await newVisitor({ baseURL: own.url });
    proxy.off();
    await pagesSayIt();
    const answer = await page.goto("/items/night-ferry");
    expect(answer?.status()).toBe(503);
    await page.getByRole("heading", { name: "We’ll be back in a moment" }).waitFor();
    expect(await page.getByText("Quote this reference").count()).toBe(1);
    proxy.on();
    await page.getByRole("heading", { name: "Night Ferry" }).waitFor();
    await live(page);
  });

  test("a reset that failed leads back to the item when the database is back", async () => {
    const page = await newVisitor({ baseURL: own.url });
    await page.goto("/items/night-ferry");
    await live(page);
    proxy.off();
    await page.locator("form[data-reset] button").click();
    await page.getByRole("heading", { name: "We’ll be back in a moment" }).waitFor();
    proxy.on();
    await page.getByRole("heading", { name: "Night Ferry" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/items/night-ferry");
  });

  test("an open page does not call itself live while its stream brings nothing, and asks ever more seldom", async () => {
    const page = await newVisitor({ baseURL: own.url });
    const asked: number[] = [];
    let away = false;
    await page.route("**/live?*", (route) => {
      asked.push(Date.now());
      return away ? route.continue() : route.abort();
    });
    await page.goto("/items/night-ferry");
    await page.locator('[data-connection="reconnecting"]').waitFor();
    proxy.off();
    await pagesSayIt();
    away = true;
    await page.evaluate(() => {
      const badge = document.querySelector("[data-connection]");
      new MutationObserver(() => Object.assign(window, { changed: badge?.getAttribute("data-connection") })).observe(
        document,
        { subtree: true, attributeFilter: ["data-connection"] },
      );
    });
    await until(() => asked.length >= 4);
    expect(await page.evaluate(() => "changed" in window && window.changed)).toBe(false);
    // The third wait is 4 to 8 seconds, every first one 2 at most.
    expect((asked[3] ?? 0) - (asked[2] ?? 0)).toBeGreaterThan(3_950);
    proxy.on();
    await live(page);
    forgive(/ERR_FAILED/);
  });

  test("a purchase is told that the till is busy, and the same attempt succeeds when the database is back", async () => {
    await reset("night-ferry");
    const page = await newVisitor({ baseURL: own.url, javaScriptEnabled: false });
    await page.goto("/items/night-ferry");
    const key = await page.locator("input[name=key]").inputValue();
    const buyer = new Visitor(own.url);
    buyer.cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
    proxy.off();
    const busy = await buyer.pressBuy("night-ferry", { key });
    expect([busy.status, busy.headers.has("Retry-After")]).toEqual([503, true]);
    proxy.on();
    expect((await buyer.pressBuy("night-ferry", { key })).status).toBe(303);
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

describe("looks", () => {
  const folder = "test-results/screens";
  const views = [
    { name: "phone", viewport: { width: 390, height: 844 } },
    { name: "desktop", viewport: { width: 1280, height: 900 } },
  ];
  test("a word that is longer than a phone is wide breaks, and the page does not scroll sideways", async () => {
    const word = "Donaudampfschifffahrtsgesellschaftskapitaensmuetze";
    await db.$executeRaw`UPDATE items SET name = ${word}, tagline = ${word}, story = ${word} WHERE id = 'paper-garden'`;
    await until(async () => (await (await fetch(`${shop.url}/`)).text()).includes(word));
    const page = await newVisitor({ viewport: { width: 320, height: 640 } });
    for (const target of ["/", "/items/paper-garden"]) {
      await page.goto(target);
      await page.evaluate(() => document.fonts.ready);
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
      ).toBeLessThanOrEqual(0);
    }
    await db.$executeRaw`UPDATE items SET name = 'Paper Garden', tagline = 'Pop-up book', story = 'Open it slowly.' WHERE id = 'paper-garden'`;
  });

  for (const colorScheme of ["light", "dark"] as const) {
    for (const { name, viewport } of views) {
      test(`${name}, ${colorScheme}: no page breaks an accessibility rule or scrolls sideways`, async () => {
        await mkdir(folder, { recursive: true });
        await Promise.all([reset("moon-moth"), reset("tin-comet")]);
        const page = await newVisitor({ colorScheme, viewport, reducedMotion: "reduce" });
        const look = async (title: string) => {
          await page.evaluate(() => document.fonts.ready);
          await page.screenshot({ path: `${folder}/${title}-${name}-${colorScheme}.png`, fullPage: true });
          // No page has frames, which is what the other mode opens a second page for, and takes twice as long.
          const rules = new AxeBuilder({ page }).setLegacyMode().withTags(["wcag2a", "wcag2aa", "wcag21aa"]);
          const { violations } = await rules.analyze();
          expect(
            violations.map(({ id, nodes }) => `${title}: ${id} ${nodes.map((node) => node.html).join(" ")}`),
          ).toEqual([]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
        };
        await page.goto("/");
        await live(page);
        await look("window");
        for (const itemId of ["tin-comet", "last-lighthouse", "paper-garden", "clay-whistle"]) {
          await page.goto(`/items/${itemId}`);
          await live(page);
          await look(itemId);
        }
        await reset("night-ferry", 0);
        await page.goto("/items/night-ferry");
        await live(page);
        await look("sold-out");
        await reset("night-ferry", 1);
        // Anew: the open page would read itself again for the new run, and the purchase below come with that instead of with the press.
        await page.goto("/items/night-ferry");
        await live(page);
        await page.route(
          "**/items/night-ferry.data",
          async (route) => {
            await new Visitor(shop.url).buyByJson("night-ferry", randomUUID());
            await route.continue();
          },
          { times: 1 },
        );
        await button(page).click();
        await page.locator("[data-message]").waitFor();
        await look("refused");
        await reset("night-ferry", 3);
        await page.getByText("It’s back in stock").waitFor();
        await look("refused-and-back");
        await page.route(
          "**/items/night-ferry.data",
          async (route) => route.fulfill({ response: await sendToBusyTill(route, "night-ferry") }),
          { times: 1 },
        );
        await button(page).click();
        await page.locator('[data-message="busy"]').waitFor();
        await look("busy");
        await page.goto("/items/tin-comet");
        await button(page).click();
        await page.waitForURL("**/orders/*");
        await page.locator("article[data-receipt]").waitFor();
        await look("receipt");
        await page.goto("/items/tin-comet");
        await look("owned");
        await page.goto("/nothing");
        expect(await page.title()).toBe("Not found · Lastone");
        await look("not-found");
      });
    }
  }

  test("the keyboard reaches the button, and shows where it is", async () => {
    await reset("tin-comet");
    const page = await newVisitor();
    await page.goto("/items/tin-comet");
    await live(page);
    for (
      let presses = 0;
      presses < 10 && !(await button(page).evaluate((element) => element === document.activeElement));
      presses += 1
    )
      await page.keyboard.press("Tab");
    expect(await button(page).evaluate((element) => getComputedStyle(element).outlineStyle)).toBe("solid");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/orders/*");
  });
});
