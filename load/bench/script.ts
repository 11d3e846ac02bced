/**
 * `npm run bench:script`: what one script gets of 100 units, one for each buyer, beside 100 people who press 0.2 to 2 s
 * after the opening. Each visitor has an address of its own, by X-Forwarded-For from this machine, which is a trusted
 * proxy; the script has one. Bounded by the script's own attempts and by the people's presses.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { setStage, type Stage } from "./stage.ts";

const UNITS = 100;
const PEOPLE = 100;
/** Milliseconds from the start of a round to the opening. */
const OPENING = 4_000;
const AT_ONCE = 20;
const MOST_ATTEMPTS = 2_000;

/** How the script comes by its buyers. */
const SCRIPTS = {
  "without a cookie": { cookies: 0, waits: false },
  "a cookie each, fetched after the opening": { cookies: 0, waits: true },
  "300 cookies, fetched before the opening": { cookies: 300, waits: false },
} as const;

const BEFORE = { BUYER_AGE: "0", UNITS_PER_ADDRESS: "1000000", NEW_BUYERS_PER_ADDRESS: "1000000" };

class Browser {
  readonly #shop: string;
  readonly #headers: Record<string, string>;

  constructor(shop: string, address: string) {
    this.#shop = shop;
    this.#headers = { "X-Forwarded-For": address };
  }

  async open(itemId: string): Promise<void> {
    const answer = await fetch(`${this.#shop}/items/${itemId}`, { headers: this.#headers });
    await answer.text();
    this.#headers.Cookie = answer.headers
      .getSetCookie()
      .map((line) => line.split(";")[0])
      .join("; ");
  }

  async buy(itemId: string): Promise<boolean> {
    const answer = await fetch(`${this.#shop}/api/items/${itemId}/purchases`, {
      method: "POST",
      headers: { ...this.#headers, "Content-Type": "application/json", "Idempotency-Key": randomUUID() },
      body: '{"quantity":1}',
    });
    await answer.arrayBuffer();
    return answer.status === 201;
  }
}

const stage = await setStage();
try {
  const rows: Record<string, { script: number; people: number }>[] = [];
  for (const [settings, named] of [
    [BEFORE, "no rule"],
    [{}, "as it is set"],
  ] as const)
    for (const name of Object.keys(SCRIPTS) as (keyof typeof SCRIPTS)[])
      rows.push({ [`${named}: ${name}`]: await round(stage, settings, SCRIPTS[name]) });
  console.table(Object.assign({}, ...rows));
} finally {
  await (await import("#app/db.server.ts")).disconnect();
  await stage.close();
}

async function round(
  { startShop }: Stage,
  settings: Record<string, string>,
  { cookies, waits }: { cookies: number; waits: boolean },
): Promise<{ script: number; people: number }> {
  const shop = await startShop(settings);
  const itemId = `drop-${randomUUID().slice(0, 8)}`;
  const opensAt = new Date(Date.now() + OPENING);
  await putUp(itemId, opensAt);
  const buyers = Array.from({ length: PEOPLE }, (_, person) => new Browser(shop.url, `10.0.0.${person + 1}`));
  await Promise.all(buyers.map((buyer) => buyer.open(itemId)));
  const jars = Array.from({ length: cookies }, () => new Browser(shop.url, "10.9.9.9"));
  for (let done = 0; done < jars.length; done += AT_ONCE)
    await Promise.all(jars.slice(done, done + AT_ONCE).map((jar) => jar.open(itemId)));

  await sleep(Math.max(0, opensAt.getTime() - Date.now() + 20));
  const people = Promise.all(
    buyers.map(async (buyer) => {
      await sleep(200 + Math.random() * 1_800);
      return buyer.buy(itemId);
    }),
  );
  const until = Date.now() + 6_000;
  let attempts = 0;
  const loop = async (): Promise<number> => {
    let got = 0;
    while (Date.now() < until && attempts < MOST_ATTEMPTS) {
      attempts += 1;
      const jar = jars.pop() ?? new Browser(shop.url, "10.9.9.9");
      if (waits) {
        await jar.open(itemId);
        await sleep(2_100);
      }
      if (await jar.buy(itemId)) got += 1;
    }
    return got;
  };
  const script = (await Promise.all(Array.from({ length: AT_ONCE }, loop))).reduce((sum, got) => sum + got, 0);
  const result = { script, people: (await people).filter(Boolean).length };
  await shop.stop();
  return result;
}

async function putUp(itemId: string, opensAt: Date): Promise<void> {
  const { db } = await import("#app/db.server.ts");
  const { addItem } = await import("#app/shop/stocking.server.ts");
  await db.$transaction((tx) =>
    addItem(tx, {
      id: itemId,
      name: "Drop",
      tagline: "",
      story: "",
      picture: "/favicon.svg",
      pictureAlt: "",
      price: { amount: 100, currency: "EUR" },
      startingQuantity: UNITS,
      maxPerOrder: 1,
      limitPerBuyer: 1,
      opensAt,
      closesAt: null,
      payment: "none",
      holdSeconds: 600,
      ships: false,
      position: null,
    }),
  );
}
