/**
 * The checkout under load, for k6: BUYERS browsers without JavaScript press for QUANTITY units of an item that is paid for by card. Who has
 * a hold pays, is declined and leaves, has the bank take its time, leaves, gives back, or pays twice; who is told that all are held presses
 * again. In the end QUANTITY of them have a receipt, and everyone else was told so, or left: the thresholds are the verdict.
 */
import { sleep } from "k6";
import exec from "k6/execution";
import http, { type RefinedResponse } from "k6/http";
import { Counter, Gauge, Trend } from "k6/metrics";

const baseUrl = (__ENV.BASE_URL ?? "http://127.0.0.1:3000").replace(/\/$/, "");
const item = __ENV.ITEM ?? "moon-moth";
const buyers = Number(__ENV.BUYERS ?? "1000");
const quantity = Number(__ENV.QUANTITY ?? "100");

/** What buyers do who have a hold: of twenty, so many. */
const WAYS = [
  ...Array<"pay">(9).fill("pay"),
  ...Array<"twice">(2).fill("twice"),
  ...Array<"later">(2).fill("later"),
  ...Array<"decline">(2).fill("decline"),
  ...Array<"leave">(3).fill("leave"),
  ...Array<"give back">(2).fill("give back"),
];
/** Seconds between two looks of one who waits, and two presses of one who was told that all are held. */
const LOOK_EVERY = 1;
const PRESS_EVERY = 3;
/** Seconds after which a payment that was made must be a receipt, or a page that says why not. */
const ANSWER_WITHIN = 45;

type Page = RefinedResponse<"text">;

const receipts = new Counter("receipts");
const soldOut = new Counter("sold_out");
const left = new Counter("left");
const tooLate = new Counter("too_late");
const other = new Counter("other");
const all = { receipts, sold_out: soldOut, left, too_late: tooLate, other };
const hold = new Trend("hold", true);
const toReceipt = new Trend("to_receipt", true);
const quantityNow = new Gauge("quantity_now");

export const options = {
  scenarios: { checkout: { executor: "per-vu-iterations", vus: buyers, iterations: 1, maxDuration: "5m" } },
  setupTimeout: "30s",
  summaryTrendStats: ["p(50)", "p(95)", "max"],
  thresholds: {
    receipts: [`count==${quantity}`],
    other: ["count==0"],
    // Nobody is left without an answer.
    answered: [`count==${buyers}`],
    quantity_now: ["value==0"],
  },
};
const answered = new Counter("answered");

/** Puts the item up with QUANTITY units. Returns when everyone shall press. */
export function setup(): { pressAt: number } {
  const reset = http.post(`${baseUrl}/api/items/${item}/reset`, JSON.stringify({ quantity }), {
    headers: { "Content-Type": "application/json" },
  });
  if (reset.status !== 200) throw new Error(`the item cannot be reset: ${reset.status}`);
  return { pressAt: Date.now() + 2_000 + buyers * 10 };
}

/** One buyer. k6 gives each virtual user a cookie jar of its own. */
export default function buyer({ pressAt }: { pressAt: number }): void {
  const page = http.get(`${baseUrl}/items/${item}`, { tags: { name: "item page" } });
  const key = page.html("form[data-purchase] input[name=key]").attr("value");
  if (!key) return count(other, `the item page (${page.status}) has no form with a key`);
  const price = fieldsOf(page);
  sleep(Math.max(0, pressAt - Date.now()) / 1_000);
  const here = press(price);
  if (here) checkout(here);
}

/** Presses until there is a hold, or nothing is left; the hold's page, unless it is told otherwise. */
function press(fields: Record<string, string>): string | undefined {
  for (;;) {
    const answer = post(`${baseUrl}/items/${item}`, fields, "press");
    if (answer.status === 303) {
      hold.add(answer.timings.duration);
      return baseUrl + (answer.headers.Location ?? "");
    }
    if (answer.status === 409 && answer.body.includes('data-message="sold_out"')) return end(soldOut);
    const isHeld = answer.status === 409 && answer.body.includes('data-message="all_held"');
    if (!isHeld && answer.status !== 503) return end(other, `the press answered ${answer.status} ${answer.error}`);
    sleep(PRESS_EVERY * (0.5 + Math.random()));
  }
}

