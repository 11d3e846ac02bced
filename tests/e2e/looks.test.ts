/** What pages look like, on a phone and on a desk, in light and dark: readable for everybody, and never wider than the screen. */
import { AxeBuilder } from "@axe-core/playwright";
import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { until, Visitor } from "#harness/shop.ts";
import { button, live, reset, sendToBusyTill } from "../setup/item-page.ts";
import { newVisitor, shop } from "../setup/visitors.ts";

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
