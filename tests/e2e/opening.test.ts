/** Openings and closings on open pages: counted by the server's clock, told by the stream, in the visitor's zone. */
import type { Page, Route } from "playwright-core";
import { afterEach, describe, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import type { ItemChange } from "#app/shop/catalogue.server.ts";
import { changeItem } from "#app/shop/stocking.server.ts";
import { until, Visitor } from "#harness/shop.ts";
import { button, live } from "../setup/item-page.ts";
import { newVisitor, shop } from "../setup/visitors.ts";

/** Both are sold by the press, and open. */
const ITEM = "night-ferry";
const OTHER = "clay-whistle";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Moments of an item that are moved, as an operator moves them. */
type Moments = Pick<ItemChange, "opensAt" | "closesAt">;

async function move(itemId: string, moments: Moments): Promise<void> {
  await db.$transaction((tx) => changeItem(tx, { id: itemId, ...moments }));
}

/** Moves them, and waits until the shop knows. */
async function moveAndTell(itemId: string, moments: Moments): Promise<void> {
  await move(itemId, moments);
  const told = JSON.stringify(moments);
  await until(async () => {
    const item = (await (await fetch(`${shop.url}/api/items/${itemId}`)).json()) as Record<keyof Moments, unknown>;
    return (
      JSON.stringify(Object.fromEntries(Object.keys(moments).map((name) => [name, item[name as keyof Moments]]))) ===
      told
    );
  });
}

/** By the database's clock, which openings go by and this machine has, too. */
async function inMilliseconds(milliseconds: number): Promise<Date> {
  const [clock] = await db.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  return new Date((clock?.now.getTime() ?? NaN) + milliseconds);
}

/** Moves that moment to a few seconds ahead and has the pages opened before it: on a busy machine at the second or third try, with more time each. */
async function openBefore(itemId: string, which: keyof Moments, open: () => Promise<void>): Promise<Date> {
  for (let ahead = 5_000; ; ahead *= 2) {
    const moment = await inMilliseconds(ahead);
    await moveAndTell(itemId, { [which]: moment });
    await open();
    if ((await inMilliseconds(0)) < moment) return moment;
    if (ahead > MINUTE) throw new Error(`the pages were not open within ${ahead} ms`);
  }
}

afterEach(async () => {
  await Promise.all([ITEM, OTHER].map((itemId) => moveAndTell(itemId, { opensAt: null, closesAt: null })));
  await new Visitor(shop.url).reset(ITEM);
});

/** What a countdown has shown: `left` in seconds, `at` by the machine's clock, in milliseconds since 1970. */
interface Shown {
  to: string;
  left: number;
  at: number;
  /** Whether the page's button could be pressed. */
  armed: boolean;
}

/** In the page, before its own scripts: notes what its first countdown shows, each time that this changes. */
function watchCountdown(): void {
  const shown: Shown[] = [];
  const look = () => {
    const place = document.querySelector<HTMLElement>("[data-countdown-to]");
    const digits = place?.querySelector("p:not(.invisible) [data-countdown]")?.textContent;
    if (!place || !digits) return;
    const to = place.dataset.countdownTo ?? "";
    const left = digits.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
    const armed = document.querySelector("form[data-purchase] button:not([type]):not([aria-disabled])") !== null;
    const last = shown.at(-1);
    if (last?.to === to && last.left === left && last.armed === armed) return;
    shown.push({ to, left, armed, at: performance.timeOrigin + performance.now() });
  };
  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
  });
  Object.assign(window, { shown });
}

const shownOn = (page: Page) => page.evaluate(() => (window as unknown as { shown: Shown[] }).shown);

/** Whole seconds until the moment at that time, as a countdown tells them. */
const secondsLeft = (moment: Date, at: number) => Math.max(0, Math.ceil((moment.getTime() - at) / 1_000));

/** Until the page shows how long it is until then by this machine's clock, and less than `below`. */
async function countsDown(page: Page, moment: Date, below = Infinity): Promise<Shown> {
  let last: Shown | undefined;
  await until(async () => {
    const before = Date.now();
    last = (await shownOn(page)).at(-1);
    if (last?.to !== moment.toISOString() || last.left >= below) return false;
    return last.left <= secondsLeft(moment, before) && last.left >= secondsLeft(moment, Date.now());
  });
  return last as Shown;
}

/** What was shown of this moment never grew. */
function expectNeverBack(shown: Shown[], moment: Date): void {
  const left = shown.filter(({ to }) => to === moment.toISOString()).map((each) => each.left);
  expect(left).toEqual(left.toSorted((one, other) => other - one));
  expect(left.length).toBeGreaterThan(1);
}

