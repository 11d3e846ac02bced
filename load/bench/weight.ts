/**
 * `npm run bench:weight`: what each page weighs and when it can be used on a slow line, and Lighthouse's scores. In the packaged Chromium,
 * on a shop with the demo's items. `--runs 3`: the best of so many is told. `--only item`: pages whose name begins so. `--without-lighthouse`.
 */
import { randomUUID } from "node:crypto";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { Visitor } from "#harness/shop.ts";
import { freePort } from "#server/port.ts";
import { table } from "../figures.ts";
import { CATEGORIES, rate, type Scores } from "./lighthouse.ts";
import { OPERATED } from "./operator.ts";
import { cookieOf, type PageToVisit, type Visit, visit } from "./slow-visit.ts";
import { resetItem, setStage } from "./stage.ts";

const { values: flags } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    only: { type: "string", default: "" },
    "without-lighthouse": { type: "boolean", default: false },
  },
});
const runs = Number(flags.runs);
const ABOUT = "We print in a room above a bakery.\n\n## How\n\nSlowly, and by hand.";

const stage = await setStage({ withHotItems: false });
const port = await freePort();
const browser = await chromium.launch({
  executablePath: await unpackBrowser(),
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", `--remote-debugging-port=${port}`],
});
try {
  await writeAbout();
  const shop = await stage.startShop(OPERATED);
  const line = await browser.newBrowserCDPSession();
  const pages = (await pagesOf(shop.url)).filter(({ name }) => name.startsWith(flags.only));
  const weights = [
    ["", "HTML", "CSS", "both", "fonts", "scripts", "picture", "painted", "usable", "shift", "shift, fonts late"],
  ];
  const ratings = [["", ...CATEGORIES]];
  const remarks: string[] = [];
  for (const page of pages) {
    const visits: Visit[] = [];
    for (let run = 0; run < runs; run += 1) visits.push(await visit(browser, shop.url, page, "as they come"));
    const late = await visit(browser, shop.url, page, "late");
    weights.push([page.name, ...cellsOf(visits, late)]);
    const moved = [...visits, late].flatMap((each) => each.moved);
    remarks.push(...new Set(moved.map((what) => `${page.name}: moved by ${what}`)));
    // It follows links, and presses nothing.
    if (flags["without-lighthouse"] || page.press) continue;
    const rated: Scores[] = [];
    await line.send("Storage.clearCookies");
    if (page.cookie) await line.send("Storage.setCookies", { cookies: [cookieOf(page.cookie, shop.url)] });
    for (let run = 0; run < runs; run += 1) rated.push(await rate(`${shop.url}${page.path}`, port));
    const best = CATEGORIES.map((_, index) => Math.max(...rated.map(({ scores }) => scores[index] ?? NaN)));
    ratings.push([page.name, ...best.map(String)]);
    process.stderr.write(`${page.name}: ${best.join(" ")}\n`);
    remarks.push(...new Set(rated.flatMap(({ faults }) => faults).map((fault) => `${page.name}: ${fault}`)));
  }
  process.stdout.write(`\n${table(weights)}\n\n`);
  if (ratings.length > 1) process.stdout.write(`${table(ratings)}\n\n`);
  process.stdout.write(`${remarks.join("\n")}\n\nLoad of the machine at the end: ${loadavg()[0]?.toFixed(1)}\n`);
} finally {
  await browser.close();
  await (await import("#app/db.server.ts")).disconnect();
  await stage.close();
}

/** Bytes in kB as they came, times in seconds: the best of all visits. The shift is the worst. */
function cellsOf(visits: Visit[], late: Visit): string[] {
  const [{ bytes, picture } = late] = visits;
  const seconds = (of: (visit: Visit) => number) => (Math.min(...visits.map(of)) / 1_000).toFixed(2);
  return [
    ...[bytes.Document, bytes.Stylesheet, bytes.Document + bytes.Stylesheet, bytes.Font, bytes.Script, picture].map(
      (count) => (count / 1_000).toFixed(1),
    ),
    seconds(({ painted }) => painted),
    seconds(({ usable }) => usable),
    Math.max(...visits.map(({ shift }) => shift)).toFixed(3),
    late.shift.toFixed(3),
  ];
}

async function writeAbout(): Promise<void> {
  process.env.DATABASE_URL = stage.databaseUrl;
  process.env.COOKIE_SECRET ??= "a-secret-for-measuring-and-nothing-else";
  const { changeSettings } = await import("#app/operator/settings.server.ts");
  await changeSettings({ about: ABOUT }, "bench");
}

/** The Chromium that npm ships, with the libraries that a bare container lacks: the package reads this when it is loaded. */
async function unpackBrowser(): Promise<string> {
  process.env.AWS_LAMBDA_JS_RUNTIME ??= "nodejs22.x";
  return (await import("@sparticuz/chromium")).default.executablePath();
}

/** Each page a shop shows to visitors, and what they come to it for. */
async function pagesOf(url: string): Promise<PageToVisit[]> {
  const buy = "form[data-purchase] button:not([type])";
  const [receipt, checkout] = await Promise.all([buyOne(url, "moon-moth"), buyOne(url, "tin-comet")]);
  return [
    { name: "window", path: "/", shows: ["[data-item] [data-price], [data-item]", "h1"] },
    { name: "item, available", path: "/items/night-ferry", shows: ["[data-price]", buy] },
    { name: "item, not open", path: "/items/paper-garden", shows: ["[data-price]", buy] },
    { name: "item, sold out", path: "/items/last-lighthouse", shows: ["[data-price]"] },
    {
      name: "item, refused",
      path: "/items/clay-whistle",
      shows: ["[data-price]", "[data-message]"],
      press: {
        before: () => resetItem(url, "clay-whistle", 1),
        button: buy,
        meanwhile: () => resetItem(url, "clay-whistle", 0),
      },
    },
    { name: "receipt", ...receipt, shows: ["article[data-receipt]"] },
    { name: "checkout", ...checkout, shows: ["form[data-pay] button"] },
    { name: "find my order", path: "/orders", shows: ["main form button"] },
    { name: "about", path: "/about", shows: ["main h1"] },
    { name: "not found", path: "/nothing", shows: ["main h1"] },
    { name: "operator's sign-in", path: "/operator/sign-in", shows: ["main form button"] },
  ];
}

/** Sold, or held to be paid for. */
async function buyOne(url: string, itemId: string): Promise<{ path: string; cookie: string }> {
  const visitor = new Visitor(url);
  await visitor.openItem(itemId);
  const answer = await visitor.buyByJson(itemId, randomUUID());
  const { order, hold } = (await answer.json()) as { order?: { id: string }; hold?: { id: string } };
  const id = order?.id ?? hold?.id;
  if (id === undefined) throw new Error(`${itemId} was not sold: ${answer.status}`);
  return { path: `/orders/${id}`, cookie: visitor.cookie };
}
