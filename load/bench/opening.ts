/**
 * `npm run bench:opening`: when an item opens, how soon the pages of real browsers know it, on two instances, half of them the window and half
 * the item's page; how soon they show an opening that was moved; what they ask the shop for meanwhile; and on which side of the opening each
 * press falls. Pages, shops and PostgreSQL are on one machine, so all times are of one clock.
 */
import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import { parseArgs } from "node:util";
import type { Browser, Page } from "playwright-core";
import { launchBrowser } from "#harness/browser.ts";
import { percentile } from "../figures.ts";
import { Budgets, print } from "./budgets.ts";
import { query, setStage, type StagedShop } from "./stage.ts";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    pages: { type: "string", default: "50" },
    /** Their size, a phone's unless told: what every page draws in the same moment counts where all draw on one machine. */
    size: { type: "string", default: "390x664" },
  },
});
const rounds = Number(flags.rounds);
const count = Number(flags.pages);
const [width = NaN, height = NaN] = flags.size.split("x").map(Number);
const ITEM = "drop";
/** Opened one group after the other: each page takes a process of its own. */
const AT_ONCE = 5;
/** Milliseconds from the move that says when to the opening itself, and to both sides of it in which requests are counted. */
const AHEAD = 40_000;
const AROUND = 30_000;
const HOUR = 3_600_000;
/** Milliseconds: between two presses of one instance, before the opening and after it. */
const PRESS_EVERY = 5;
const PRESS_BEFORE = 3_000;
const PRESS_AFTER = 1_000;
/** Milliseconds for whatever a round waits for. */
const PATIENCE = 60_000;
/** Milliseconds after a page has turned until it says so: asked all the while, or answering at once, pages would keep others from turning. */
const DISCRETION = 1_000;

/** By scripts in the page: when it had turned to what. */
interface Turn {
  turnedTo: string;
  at: number;
}

interface OpenPage {
  page: Page;
  /** When it asked the shop for something else than its stream. */
  asked: number[];
}

const stage = await setStage();
const budgets = new Budgets();
const { disconnect, db } = await import("#app/db.server.ts");
const { addItem, changeItem } = await import("#app/shop/stocking.server.ts");
const { publish } = await import("#app/shop/memory.server.ts");
const { announced } = await import("#app/live/announce.server.ts");
let browser: Browser | undefined;
try {
  // Each press is of a new buyer from the same address.
  const settings = { BUYER_AGE: "0", UNITS_PER_ADDRESS: "1000000", NEW_BUYERS_PER_ADDRESS: "1000000" };
  const shops = [await stage.startShop(settings), await stage.startShop(settings)];
  await putUp();
  await knownTo(shops);
  browser = await launchBrowser();
  const pages = await openPages(browser, shops);
  process.stderr.write(`${pages.length} pages are open\n`);
  const [moved, opened]: [string[][], string[][]] = [[], []];
  const [slowestMoves, spreads]: [number[], number[]] = [[], []];
  for (let round = 1; round <= rounds; round += 1) {
    for (const ahead of [HOUR + round * 60_000, AHEAD]) {
      const { delays, moment } = await move(pages, ahead);
      slowestMoves.push(delays.at(-1) ?? NaN);
      moved.push([`${round}, to ${ahead === AHEAD ? "sooner" : "later"}`, ...inMilliseconds(delays)]);
      if (ahead !== AHEAD) continue;
      const seen = await opening(pages, moment);
      const spread = (seen.delays.at(-1) ?? NaN) - (seen.delays[0] ?? NaN);
      spreads.push(spread);
      opened.push([String(round), ...inMilliseconds(seen.delays), spread.toFixed(0), String(seen.asked)]);
      process.stderr.write(`round ${round} done\n`);
    }
  }
  const { moment } = await move(pages, HOUR).then(() => move(pages, AHEAD));
  const pressing = press(shops, moment);
  const beside = await opening(pages, moment);
  const presses = await pressing;
  opened.push([
    "beside presses",
    ...inMilliseconds(beside.delays),
    ((beside.delays.at(-1) ?? NaN) - (beside.delays[0] ?? NaN)).toFixed(0),
    String(beside.asked),
  ]);

  const delays = ["first", "median", "last"];
  print(`From the opening, by the database's clock, until ${count} pages had turned, milliseconds`, [
    ["round", ...delays, "spread", "requests in the minute around it"],
    ...opened,
  ]);
  print(`From the COMMIT of a moved opening until ${count} pages counted to it, milliseconds`, [
    ["round", ...delays],
    ...moved,
  ]);
  print("Presses, every 5 ms on each instance, milliseconds after the opening", presses.rows);
  print("Budgets", [
    ["", "measured", "at most", "aim", ""],
    budgets.atMost("from the first to the last page, best round", Math.min(...spreads), { must: 250 }, "ms"),
    budgets.atMost("from the first to the last page, worst round", Math.max(...spreads), { must: 250 }, "ms"),
    budgets.atMost("a moved opening on every page, worst", Math.max(...slowestMoves), { must: 1_000 }, "ms"),
    budgets.atMost("orders from before the opening", presses.early, { must: 0 }, ""),
    budgets.atMost("refused as not open, pressed after it", presses.late, { must: 0 }, ""),
  ]);
} finally {
  await browser?.close();
  await disconnect();
  await stage.close();
}
process.exitCode = budgets.fallen === 0 ? 0 : 1;

