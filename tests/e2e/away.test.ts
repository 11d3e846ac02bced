/** What a page says while the shop or its database is away, or a page breaks, and how it heals. */
import type { Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { type Shop, startShop, until, Visitor } from "#harness/shop.ts";
import { startProxy, type SwitchableProxy } from "#harness/switchable-proxy.ts";
import { button, live, quantityOn, reset } from "../setup/item-page.ts";
import { forgive, newVisitor, shop } from "../setup/visitors.ts";

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
    // The third wait is 4 to 8 seconds, every first one 2 at most, and a busy machine makes both longer.
    await until(() => asked.some((at, ask) => ask >= 3 && at - (asked[ask - 1] ?? at) > 3_950), undefined, 60_000);
    expect(await page.evaluate(() => "changed" in window && window.changed)).toBe(false);
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
