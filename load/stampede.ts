/**
 * The stampede, for k6: BUYERS browsers without JavaScript press the button of one item at the same moment.
 * Exactly QUANTITY of them get a receipt and everyone else is told "sold out": the thresholds are the verdict.
 */
import { check, sleep } from "k6";
import exec from "k6/execution";
import http, { type RefinedResponse } from "k6/http";
import { Counter, Gauge, Trend } from "k6/metrics";

const baseUrl = (__ENV.BASE_URL ?? "http://localhost:3000").replace(/\/$/, "");
const item = __ENV.ITEM ?? "moon-moth";
const buyers = Number(__ENV.BUYERS ?? "100");
const quantity = Number(__ENV.QUANTITY ?? "1");
const expected = Math.min(quantity, buyers);

const purchased = new Counter("purchased");
const soldOut = new Counter("sold_out");
const other = new Counter("other");
const press = new Trend("press", true);
const quantityNow = new Gauge("quantity_now");

export const options = {
  // Everybody presses once: with shared iterations a quick buyer would press for a slow one.
  scenarios: { stampede: { executor: "per-vu-iterations", vus: buyers, iterations: 1, maxDuration: "2m" } },
  setupTimeout: "30s",
  summaryTrendStats: ["p(50)", "p(95)", "max"],
  thresholds: {
    purchased: [`count==${expected}`],
    sold_out: [`count==${buyers - expected}`],
    other: ["count==0"],
    quantity_now: [`value==${quantity - expected}`],
  },
};

/** Puts the item up with QUANTITY units, or says why that cannot be done. Returns when everyone shall press. */
export function setup(): { pressAt: number } {
  if (http.get(`${baseUrl}/healthz`).body !== "ok")
    throw new Error(`No shop answers at ${baseUrl}. Start one with \`npm start\`.`);
  const reset = http.post(`${baseUrl}/api/items/${item}/reset`, JSON.stringify({ quantity }), {
    headers: { "Content-Type": "application/json" },
  });
  if (reset.status !== 200) {
    const known = http.get(`${baseUrl}/api/items/${item}`).status === 200;
    throw new Error(
      known ? `The item cannot be reset (${reset.status}): start the shop with DEMO=1.` : `There is no item ${item}.`,
    );
  }
  // Time for every buyer to open the page first.
  return { pressAt: Date.now() + 2_000 + buyers * 10 };
}

/** One buyer. k6 gives each virtual user a cookie jar of its own. */
export default function buyer({ pressAt }: { pressAt: number }): void {
  const page = http.get(`${baseUrl}/items/${item}`, { tags: { name: "item page" } });
  const form = page.html("form[data-purchase]");
  const fields: Record<string, string> = {};
  form.find("input[type=hidden]").each((_, input) => {
    const name = input.getAttribute("name");
    if (name) fields[name] = input.getAttribute("value") ?? "";
  });
  if (!fields.key) return count(other, `the item page (${page.status}) has no form with a key`);

  sleep(Math.max(0, pressAt - Date.now()) / 1_000);
  const answer = http.post(baseUrl + (form.attr("action") ?? `/items/${item}`), fields, {
    redirects: 0,
    headers: { Origin: baseUrl, "Sec-Fetch-Site": "same-origin" },
    tags: { name: "press" },
  });
  press.add(answer.timings.duration);
  judge(answer);
}

function judge(answer: RefinedResponse<"text">): void {
  if (answer.status === 303) {
    const receipt = http.get(baseUrl + (answer.headers.Location ?? ""), { tags: { name: "receipt" } });
    if (check(receipt, { "the receipt is there": ({ status }) => status === 200 })) return purchased.add(1);
    return count(other, `the receipt answered ${receipt.status}`);
  }
  if (answer.status === 409 && answer.body.includes('data-message="sold_out"')) return soldOut.add(1);
  count(other, `the purchase answered ${answer.status} ${answer.error}`);
}

function count(counter: Counter, why: string): void {
  counter.add(1);
  console.error(`buyer ${exec.vu.idInTest}: ${why}`);
}

/** What the page says in the end. */
export function teardown(): void {
  const page = http.get(`${baseUrl}/items/${item}`);
  quantityNow.add(Number(page.html("[data-quantity]").first().text()));
  // A counter that nobody added to does not exist for its threshold.
  for (const counter of [purchased, soldOut, other]) counter.add(0);
}

interface Summary {
  metrics: Record<string, { values: Record<string, number>; thresholds?: Record<string, { ok: boolean }> } | undefined>;
}

export function handleSummary({ metrics }: Summary): { stdout: string } {
  const value = (name: string, stat: string) => metrics[name]?.values[stat] ?? 0;
  const rows = [
    ["purchased", String(value("purchased", "count"))],
    ["sold out", String(value("sold_out", "count"))],
    ["other", String(value("other", "count"))],
    ["p50", `${Math.round(value("press", "p(50)"))} ms`],
    ["p95", `${Math.round(value("press", "p(95)"))} ms`],
    ["max", `${Math.round(value("press", "max"))} ms`],
    ["quantity now", metrics.quantity_now ? String(value("quantity_now", "value")) : "unknown"],
  ];
  const fallen = Object.entries(metrics).flatMap(([name, metric]) =>
    Object.entries(metric?.thresholds ?? {}).flatMap(([rule, { ok }]) => (ok ? [] : [`${name} ${rule}`])),
  );
  const verdict =
    fallen.length === 0
      ? `${buyers} buyers, ${quantity} to sell: exactly ${expected} sold.`
      : `NOT as it must be: ${fallen.join(", ")}.`;
  const table = rows.map(([name = "", text = ""]) => `  ${name.padEnd(14)}${text.padStart(10)}`).join("\n");
  return { stdout: `\n${table}\n\n${verdict}\n` };
}
