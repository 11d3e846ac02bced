/** What one address gets from an instance of an item with a limit for each buyer. */
import { randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { purchaseDb } from "#app/db.server.ts";
import { env } from "#app/env.server.ts";
import { listItems } from "#app/shop/catalogue.server.ts";
import { memory } from "#app/shop/memory.server.ts";
import { busy, type Busy, type PurchaseOutcome } from "#app/shop/outcome.ts";
import { purchase } from "#app/shop/purchase.server.ts";
import { resetItem } from "#app/shop/stocking.server.ts";
import { Tills } from "#app/shop/tills.server.ts";
import { startShop, Visitor } from "#harness/shop.ts";

const LIMITED = "clay-whistle";
const UNLIMITED = "night-ferry";
const MOST = env.UNITS_PER_ADDRESS;

beforeAll(async () => memory.replace(await listItems(), Date.now()));

const wish = (address: string, itemId = LIMITED) => ({
  itemId,
  address,
  buyerId: randomUUID(),
  key: randomUUID(),
  quantity: 1,
});
const kindsOf = (outcomes: PurchaseOutcome[]) => outcomes.map(({ kind }) => kind);

test("one address gets so many units of a run, finds what it has bought, and takes nothing from another", async () => {
  await resetItem(LIMITED, 100);
  const first = wish("192.0.2.7");
  const more = Array.from({ length: MOST - 1 }, () => wish("192.0.2.7"));
  expect(kindsOf(await Promise.all([first, ...more].map((each) => purchase(each))))).toEqual(
    Array<string>(MOST).fill("purchased"),
  );
  expect(await purchase(wish("192.0.2.7"))).toMatchObject({ kind: "limit_reached", limit: MOST, per: "address" });
  expect((await purchase(first)).kind).toBe("repeated");
  expect((await purchase(wish("192.0.2.8"))).kind).toBe("purchased");
  await resetItem(LIMITED, 100);
  expect((await purchase(wish("192.0.2.7"))).kind).toBe("purchased");
});

test("what limits no buyer limits no address", async () => {
  await resetItem(UNLIMITED, 100);
  const outcomes = await Promise.all(Array.from({ length: MOST + 5 }, () => purchase(wish("192.0.2.7", UNLIMITED))));
  expect(kindsOf(outcomes)).toEqual(Array<string>(MOST + 5).fill("purchased"));
});

/** As while a database says nothing at all. */
class SilentTills extends Tills {
  override join(): Promise<Busy> {
    return Promise.resolve(busy(false));
  }
}

test("attempts that are sent again and again while nobody knows how they ended leave an address its units", async () => {
  await resetItem(LIMITED, 100);
  const attempt = wish("192.0.2.9");
  const silent = new SilentTills(purchaseDb);
  for (let tries = 0; tries <= MOST; tries += 1) expect((await purchase(attempt, silent)).kind).toBe("busy");
  expect((await purchase(attempt)).kind).toBe("purchased");
});

test("who reads receipts without a cookie brings an address no new buyers", async () => {
  const shop = await startShop({ NEW_BUYERS_PER_ADDRESS: "1", BUYER_AGE: "1" });
  try {
    for (let reads = 0; reads < 5; reads += 1) {
      const receipt = await fetch(`${shop.url}/api/orders/${randomUUID()}?key=${randomUUID()}`);
      expect([receipt.status, receipt.headers.get("Set-Cookie")]).toEqual([404, null]);
    }
    const visitor = new Visitor(shop.url);
    await visitor.openItem(LIMITED);
    expect((await visitor.buyByJson(LIMITED, randomUUID())).status).toBe(201);
  } finally {
    await shop.stop();
  }
});