function checkout(here: string): void {
  const page = http.get(here, { tags: { name: "checkout" } });
  if (page.html("[data-pay]").size() === 0) return outcome(here, page);
  const way = WAYS[exec.vu.idInTest % WAYS.length] ?? "pay";
  if (way === "give back") {
    const given = post(here, { step: "release" }, "give back");
    const ended = http.get(here, { tags: { name: "checkout" } });
    if (given.status === 303 && ended.html('[data-why="given_up"]').size() === 1) return end(left);
    return count(other, `giving back answered ${given.status}, then ${ended.status}`);
  }
  const first = pay(here, "a");
  if (!first) return outcome(here);
  // Another address closes the first page, which may still be open in a tab.
  const pages = way === "twice" ? [first, pay(here, "b")] : [first];
  const began = Date.now();
  for (const payAt of pages) {
    if (!payAt) continue;
    const form = http.get(payAt, { tags: { name: "bank" } });
    if (form.html("form[data-bank]").size() === 0) return count(other, `the bank's page answered ${form.status}`);
    const pressed = way === "twice" ? "pay" : way;
    const answer = post(payAt, { outcome: pressed }, "bank");
    if (answer.status !== 200 && answer.status !== 303) return count(other, `the bank answered ${answer.status}`);
    // Pressed again, it is the same payment.
    if (way === "twice") post(payAt, { outcome: "pay" }, "bank");
  }
  if (way === "decline") post(first, { outcome: "leave" }, "bank");
  if (way === "decline" || way === "leave") return end(left);
  outcome(`${here}${here.includes("?") ? "&" : "?"}paid=1`, undefined, began);
}

/** The page at the bank; undefined when it is too late for one. */
function pay(here: string, who: string): string | undefined {
  for (;;) {
    const email = `buyer-${exec.vu.idInTest}-${who}@example.org`;
    const answer = post(here, { step: "pay", email, name: "" }, "to the bank");
    const location = answer.headers.Location ?? "";
    // The bank of a test shop stands on the shop's own address, whatever name the browser knows it by.
    if (answer.status === 303) return location.startsWith("/test-bank/pay/") ? baseUrl + location : undefined;
    if (answer.status !== 503) return undefined;
    sleep(LOOK_EVERY);
  }
}

/** Looks until the page says what has become of it. */
function outcome(here: string, known?: Page, began = Date.now()): void {
  let page = known;
  while (Date.now() - began < ANSWER_WITHIN * 1_000) {
    page ??= http.get(here, { tags: { name: "after paying" } });
    if (page.html("[data-receipt]").size() === 1) {
      toReceipt.add(Date.now() - began);
      return end(receipts);
    }
    if (page.html('[data-checkout="ended"]').size() === 1) return end(tooLate);
    page = undefined;
    sleep(LOOK_EVERY);
  }
  count(other, "no answer to a payment");
}

function fieldsOf(page: Page): Record<string, string> {
  const fields: Record<string, string> = {};
  page
    .html("form[data-purchase]")
    .find("input[type=hidden]")
    .each((_, input) => {
      const name = input.getAttribute("name");
      if (name) fields[name] = input.getAttribute("value") ?? "";
    });
  return fields;
}

function post(url: string, fields: Record<string, string>, name: string): Page {
  return http.post(url, fields, {
    redirects: 0,
    headers: { Origin: baseUrl, "Sec-Fetch-Site": "same-origin" },
    tags: { name },
  });
}

function end(counter: Counter, why?: string): undefined {
  counter.add(1);
  answered.add(1);
  if (why !== undefined) console.error(`buyer ${exec.vu.idInTest}: ${why}`);
}

function count(counter: Counter, why: string): void {
  end(counter, why);
}

/** What the page says in the end. */
export function teardown(): void {
  quantityNow.add(Number(http.get(`${baseUrl}/items/${item}`).html("[data-quantity]").first().text()));
  // A counter that nobody added to does not exist for its threshold.
  for (const counter of Object.values(all)) counter.add(0);
}

interface Summary {
  metrics: Record<string, { values: Record<string, number>; thresholds?: Record<string, { ok: boolean }> } | undefined>;
}

export function handleSummary({ metrics }: Summary): { stdout: string } {
  const value = (name: string, stat: string) => metrics[name]?.values[stat] ?? 0;
  const times = (name: string) =>
    ["p(50)", "p(95)", "max"].map((stat) => `${Math.round(value(name, stat))}`).join(" / ") + " ms";
  const rows = [
    ...Object.keys(all).map((name) => [name.replaceAll("_", " "), String(value(name, "count"))]),
    ["a hold, p50 / p95 / max", times("hold")],
    ["paid to receipt", times("to_receipt")],
    ["quantity now", metrics.quantity_now ? String(value("quantity_now", "value")) : "unknown"],
  ];
  const fallen = Object.entries(metrics).flatMap(([name, metric]) =>
    Object.entries(metric?.thresholds ?? {}).flatMap(([rule, { ok }]) => (ok ? [] : [`${name} ${rule}`])),
  );
  const verdict =
    fallen.length === 0
      ? `${buyers} buyers, ${quantity} to sell: exactly ${quantity} have a receipt, and everybody an answer.`
      : `NOT as it must be: ${fallen.join(", ")}.`;
  const lines = rows.map(([name = "", text = ""]) => `  ${name.padEnd(26)}${text.padStart(24)}`).join("\n");
  return { stdout: `\n${lines}\n\n${verdict}\n` };
}