/** In the page, before its own scripts: its clock on the wall is off by so much, and more with each `stepClock`. */
function setWrong(milliseconds: number): void {
  const Right = Date;
  let off = milliseconds;
  window.Date = class extends Right {
    constructor(...given: unknown[]) {
      super(...((given.length === 0 ? [Right.now() + off] : given) as [number]));
    }
    static override now() {
      return Right.now() + off;
    }
  } as DateConstructor;
  Object.assign(window, { stepClock: (by: number) => (off += by) });
}

/** In the page, before its own scripts: `sleep` takes so many milliseconds from the clock that counts, as a machine's sleep does. */
function letSleep(): void {
  const now = performance.now.bind(performance);
  let missing = 0;
  performance.now = () => now() - missing;
  Object.assign(window, { sleep: (milliseconds: number) => (missing += milliseconds) });
}

const call = (page: Page, name: string, milliseconds: number) =>
  page.evaluate(
    ({ name, milliseconds }) => (window as unknown as Record<string, (by: number) => void>)[name]?.(milliseconds),
    { name, milliseconds },
  );

/** A timer of the page that is longer than its own, and so comes after them. */
const timer = (page: Page, milliseconds: number) =>
  page.evaluate((longer) => new Promise((resolve) => setTimeout(resolve, longer)), milliseconds);
/** After the countdown's, and after the longest that a page waits before it reads itself again. */
const afterTheNextSecond = (page: Page) => timer(page, 1_200);
const afterReadingAgain = (page: Page) => timer(page, 3_500);

/** What began to move: whether it holds a number that is seen, and which properties of it change. */
interface Movement {
  name: string;
  around: string | undefined;
  properties: string[];
}

/** In the page, before its own scripts: notes what begins to move. */
function watchMovement(): void {
  const movements: Movement[] = [];
  document.addEventListener("animationstart", ({ animationName: name, target }) => {
    if (!(target instanceof Element)) return;
    const number = target.querySelector<HTMLElement>("[data-quantity]");
    const [animation] = target.getAnimations();
    const frames = animation?.effect instanceof KeyframeEffect ? animation.effect.getKeyframes() : [];
    const properties = frames
      .flatMap((frame) => Object.keys(frame))
      .filter((key) => !/offset|easing|composite/i.test(key));
    movements.push({
      name,
      around: number?.checkVisibility() && number.offsetHeight > 1 ? number.innerText : undefined,
      properties: [...new Set(properties)].sort(),
    });
  });
  Object.assign(window, { movements });
}

/** The stream ends and another begins, with a word of the server's time. */
const reconnect = (page: Page) =>
  page.evaluate(() => ["offline", "online"].forEach((type) => window.dispatchEvent(new Event(type))));

async function newWatcher(options: Parameters<typeof newVisitor>[0] = {}): Promise<Page> {
  const page = await newVisitor(options);
  await page.addInitScript(watchCountdown);
  return page;
}

/** Keeps all that the page asks of the stream; returns what lets it go. */
async function holdStream(page: Page): Promise<() => Promise<void>> {
  const held: Route[] = [];
  const hold = (route: Route) => void held.push(route);
  await page.route("**/live?*", hold);
  return async () => {
    await until(() => held.length > 0);
    await page.unroute("**/live?*", hold);
    // What was given up meanwhile cannot go on.
    await Promise.allSettled(held.map((route) => route.continue()));
  };
}

/** What the page asks for, but for its stream, and for pictures and the next page's scripts, which may still be coming. */
function watchRequests(page: Page): string[] {
  const asked: string[] = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname === "/live" || pathname.startsWith("/assets/") || request.resourceType() === "image") return;
    asked.push(`${request.method()} ${pathname}`);
  });
  return asked;
}