function inMilliseconds(sorted: number[]): string[] {
  return [sorted[0] ?? NaN, percentile(sorted, 0.5), sorted.at(-1) ?? NaN].map((delay) => delay.toFixed(0));
}

async function putUp(): Promise<void> {
  await db.$transaction((tx) =>
    addItem(tx, {
      ...{ id: ITEM, name: "Drop", tagline: "", story: "", picture: "/favicon.svg", pictureAlt: "" },
      ...{ price: { amount: 100, currency: "EUR" }, startingQuantity: 1_000_000, maxPerOrder: 1, limitPerBuyer: null },
      ...{ opensAt: new Date(Date.now() + HOUR), closesAt: null, payment: "none", holdSeconds: 600, ships: false },
      position: null,
    }),
  );
}

/** Until their windows show it: asked for an item that an instance has not heard of, it asks the database. */
async function knownTo(shops: StagedShop[]): Promise<void> {
  for (const { url } of shops)
    while (!(await (await fetch(url)).text()).includes(`/items/${ITEM}`))
      await new Promise((resolve) => setTimeout(resolve, 50));
}

/** In turn the item's page and the window, and of each in turn one of either instance. */
async function openPages(browser: Browser, shops: StagedShop[]): Promise<OpenPage[]> {
  const pages: OpenPage[] = [];
  const open = async (index: number) => {
    // Its own buyer, with a stream of its own: tabs of one browser share theirs.
    const context = await browser.newContext({
      viewport: { width, height },
      baseURL: shops[(index >> 1) % shops.length]?.url ?? "",
    });
    context.setDefaultTimeout(PATIENCE);
    const page = await context.newPage();
    const asked: number[] = [];
    page.on("request", (sent) => new URL(sent.url()).pathname === "/live" || asked.push(Date.now()));
    await page.goto(index % 2 === 0 ? `/items/${ITEM}` : "/");
    await page.locator('[data-connection="live"]').waitFor();
    await page.locator("[data-countdown-to]").first().waitFor();
    await page.evaluate(watch, ITEM);
    pages.push({ page, asked });
  };
  for (let from = 0; from < count; from += AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, index) => open(from + index)));
  return pages;
}

/** In a page: notes when it turned to what, as soon as that stands in it. */
function watch(itemId: string): void {
  const turns: Turn[] = [];
  let last = "";
  const look = () => {
    const place = document.querySelector(`[data-item="${itemId}"]`) ?? document.querySelector("article");
    if (!place) return;
    const button = place.querySelector("form[data-purchase] button:not([type])");
    const armed = button
      ? !button.hasAttribute("aria-disabled")
      : place.querySelector('[data-state="not_open"]') === null;
    const moment = place.querySelector("[data-countdown-to]")?.getAttribute("data-countdown-to") ?? "";
    const turnedTo = armed && moment === "" ? "open" : moment;
    if (turnedTo !== last) turns.push({ turnedTo, at: performance.timeOrigin + performance.now() });
    last = turnedTo;
  };
  look();
  new MutationObserver(look).observe(document.body, {
    ...{ subtree: true, childList: true, characterData: true, attributes: true },
  });
  Object.assign(window, { turns });
}

/** When the last page had turned to it, after all others: each page's first time after `since`, sorted. */
async function turned(pages: OpenPage[], turnedTo: string, since: number): Promise<number[]> {
  const asked = { turnedTo, since, discretion: DISCRETION, patience: PATIENCE };
  const timeOf = async ({ turnedTo, since, discretion, patience }: typeof asked) => {
    const { turns } = window as unknown as { turns: Turn[] };
    for (const until = Date.now() + patience; Date.now() < until;) {
      const turn = turns.find((turn) => turn.turnedTo === turnedTo && turn.at >= since);
      if (turn && performance.timeOrigin + performance.now() - turn.at >= discretion) return turn.at;
      await new Promise((resolve) => setTimeout(resolve, discretion));
    }
    throw new Error(`The page has not turned to ${turnedTo}.`);
  };
  const times = await Promise.all(pages.map(({ page }) => page.evaluate(timeOf, asked)));
  return times.sort((one, other) => one - other);
}

