/** Money back and goods back: each cent once, each unit once, in whatever order and however often it is asked for. */
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { cancelOrder, listRefunds, refundOrder } from "#app/checkout/refunds.server.ts";
import { db } from "#app/db.server.ts";
import { audit } from "#app/shop/audit.server.ts";
import { resetItem } from "#app/shop/stocking.server.ts";
import { pressAtBank } from "#harness/test-bank.ts";
import { type Shop, startShop, until } from "#harness/shop.ts";
import { bankIs, books, ITEM, onSale, paid, paying, read } from "../setup/checkout.ts";
import { command } from "../setup/command.ts";

const PRICE = 4_200;
let shop: Shop;

beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());
beforeEach(() => onSale(5));
afterEach(async () => {
  expect((await audit()).findings).toEqual([]);
});

const available = async () => (await db.stock.findUniqueOrThrow({ where: { itemId: ITEM } })).available;
/** Nothing of its money is under way any more. */
const settled = (orderId: string) =>
  until(
    async () =>
      (await db.task.count({
        where: { subject: orderId, kind: { in: ["refund", "cancel", "capture"] }, doneAt: null },
      })) === 0,
  );
const orders = async (...words: string[]) => {
  const { code, said, complained } = await command("ops/orders.ts", words);
  return { code, said: said.join("\n"), complained: complained.join("\n") };
};

test("a refund gives the money back, and its goods are for sale again, gone, or kept", async () => {
  for (const [goods, left] of [
    ["back", 5],
    ["gone", 4],
    ["kept", 3],
  ] as const) {
    const { visitor, hold } = await paid(shop);
    expect(await refundOrder({ orderId: hold.id, goods })).toMatchObject({ kind: "asked" });
    await settled(hold.id);
    expect(await books(shop, hold.id)).toMatchObject([{ captured: PRICE, refunded: PRICE }]);
    expect(await available()).toBe(left);
    expect(await read(visitor, hold.id)).toMatchObject({ order: { payment: { refunded: PRICE } } });
    await until(async () => (await db.mail.count({ where: { orderId: hold.id, kind: "refunded" } })) === 1);
  }
});

test("parts of it go back until nothing is left; without a key or --again the first is only told again", async () => {
  const { hold } = await paid(shop, 2);
  const part = { orderId: hold.id, amount: PRICE, goods: "back", units: 1 } as const;
  const first = await refundOrder(part);
  expect(first.kind).toBe("asked");
  expect(await refundOrder(part)).toMatchObject({ kind: "repeated" });
  expect(await refundOrder({ ...part, again: true, amount: PRICE + 1 })).toEqual({
    kind: "too_much",
    left: PRICE,
    currency: "EUR",
  });
  expect(await refundOrder({ ...part, again: true, units: 2 })).toEqual({ kind: "too_many", left: 1 });
  const key = randomUUID();
  expect((await refundOrder({ ...part, key })).kind).toBe("asked");
  expect((await refundOrder({ ...part, key })).kind).toBe("repeated");
  expect((await refundOrder({ ...part, key, amount: 1 })).kind).toBe("key_reused");
  await settled(hold.id);
  expect(await books(shop, hold.id)).toMatchObject([{ refunded: 2 * PRICE }]);
  expect(await available()).toBe(5);
});

test("twenty refunds and cancellations at once give back what was paid, once", async () => {
  const { hold } = await paid(shop, 3);
  await Promise.all(
    Array.from({ length: 20 }, (_, nth) =>
      nth % 3 === 0
        ? cancelOrder(hold.id, { key: randomUUID() })
        : refundOrder({ orderId: hold.id, amount: PRICE, units: 1, goods: "back", key: randomUUID() }),
    ),
  );
  await settled(hold.id);
  expect(await books(shop, hold.id)).toMatchObject([{ captured: 3 * PRICE, refunded: 3 * PRICE }]);
  expect(await available()).toBe(5);
});