describe("the countdown", () => {
  // Red where anything is counted by Date: in ServerClock.now, or with a button that closes by it.
  test("is the server's: a visitor's clock that is wrong by hours, and set while the page is open, changes nothing", async () => {
    const opensAt = await inMilliseconds(10 * MINUTE);
    const closesAt = await inMilliseconds(20 * MINUTE);
    await Promise.all([moveAndTell(ITEM, { opensAt }), moveAndTell(OTHER, { closesAt })]);
    const pages = [await newWatcher(), await newWatcher()] as const;
    const [opening, closing] = pages;
    for (const page of pages) await page.addInitScript(setWrong, 5 * HOUR);
    await Promise.all([opening.goto(`/items/${ITEM}`), closing.goto(`/items/${OTHER}`)]);
    await Promise.all(pages.map(live));
    for (const by of [-9 * HOUR, 30 * HOUR]) {
      const { left } = await countsDown(opening, opensAt);
      for (const page of pages) await call(page, "stepClock", by);
      await Promise.all([countsDown(opening, opensAt, left), countsDown(closing, closesAt)]);
    }
    const [ofOpening, ofClosing] = [await shownOn(opening), await shownOn(closing)];
    expectNeverBack(ofOpening, opensAt);
    expectNeverBack(ofClosing, closesAt);
    expect(ofOpening.some(({ armed }) => armed)).toBe(false);
    expect(ofClosing.every(({ armed }) => armed)).toBe(true);
    expect(await button(closing).innerText()).toBe("Buy");
  });

  // Red where the first word is believed for good, and where what is shown may grow.
  test("is right with the next word after a sleep, from the stream and from the next page, and never counts back", async () => {
    const opensAt = await inMilliseconds(10 * MINUTE);
    await moveAndTell(ITEM, { opensAt });
    const page = await newWatcher();
    await page.addInitScript(letSleep);
    await page.goto(`/items/${ITEM}`);
    await live(page);
    await countsDown(page, opensAt);
    await call(page, "sleep", 90_000);
    await afterTheNextSecond(page);
    await reconnect(page);
    await countsDown(page, opensAt);
    expectNeverBack(await shownOn(page), opensAt);
    await holdStream(page);
    await call(page, "sleep", 90_000);
    await afterTheNextSecond(page);
    await page.getByRole("link", { name: "Lastone" }).click();
    await page.locator("[data-leads] [data-countdown-to]").waitFor();
    await countsDown(page, opensAt);
    expectNeverBack(await shownOn(page), opensAt);
  });

  // Red where the last word is believed: the countdown would stand still for a minute.
  test("believes a word that was on its way for a minute less than those before", async () => {
    const opensAt = await inMilliseconds(10 * MINUTE);
    await moveAndTell(ITEM, { opensAt });
    const page = await newWatcher();
    await page.goto(`/items/${ITEM}`);
    await live(page);
    const { left } = await countsDown(page, opensAt);
    let asked = 0;
    await page.route("**/live?*", async (route) => {
      asked += 1;
      const ping = { now: new Date(Date.now() - MINUTE) };
      // It ends, and so has been heard when the next is asked for, which never comes.
      if (asked === 1)
        await route.fulfill({
          contentType: "text/event-stream",
          body: `event: ping\ndata: ${JSON.stringify(ping)}\n\n`,
        });
    });
    await reconnect(page);
    await until(() => asked === 2);
    await countsDown(page, opensAt, left);
    expectNeverBack(await shownOn(page), opensAt);
  });
});

