/** An operator puts an item up from a phone, with and without JavaScript, and finds their way by keyboard and by ear. */
import type { BrowserContextOptions, Route } from "playwright-core";
import { describe, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { changeItem, pauseItem, restockItem, resumeItem } from "#app/shop/stocking.server.ts";
import { until } from "#harness/shop.ts";
import { DESKTOP, looksRight, PHONE, signedIn } from "../setup/operator-pages.ts";
import { forgive } from "../setup/visitors.ts";

describe.each([
  ["with JavaScript on a phone, in the dark", "a", { viewport: PHONE, colorScheme: "dark" as const }],
  ["without JavaScript on a desktop", "b", { viewport: DESKTOP, javaScriptEnabled: false }],
] satisfies [string, string, BrowserContextOptions][])("%s", (_, letter, options: BrowserContextOptions) => {
  test("an item is put up with its mistakes told, changed, counted and archived", async () => {
    const page = await signedIn(options);
    await looksRight(page, options);
    await page.getByRole("link", { name: "New item" }).click();
    await page.getByLabel("Name", { exact: true }).fill(`Moth ${letter}`);
    await page.getByLabel("Price", { exact: true }).fill("42,000");
    await page.locator("[name=picturePath]").fill("/items/moon-moth.svg");
    await page.getByLabel("What the picture shows").fill("A moth.");
    await page.getByRole("button", { name: "Put it on sale" }).click();
    await page.locator('[data-error="price.amount"]').waitFor();
    expect(await page.getByLabel("Price", { exact: true }).getAttribute("aria-invalid")).toBe("true");
    await looksRight(page, options);
    await page.getByLabel("Price", { exact: true }).fill("42,00");
    await page.getByRole("button", { name: "Put it on sale" }).click();
    await page.locator('[data-message="saved"]').waitFor();
    await looksRight(page, options);

    await page.locator("[name=units]").fill("4");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.locator('[data-message="done"]').waitFor();
    await page.locator("[data-quantity]", { hasText: /^5$/ }).waitFor();
    await page.getByRole("button", { name: "Archive" }).click();
    await page.locator('[data-status="archived"]').waitFor();
    await looksRight(page, options);
    expect(await db.item.findUnique({ where: { id: `moth-${letter}` } })).toMatchObject({ priceAmount: 4_200 });
  });
});

test("with JavaScript price, opening and story are told in words as they are typed", async () => {
  const page = await signedIn({ viewport: DESKTOP });
  await page.goto("/operator/items/new");
  await page.getByLabel("Price", { exact: true }).fill("1234,5");
  await until(async () => (await page.locator('[data-in-words="price"]').innerText()) === "€1,234.50");
  await page.getByLabel("Zone").fill("Europe/Berlin");
  await page.getByLabel("Opens at").fill("2027-10-31T02:30");
  await page.getByLabel(/The second time/).check();
  const told = page.locator('[data-in-words="opensAt"]');
  await until(async () => (await told.innerText()).includes("02:30 Europe/Berlin, Sunday 31 October 2027"));
  await page.getByLabel("Closes at").fill("2027-11-02T18:00");
  const closing = page.locator('[data-in-words="closesAt"]');
  await until(async () => (await closing.innerText()).includes("18:00 Europe/Berlin, Tuesday 2 November 2027"));
  await page.getByText("Preview").click();
  await page.getByLabel("Story").fill("Made **by hand**.");
  await page.locator("[data-preview] strong", { hasText: "by hand" }).waitFor();
});

test("how long it is until an opening is counted by the server's clock, whatever the operator's says", async () => {
  const page = await signedIn({ viewport: DESKTOP });
  await page.clock.install({ time: "2020-02-29" });
  await page.goto("/operator/items/new");
  await page.getByLabel("Opens at").fill(new Date(Date.now() + 45 * 60_000).toISOString().slice(0, 16));
  const told = async () =>
    /^Opens in (\d+) minutes/.exec(await page.locator('[data-in-words="opensAt"]').innerText())?.[1];
  await until(async () => [44, 45].includes(Number(await told())));
  await page.clock.fastForward("20:00");
  await until(async () => [23, 24, 25].includes(Number(await told())));
});

test("a field that is left, with all of the form right, sends nothing before the button is pressed", async () => {
  const page = await signedIn({ viewport: DESKTOP });
  const sent: string[] = [];
  page.on("request", (request) => void (request.method() === "POST" && sent.push(request.url())));
  await page.goto("/operator/items/night-ferry");
  await page.getByLabel("Price", { exact: true }).fill("43");
  await page.getByLabel("Name", { exact: true }).fill("Night Ferry II");
  await page.getByLabel("Tagline").focus();
  await until(async () => (await page.locator('[data-in-words="price"]').innerText()) === "€43.00");
  expect(sent).toEqual([]);
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator('[data-message="saved"]').waitFor();
  expect(sent).toHaveLength(1);
});

test("whoever was second sees both, and saves theirs by pressing again; a count is made again at what there is now", async () => {
  const page = await signedIn({ viewport: PHONE });
  await page.goto("/operator/items/clay-whistle");
  await page.getByLabel("Tagline").fill("Mine");
  await db.$transaction(async (tx) => {
    await changeItem(tx, { id: "clay-whistle", tagline: "Theirs" });
  });
  await restockItem("clay-whistle", 2);
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator('[data-both="tagline"]', { hasText: "Theirs" }).waitFor();
  await looksRight(page, {});
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator('[data-message="saved"]').waitFor();
  expect(await page.getByLabel("Tagline").inputValue()).toBe("Mine");

  await restockItem("clay-whistle", 3);
  await page.locator("[name=to]").fill("7");
  await page.getByRole("button", { name: "Set the count" }).click();
  await page.locator('[data-stock="correct"] [data-message="refused"]').waitFor();
  // The page reads itself again after the answer: until then its form is of what was there before.
  const { version } = await db.stock.findUniqueOrThrow({ where: { itemId: "clay-whistle" } });
  await page.locator(`[data-stock="correct"] [name=version][value="${version}"]`).waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Set the count" }).click();
  await page.locator('[data-message="done"]').waitFor();
  expect(await db.stock.findUnique({ where: { itemId: "clay-whistle" } })).toMatchObject({ available: 7 });
});

test.each([true, false])(
  "whoever was second overwrites nothing that they have not touched, with mistakes between, JavaScript %j",
  async (javaScriptEnabled) => {
    const page = await signedIn({ viewport: DESKTOP, javaScriptEnabled }, "/operator/items/night-ferry");
    const [mine, theirs] = [`Mine ${javaScriptEnabled}`, `Theirs ${javaScriptEnabled}`];
    const price = page.getByLabel("Price", { exact: true });
    await page.getByLabel("Tagline").fill(mine);
    await db.$transaction(async (tx) => {
      await changeItem(tx, { id: "night-ferry", story: theirs });
    });
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator('[data-both="story"]', { hasText: "not touched" }).waitFor();
    await price.fill("some");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator('[data-error="price.amount"]').waitFor();
    expect(await page.getByLabel("Story").inputValue()).toBe(theirs);
    await price.fill("43");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator('[data-message="saved"]').waitFor();
    const item = await db.item.findUnique({ where: { id: "night-ferry" } });
    expect(item).toMatchObject({ tagline: mine, story: theirs, priceAmount: 4_300 });
  },
);

test("what was paused or resumed in another tab is told, and the button of before does what it says and nothing else", async () => {
  const page = await signedIn({ viewport: DESKTOP }, "/operator/items/moon-moth");
  const [pause, resume] = ["Pause the sale", "Resume the sale"].map((name) => page.getByRole("button", { name }));
  const since = page.getByRole("link", { name: /changed since/ });
  await pauseItem("moon-moth");
  await since.waitFor();
  await pause?.click();
  await page.locator('[data-message="done"]', { hasText: "Paused." }).waitFor();
  await resume?.waitFor();
  expect(await db.item.findUnique({ where: { id: "moon-moth" } })).toMatchObject({ paused: true });
  await resumeItem("moon-moth");
  await since.click();
  await pause?.waitFor();
  await since.waitFor({ state: "detached" });
});

test("what is typed into an item's form stays when its sale is paused, and a count that was added is gone from its field", async () => {
  const page = await signedIn({ viewport: DESKTOP }, "/operator/items/paper-garden");
  await page.getByLabel("Tagline").fill("Typed before.");
  await page.getByRole("button", { name: "Pause the sale" }).click();
  await page.getByRole("button", { name: "Resume the sale" }).click();
  await page.getByRole("button", { name: "Pause the sale" }).waitFor();
  expect(await page.getByLabel("Tagline").inputValue()).toBe("Typed before.");
  await page.getByLabel("Add units").fill("2");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.locator('[data-message="done"]', { hasText: "Added." }).waitFor();
  expect(await page.getByLabel("Add units").inputValue()).toBe("");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator('[data-message="saved"]').waitFor();
  expect(await db.item.findUnique({ where: { id: "paper-garden" } })).toMatchObject({ tagline: "Typed before." });

  // What was done on this page before anything was typed is nobody else's doing.
  await page.getByText("Start a new run…").click();
  await page.getByLabel("Units in run").fill("9");
  await page.getByLabel(/^Yes, end run/).check();
  await page.getByRole("button", { name: "Start the new run" }).click();
  await page.locator('[data-message="done"]', { hasText: "A new run has begun." }).waitFor();
  await page.getByLabel("Tagline").fill("Typed after.");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator('[data-message="saved"]').waitFor();
  expect(await db.item.findUnique({ where: { id: "paper-garden" } })).toMatchObject({ tagline: "Typed after." });
});

test("what is typed before the scripts have come stays when they do", async () => {
  const page = await signedIn({ viewport: DESKTOP });
  const held: Route[] = [];
  await page.route("**/assets/entry.client-*.js", (route) => void held.push(route));
  await page.goto("/operator/items/night-ferry", { waitUntil: "commit" });
  const typed = { Name: "Day Ferry", Story: "A line that sails again.", "What the picture shows": "A ferry." };
  for (const [label, text] of Object.entries(typed)) await page.getByLabel(label, { exact: true }).fill(text);
  await until(() => held.length > 0);
  for (const route of held) await route.continue();
  // A word of how it reads comes with the scripts.
  await page.getByLabel("Price", { exact: true }).fill("43");
  await page.locator('[data-in-words="price"]', { hasText: "€43.00" }).waitFor();
  for (const [label, text] of Object.entries(typed))
    expect(await page.getByLabel(label, { exact: true }).inputValue()).toBe(text);
});

test("what was typed is still there when the shop can be reached again, and so is what its writer had seen", async () => {
  const page = await signedIn({ viewport: DESKTOP });
  await page.goto("/operator/items/night-ferry");
  await page.getByLabel("Price", { exact: true }).fill("44");
  await page.locator('[data-in-words="price"]', { hasText: "€44.00" }).waitFor();
  await page.getByLabel("Story").fill("A line that sails again.");
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "We can’t reach the shop" }).waitFor();
  await db.$transaction((tx) => changeItem(tx, { id: "night-ferry", story: "Another's story." }));
  await page.context().setOffline(false);
  await page.locator('[data-in-words="price"]', { hasText: "€44.00" }).waitFor();
  expect(await page.getByLabel("Story").inputValue()).toBe("A line that sails again.");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator('[data-both="story"]', { hasText: "Another's story." }).waitFor();
  forgive(/ERR_INTERNET_DISCONNECTED/);
});