test("whoever cancels after a part went back gets the rest; the buyer reads that it is not theirs, and may buy anew", async () => {
  const { visitor, hold } = await paid(shop);
  expect((await refundOrder({ orderId: hold.id, amount: 500, goods: "kept" })).kind).toBe("asked");
  expect(await cancelOrder(hold.id)).toMatchObject({ kind: "asked", refund: { amount: PRICE - 500, units: 1 } });
  expect((await cancelOrder(hold.id)).kind).toBe("repeated");
  await settled(hold.id);
  expect(await books(shop, hold.id)).toMatchObject([{ refunded: PRICE }]);
  expect(await available()).toBe(5);
  const receipt = await (await visitor.fetch(`/orders/${hold.id}`)).text();
  expect(receipt).toContain("It’s not yours.");
  expect(receipt).toContain("€42.00 went back to your card.");
  const item = await (await visitor.fetch(`/items/${ITEM}`)).text();
  expect(item).not.toContain("data-owned");
  expect(item).toContain("data-purchase");
});

/** As if no worker had come to what follows of this payment. Ends with what is returned. */
async function holdBack(orderId: string): Promise<() => Promise<unknown>> {
  await db.$executeRaw`
    INSERT INTO tasks (kind, subject, part, lane, due_at, try_at, leased_by, lease_until)
    VALUES ('expire', ${orderId}::uuid, 'held back', ${orderId}, now(), now(), gen_random_uuid(), now() + interval '1 hour')`;
  return () => db.task.deleteMany({ where: { subject: orderId, part: "held back" } });
}

test("an order that is cancelled before it was charged is let go", async () => {
  const { hold, payAt } = await paying(shop);
  const goOn = await holdBack(hold.id);
  await pressAtBank(payAt, "pay");
  await until(async () => (await db.order.count({ where: { id: hold.id } })) === 1);
  expect((await cancelOrder(hold.id)).kind).toBe("asked");
  expect((await cancelOrder(hold.id)).kind).toBe("repeated");
  await goOn();
  await settled(hold.id);
  expect(await books(shop, hold.id)).toMatchObject([{ status: "cancelled", captured: 0 }]);
  expect(await available()).toBe(5);
});

test("an order that is cancelled while its charge is under way is charged and refunded", async () => {
  await bankIs({ failBefore: 1, verbs: ["capture"] });
  const { hold, payAt } = await paying(shop);
  await pressAtBank(payAt, "pay");
  await until(
    async () =>
      (await db.task.count({ where: { subject: hold.id, kind: "capture", leasedBy: null, attempts: { gt: 0 } } })) ===
      1,
  );
  expect((await cancelOrder(hold.id)).kind).toBe("asked");
  await bankIs({});
  await settled(hold.id);
  expect(await books(shop, hold.id)).toMatchObject([{ status: "captured", refunded: PRICE }]);
  expect(await available()).toBe(5);
});

test("a refund whose answer is lost is found in the books, and not made again", async () => {
  const { hold } = await paid(shop);
  await bankIs({ loseAnswers: 1, verbs: ["refund"], forgetKeys: true });
  await refundOrder({ orderId: hold.id, goods: "kept" });
  await until(async () => (await books(shop, hold.id))[0]?.refunded === PRICE);
  await bankIs({ forgetKeys: true });
  await settled(hold.id);
  expect(await books(shop, hold.id)).toMatchObject([{ refunded: PRICE }]);
  expect(await listRefunds(hold.id)).toMatchObject([{ status: "done" }]);
});

test("goods of a run that has ended leave its books, and the run that is on has what it had", async () => {
  const { hold } = await paid(shop);
  await resetItem(ITEM, 7);
  await refundOrder({ orderId: hold.id, goods: "back" });
  await settled(hold.id);
  expect(await available()).toBe(7);
});

test("the command lists, shows, refunds and cancels, and says no in a sentence", async () => {
  const { hold } = await paid(shop, 2);
  expect((await orders("list")).said).toContain(`${hold.id} · Night Ferry`);
  expect(await orders("refund", hold.id)).toMatchObject({
    code: 1,
    complained: expect.stringContaining("--goods back, gone or kept") as string,
  });
  expect((await orders("refund", hold.id, "--goods", "kept", "--amount", "100")).said).toContain(
    "Asked for: €1.00 · goods kept",
  );
  await settled(hold.id);
  expect((await orders("refund", hold.id, "--goods", "back")).said).toContain("It was asked for before");
  expect((await orders("refund", hold.id, "--goods", "back", "--amount", "9999999", "--again")).complained).toContain(
    "At most €83.00 is left",
  );
  expect((await orders("show", hold.id)).said).toMatch(/captured, €1.00 back[^]*€1.00 · goods kept · done/);
  expect((await orders("show", randomUUID())).complained).toContain("There is no order");
});