describe("an opening", () => {
  // Red where the countdown's zero arms the button, and where it comes early.
  test("does not arm the button at zero: while the stream is held back it is any moment now, and armed without a reload when it comes", async () => {
    const page = await newWatcher();
    const letGo = await holdStream(page);
    const opensAt = await openBefore(ITEM, "opensAt", async () => {
      await page.goto(`/items/${ITEM}`);
    });
    await page.evaluate(() => Object.assign(window, { stillTheSamePage: true }));
    const asked = watchRequests(page);
    await page.getByText("Any moment now").waitFor();
    await button(page).focus();
    await page.keyboard.press("Enter");
    await afterTheNextSecond(page);
    expect([await button(page).innerText(), await button(page).getAttribute("aria-disabled")]).toEqual([
      "Not open yet",
      "true",
    ]);
    expect(asked).toEqual([]);
    const shown = await shownOn(page);
    expectNeverBack(shown, opensAt);
    expect(shown.at(-1)).toMatchObject({ left: 0, armed: false });
    expect(shown.at(-1)?.at).toBeGreaterThanOrEqual(opensAt.getTime());
    await letGo();
    await page.locator('article [data-state="available"]').waitFor();
    expect([await button(page).innerText(), await button(page).getAttribute("aria-disabled")]).toEqual(["Buy", null]);
    expect(await page.locator("[data-countdown-to]").count()).toBe(0);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/orders/*");
    expect(await page.evaluate(() => "stillTheSamePage" in window)).toBe(true);
  });

  // Red where streams do not tell the moment, and where of two editions of one version the newer is not believed.
  test("that is moved, to later and to sooner, is counted to by the stream alone, on its page and in the window; so is a closing", async () => {
    await Promise.all([
      moveAndTell(ITEM, { opensAt: await inMilliseconds(HOUR) }),
      moveAndTell(OTHER, { closesAt: await inMilliseconds(HOUR) }),
    ]);
    const pages = [await newWatcher(), await newWatcher(), await newWatcher()] as const;
    const [item, window, closing] = pages;
    await Promise.all([item.goto(`/items/${ITEM}`), window.goto("/"), closing.goto(`/items/${OTHER}`)]);
    await Promise.all(pages.map(live));
    // They also read themselves again, for the list of what was moved and for the window's order: that is not answered here.
    const asked = pages.map(watchRequests);
    for (const page of pages) await page.route(/\.data(\?|$)/, () => undefined);
    for (const ahead of [2 * HOUR, 5 * MINUTE]) {
      const moment = await inMilliseconds(ahead);
      await Promise.all([move(ITEM, { opensAt: moment }), move(OTHER, { closesAt: moment })]);
      await Promise.all(pages.map((page) => countsDown(page, moment)));
    }
    const own = [`GET /items/${ITEM}.data`, "GET /_root.data", `GET /items/${OTHER}.data`];
    expect(asked.map((each, index) => each.filter((what) => what !== own[index]))).toEqual([[], [], []]);
  });

  // Red where no instance tells the moment by itself, where a page asks at zero, and where zero comes early.
  test("reaches its page and the window by the stream; nothing else is asked for until it is bought", async () => {
    const pages = [await newWatcher(), await newWatcher()] as const;
    const [item, window] = pages;
    const opensAt = await openBefore(ITEM, "opensAt", async () => {
      await Promise.all([item.goto(`/items/${ITEM}`), window.goto("/")]);
      await Promise.all(pages.map(live));
      await window.locator("[data-leads] [data-countdown-to]").waitFor();
    });
    const asked = pages.map(watchRequests);
    await item.locator('article [data-state="available"]').waitFor();
    await window.locator(`[data-item="${ITEM}"] [data-quantity]`).waitFor();
    for (const page of pages) {
      await page.locator("[data-countdown-to]").first().waitFor({ state: "detached" });
      const shown = await shownOn(page);
      expectNeverBack(shown, opensAt);
      expect(shown.filter(({ left, at }) => left === 0 && at < opensAt.getTime())).toEqual([]);
    }
    await Promise.all(pages.map(afterReadingAgain));
    expect(asked).toEqual([[], []]);
    await button(item).click();
    await item.waitForURL("**/orders/*");
    const [order] = await db.order.findMany({ where: { itemId: ITEM }, orderBy: { placedAt: "desc" }, take: 1 });
    expect(order?.placedAt.getTime()).toBeGreaterThanOrEqual(opensAt.getTime());
    expect([asked[0]?.[0], asked[1]]).toEqual([`POST /items/${ITEM}.data`, []]);
  });

  // Red where what beats is the state's label, which is for screen readers then, and with a colour among what moves.
  test("beats once where it is seen, in its page and in the window, without the page's thread; without a movement where that is not wanted", async () => {
    const [item, window, still] = [
      await newVisitor(),
      await newVisitor(),
      await newVisitor({ reducedMotion: "reduce" }),
    ];
    const pages = [item, window, still];
    for (const page of pages) await page.addInitScript(watchMovement);
    await openBefore(ITEM, "opensAt", async () => {
      await Promise.all([item.goto(`/items/${ITEM}`), window.goto("/"), still.goto(`/items/${ITEM}`)]);
      await Promise.all(pages.map(live));
    });
    const beatsOn = (page: Page) =>
      page.evaluate(() =>
        (globalThis as unknown as { movements: Movement[] }).movements.filter(({ name }) => name === "beat"),
      );
    const beat = { name: "beat", around: "60", properties: ["transform"] };
    await Promise.all(pages.map((page) => page.locator(".beat [data-quantity]").waitFor()));
    for (const page of [item, window]) await expect.poll(() => beatsOn(page)).toEqual([beat]);
    await afterTheNextSecond(still);
    expect(await beatsOn(still)).toEqual([]);
  });

  // Red where the countdown's place is given up, and where the bar with the button is at the foot of the screen only once it is open.
  test("leaves what is pressed where it was, on phones and larger screens, in its page and in the window", async () => {
    const phone = { viewport: { width: 390, height: 664 } };
    const pages = [await newVisitor(), await newVisitor(phone), await newVisitor(), await newVisitor(phone)] as const;
    const [, , window, windowOfPhone] = pages;
    const pressed = pages.map((page) =>
      page === window || page === windowOfPhone ? page.locator("[data-leads] li p a:not(.cover)") : button(page),
    );
    const tops = () => Promise.all(pressed.map(async (each) => Math.round((await each.boundingBox())?.y ?? NaN)));
    let before: number[] = [];
    await openBefore(ITEM, "opensAt", async () => {
      const isWindow = (page: Page) => page === window || page === windowOfPhone;
      await Promise.all(pages.map((page) => page.goto(isWindow(page) ? "/" : `/items/${ITEM}`)));
      await Promise.all(pages.map(live));
      await Promise.all(pages.map((page) => page.locator("[data-countdown-to] p:not(.invisible)").first().waitFor()));
      before = await tops();
    });
    await Promise.all(pages.map((page) => page.locator("[data-opened]").waitFor()));
    expect(await tops()).toEqual(before);
    expect(before[1]).toBeLessThan(664 - 52);
    const [name, bar] = await Promise.all(["h1", ".buy-bar"].map((each) => pages[1].locator(each).boundingBox()));
    expect((name?.y ?? NaN) + (name?.height ?? NaN)).toBeLessThanOrEqual(bar?.y ?? NaN);
  });

  // Red where scripts tell a moment in UTC too, and where the server tells it in its machine's zone to those without one.
  test("is told in each visitor's zone, which is named, and in UTC to those without a script", async () => {
    const zones = ["Europe/Berlin", "Asia/Kolkata", "America/St_Johns"].map((timezoneId) => ({ timezoneId }));
    const pages = await Promise.all([...zones, { javaScriptEnabled: false }].map(newVisitor));
    const expected: [opensAt: string, told: string[]][] = [
      [
        "2099-07-01T23:30:00Z",
        [
          "2 July 2099 at 01:30 CEST",
          "2 July 2099 at 05:00 GMT+5:30",
          "1 July 2099 at 21:00 GMT-2:30",
          "1 July 2099 at 23:30 UTC",
        ],
      ],
      [
        "2099-01-15T23:30:00Z",
        [
          "16 January 2099 at 00:30 CET",
          "16 January 2099 at 05:00 GMT+5:30",
          "15 January 2099 at 20:00 GMT-3:30",
          "15 January 2099 at 23:30 UTC",
        ],
      ],
    ];
    for (const [opensAt, told] of expected) {
      await moveAndTell(OTHER, { opensAt: new Date(opensAt) });
      const look = async (page: Page, index: number) => {
        await page.goto(`/items/${OTHER}`);
        const time = page.locator("form[data-purchase] time", { hasText: `Opens ${told[index]}.` });
        await time.waitFor();
        expect(new Date((await time.getAttribute("datetime")) ?? "")).toEqual(new Date(opensAt));
        // Another opens sooner, so here it is a card.
        await page.goto("/");
        const soon = `Opens ${told[index]?.replace(" 2099 at", ",")}`;
        await page.locator(`[data-item="${OTHER}"]`, { hasText: soon }).waitFor();
      };
      await Promise.all(pages.map(look));
    }
  });
});

describe("a closing", () => {
  // Red where no instance tells the moment by itself, and where it is not looked at under the lock.
  test("is counted to and turns open pages to closed; what is pressed afterwards is refused, with and without a script", async () => {
    const pages = [await newWatcher(), await newVisitor(), await newVisitor({ javaScriptEnabled: false })] as const;
    const [page, late, plain] = pages;
    await holdStream(late);
    const closesAt = await openBefore(ITEM, "closesAt", async () => {
      await Promise.all(pages.map((each) => each.goto(`/items/${ITEM}`)));
      await live(page);
    });
    const asked = watchRequests(page);
    expect(await button(page).innerText()).toBe("Buy");
    await page.getByText("Closes in").waitFor();
    await page.locator('article [data-state="closed"]').waitFor();
    expectNeverBack(await shownOn(page), closesAt);
    expect([await button(page).innerText(), await button(page).getAttribute("aria-disabled")]).toEqual([
      "Closed",
      "true",
    ]);
    expect(await page.locator("[data-countdown-to]").count()).toBe(0);
    // These two have not heard of it.
    await late.getByText("Closing now").waitFor();
    for (const unaware of [late, plain]) {
      expect(await button(unaware).innerText()).toBe("Buy");
      await button(unaware).click();
      const message = unaware.locator('[data-message="closed"]');
      await message.waitFor();
      expect(await message.innerText()).toContain("The sale has closed");
    }
    expect(await db.order.count({ where: { itemId: ITEM, placedAt: { gte: closesAt } } })).toBe(0);
    expect(asked).toEqual([]);
  });
});
