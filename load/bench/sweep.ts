/** `npm run bench:sweep`: what the till's and the pools' settings do, one at a time: how the defaults were chosen. */
import { parseArgs } from "node:util";
import { median, table } from "../figures.ts";
import { crowdAtOnce, type Figure, http, jsonPurchase } from "./load.ts";
import { HOT_ITEMS, PLENTY, resetItem, setStage, type StagedShop } from "./stage.ts";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "3" },
    setting: { type: "string" },
  },
});
const rounds = Number(flags.rounds);
const seconds = Number(flags.seconds);
const [HOT = ""] = HOT_ITEMS;

/** Milliseconds: the longest that a till of these settings lets anyone wait. */
const LONGEST_WAIT = 5_000;

const SETTINGS: Record<string, string[]> = {
  TILL_BATCH: ["1", "10", "50", "200", "1000"],
  TILL_WAIT: ["500", "1000", "2000", "5000"],
  TILL_QUEUE: ["500", "5000"],
  DATABASE_POOL: ["4", "10", "20", "40"],
};

const stage = await setStage();
try {
  for (const [name, values] of Object.entries(SETTINGS)) {
    if (flags.setting && flags.setting !== name) continue;
    const shops: StagedShop[] = [];
    for (const value of values) shops.push(await stage.startShop({ [name]: value }));
    const rows = values.map((value) => ({ value, hot: [] as Figure[], ten: [] as Figure[], crowd: [] as Figure[] }));
    for (let round = 0; round <= rounds; round += 1) {
      for (const [index, shop] of shops.entries()) {
        await resetItem(shop.url, HOT, PLENTY);
        const hot = await http(shop.url, jsonPurchase([HOT]), { connections: 50, seconds });
        const ten = await http(shop.url, jsonPurchase(HOT_ITEMS), { connections: 50, seconds });
        // Whoever was still at the till when the load ended would take a unit of the next run.
        await new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT));
        await resetItem(shop.url, HOT, 100);
        const crowd = await crowdAtOnce(shop.url, HOT, 5_000);
        if (round === 0) continue; // warming up
        rows[index]?.hot.push(hot);
        rows[index]?.ten.push(ten);
        rows[index]?.crowd.push(crowd);
      }
    }
    await Promise.all(shops.map((shop) => shop.stop()));
    process.stdout.write(
      `\n${name}\n${table([
        ["", "one item /s", "p99 ms", "ten items /s", "p99 ms", "5,000 for 100: sold", "busy", "all answered s"],
        ...rows.map(({ value, hot, ten, crowd }) => [
          value,
          of(hot, ({ perSecond }) => perSecond).toFixed(0),
          of(hot, ({ p99 }) => p99).toFixed(0),
          of(ten, ({ perSecond }) => perSecond).toFixed(0),
          of(ten, ({ p99 }) => p99).toFixed(0),
          of(crowd, ({ statuses }) => statuses["201"] ?? 0).toFixed(0),
          of(crowd, ({ statuses }) => statuses["503"] ?? 0).toFixed(0),
          of(crowd, (figure) => figure.seconds).toFixed(2),
        ]),
      ])}\n`,
    );
  }
} finally {
  await stage.close();
}

function of(figures: Figure[], value: (figure: Figure) => number): number {
  return median(figures.map(value));
}
