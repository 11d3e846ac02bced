/** A sale that closes by itself: at one moment for every instance, by the database's clock. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { audit } from "#app/shop/audit.server.ts";
import { purchase } from "#app/shop/purchase.server.ts";
import { changeItem, resetItem, restockItem } from "#app/shop/stocking.server.ts";
import { Tills } from "#app/shop/tills.server.ts";
import { rewritingClient } from "#harness/rewriting-client.ts";
import { type Shop, startShop, until, Visitor } from "#harness/shop.ts";

const ITEM = "night-ferry";
const BUYERS = 40;
let shops: [Shop, Shop];
beforeAll(async () => {
  shops = await Promise.all([startShop(), startShop()]);
});
beforeEach(async () => {
  await closeAt(null);
  await resetItem(ITEM, 100_000);
});
afterAll(async () => {
  await Promise.all(shops.map((shop) => shop.stop()));
  expect((await audit()).findings).toEqual([]);
});

const closeAt = (closesAt: Date | null) => db.$transaction((tx) => changeItem(tx, { id: ITEM, closesAt }));
const hasClosed = () => closeAt(new Date(Date.now() - 60_000));
const get = async (shop: Shop) => (await (await fetch(`${shop.url}/api/items/${ITEM}`)).json()) as { state: string };

test("from then on it is refused by form and by JSON, which say so, until the closing is moved", async () => {
  await hasClosed();
  const [{ url }] = shops;
  const visitor = new Visitor(url);
  const refused = await visitor.buyByJson(ITEM, randomUUID());
  const { closesAt } = await db.item.findUniqueOrThrow({ where: { id: ITEM } });
  expect([refused.status, await refused.json()]).toMatchObject([
    409,
    {
      type: "urn:lastone:problem:closed",
      closesAt: closesAt?.toISOString(),
      stock: { state: "closed", quantity: 100_000 },
    },
  ]);
  const pressed = await visitor.pressBuy(ITEM, { key: await visitor.openItem(ITEM) });
  const html = await pressed.text();
  expect([pressed.status, html]).toEqual([409, expect.stringContaining('data-message="closed"')]);
  expect(html).toContain("The sale has closed");
  await until(async () => (await get(shops[0])).state === "closed");

  // More of it, or another run, opens nothing again.
  await restockItem(ITEM, 5);
  await resetItem(ITEM, 9);
  expect((await visitor.buyByJson(ITEM, randomUUID())).status).toBe(409);
  expect(await db.order.count({ where: { itemId: ITEM } })).toBe(0);

  await closeAt(new Date(Date.now() + 3_600_000));
  expect((await visitor.buyByJson(ITEM, randomUUID())).status).toBe(201);
});

/** What became of a press, and when its answer was there. */
interface Pressed {
  kind: string;
  at: number;
}

/** Whoever has bought presses again as another buyer, until all have been told that it has closed. */
async function rush(press: (nth: number) => Promise<string>, closesAt: Date): Promise<Pressed[]> {
  const pressed: Pressed[] = [];
  const each = async (_: unknown, buyer: number) => {
    for (let nth = buyer; ; nth += BUYERS) {
      const began = Date.now();
      const kind = await press(nth);
      pressed.push({ kind, at: Date.now() });
      // Where the closing is not looked at, it is never told.
      if (kind === "closed" || began > closesAt.getTime() + 500) return;
    }
  };
  await Promise.all(Array.from({ length: BUYERS }, each));
  return pressed;
}

/** By the database's clock, which is this machine's. */
async function closeSoon(): Promise<Date> {
  const [item] = await db.$queryRaw<{ closesAt: Date }[]>`
    UPDATE items SET closes_at = clock_timestamp() + interval '1 second' WHERE id = ${ITEM} RETURNING closes_at AS "closesAt"`;
  return item?.closesAt ?? new Date(NaN);
}

const placedLate = (closesAt: Date) => db.order.count({ where: { itemId: ITEM, placedAt: { gte: closesAt } } });

test("across that moment, on two instances, nobody gets one after it, and nobody is refused for it before", async () => {
  const closesAt = await closeSoon();
  const pressed = await rush(async (nth) => {
    const visitor = new Visitor((shops[nth % 2] as Shop).url);
    if (nth % 3 > 0) {
      const answer = await visitor.buyByJson(ITEM, randomUUID());
      return answer.status === 201
        ? "purchased"
        : (((await answer.json()) as { type: string }).type.split(":").at(-1) ?? "");
    }
    const answer = await visitor.pressBuy(ITEM, { key: randomUUID() });
    return answer.status === 303 ? "purchased" : (/data-message="(\w+)"/.exec(await answer.text())?.[1] ?? "");
  }, closesAt);
  expect(await placedLate(closesAt)).toBe(0);
  const closed = pressed.filter(({ kind }) => kind === "closed");
  // On a busy machine some are told that the till is.
  const kinds = pressed.map(({ kind }) => kind).filter((kind) => kind !== "busy");
  expect(new Set(kinds)).toEqual(new Set(["purchased", "closed"]));
  expect(closed).toHaveLength(BUYERS);
  expect(closed.filter(({ at }) => at < closesAt.getTime())).toEqual([]);
});

test("control: where the closing is not looked at, the same rush is sold to after it", async () => {
  const client = rewritingClient((sql) => sql.replace("closes_at <= clock_timestamp()", "false"));
  try {
    const tills = [new Tills(client), new Tills(client)];
    const closesAt = await closeSoon();
    const press = async (nth: number) => {
      const wish = { itemId: ITEM, buyerId: randomUUID(), key: randomUUID(), quantity: 1 };
      return (await purchase(wish, tills[nth % 2])).kind;
    };
    const pressed = await rush(press, closesAt);
    expect(pressed.filter(({ kind }) => kind === "closed")).toEqual([]);
    expect(await placedLate(closesAt)).toBeGreaterThan(0);
  } finally {
    await client.$disconnect();
  }
});