/** As an operator's command does it, and when that was committed, by the database's clock. */
async function move(pages: OpenPage[], ahead: number): Promise<{ delays: number[]; moment: Date }> {
  const moment = new Date(Date.now() + ahead);
  const { stock, at } = await db.$transaction(async (tx) => {
    const stock = await changeItem(tx, { id: ITEM, opensAt: moment });
    const [clock] = await tx.$queryRaw<{ at: Date }[]>`SELECT clock_timestamp() AS at`;
    return { stock, at: clock?.at.getTime() ?? NaN };
  });
  if (stock) publish(stock);
  await announced();
  const times = await turned(pages, moment.toISOString(), at);
  return { delays: times.map((time) => time - at), moment };
}

async function opening(pages: OpenPage[], moment: Date): Promise<{ delays: number[]; asked: number }> {
  const at = moment.getTime();
  const times = await turned(pages, "open", at - AHEAD);
  await new Promise((resolve) => setTimeout(resolve, at + AROUND - Date.now()));
  const around = pages.flatMap(({ asked }) => asked.filter((time) => Math.abs(time - at) < AROUND));
  return { delays: times.map((time) => time - at), asked: around.length };
}

interface Answer {
  kind: string;
  sentAt: number;
  answeredAt: number;
}

/** By JSON on each instance, and what the books say of it. */
async function press(shops: StagedShop[], moment: Date): Promise<{ rows: string[][]; early: number; late: number }> {
  const opensAt = moment.getTime();
  const agent = new Agent({ keepAlive: true, maxSockets: 200 });
  const answers: Promise<Answer>[] = [];
  await new Promise((resolve) => setTimeout(resolve, opensAt - PRESS_BEFORE - Date.now()));
  const began = Date.now();
  for (let sent = 0; Date.now() < opensAt + PRESS_AFTER;) {
    for (; sent < (Date.now() - began) / PRESS_EVERY; sent += 1)
      answers.push(...shops.map((shop) => pressOnce(shop.url, agent)));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const answered = await Promise.all(answers);
  agent.destroy();
  const [books] = await query<{ orders: number; early: number; first: number }>(
    stage.databaseUrl,
    `SELECT count(*)::int AS orders, (count(*) FILTER (WHERE placed_at < opens_at))::int AS early,
            extract(epoch FROM min(placed_at) - max(opens_at))::float8 * 1000 AS first
     FROM orders JOIN items ON items.id = orders.item_id WHERE item_id = '${ITEM}'`,
  );
  const of = (kind: string) => answered.filter((answer) => answer.kind === kind);
  const notOpen = of("not-open");
  // What was sent after it cannot have been decided before.
  const late = notOpen.filter(({ sentAt }) => sentAt >= opensAt).length;
  const others = answered.length - notOpen.length - of("201").length;
  const after = (time: number) => (time - opensAt).toFixed(1);
  return {
    early: books?.early ?? NaN,
    late,
    rows: [
      ["", "", ""],
      [
        "presses, orders, refused as not open, other answers",
        "",
        [answered.length, of("201").length, notOpen.length, others].join(", "),
      ],
      [
        "the last that was refused as not open: sent, answered",
        after(Math.max(...notOpen.map(({ sentAt }) => sentAt))),
        after(Math.max(...notOpen.map(({ answeredAt }) => answeredAt))),
      ],
      ["the first order, placed by the database's clock", "", (books?.first ?? NaN).toFixed(1)],
      [
        "the first that bought: sent, answered",
        after(Math.min(...of("201").map(({ sentAt }) => sentAt))),
        after(Math.min(...of("201").map(({ answeredAt }) => answeredAt))),
      ],
    ],
  };
}

function pressOnce(url: string, agent: Agent): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const headers = { "Content-Type": "application/json", "Idempotency-Key": randomUUID() };
  const now = () => performance.timeOrigin + performance.now();
  const sentAt = now();
  const sent = request(`${url}/api/items/${ITEM}/purchases`, { method: "POST", agent, headers }, (answer) => {
    let text = "";
    answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    answer.on("end", () => {
      const answeredAt = now();
      const status = answer.statusCode ?? 0;
      const problem = status === 409 ? (JSON.parse(text) as { type: string }).type.split(":").at(-1) : undefined;
      resolve({ kind: problem ?? String(status), sentAt, answeredAt });
    });
  });
  sent.on("error", reject).end('{"quantity":1}');
  return promise;
}
