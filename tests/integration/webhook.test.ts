/** What the provider tells by itself, and what is done there without the shop: taken once its effect is there, and believed nowhere. */
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { listRefunds, recordBookedRefunds, refundOrder } from "#app/checkout/refunds.server.ts";
import type { Provider } from "#app/checkout/provider.ts";
import { db } from "#app/db.server.ts";
import { audit } from "#app/shop/audit.server.ts";
import { type BankProcess, pressAtBank, providerOf, startTestBank } from "#harness/test-bank.ts";
import { type Shop, startShop, until } from "#harness/shop.ts";
import { freePort } from "#server/port.ts";
import { signature } from "#test-bank/events.ts";
import {
  bankIs,
  books,
  charged,
  EMAIL,
  holding,
  ITEM,
  letPass,
  onSale,
  paid,
  paying,
  post,
  read,
} from "../setup/checkout.ts";

const PRICE = 4_200;
const KIB = 1_024;
let shop: Shop;
let bank: BankProcess;
let provider: Provider;

beforeAll(async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  bank = await startTestBank(`${url}/webhooks/stripe`, { pages: url });
  provider = providerOf(bank);
  const keys = { TEST_BANK_URL: bank.url, TEST_BANK_KEY: bank.secretKey, TEST_BANK_SECRET: bank.webhookSecret };
  shop = await startShop({ PORT: String(port), SHOP_URL: url, ...keys });
});
afterAll(async () => {
  await shop.stop();
  await bank.stop();
});
beforeEach(() => onSale(5));
afterEach(async () => {
  expect((await audit()).findings).toEqual([]);
});

interface Told {
  id?: string;
  type?: string;
  livemode?: boolean;
  object?: object;
}

/** As the provider writes it. */
function eventOf({
  id = `evt_${randomUUID()}`,
  type = "customer.created",
  livemode = false,
  object = {},
}: Told): string {
  return JSON.stringify({ id, object: "event", livemode, type, data: { object } });
}

function send(body: string | Buffer, header = signature(body.toString(), bank.webhookSecret)): Promise<Response> {
  return fetch(`${shop.url}/webhooks/stripe`, {
    method: "POST",
    headers: { "Stripe-Signature": header },
    body: body as BodyInit,
  });
}

const isDone = async (id: string) => (await db.providerEvent.count({ where: { id } })) === 1;
const intentOf = async (orderId: string) =>
  (await db.order.findUniqueOrThrow({ where: { id: orderId } })).authorisation ?? "";

/** Of a payment that the shop knows nothing new of yet. */
async function intentAtBank(orderId: string): Promise<string> {
  const { reference } = await db.paymentAttempt.findFirstOrThrow({ where: { orderId } });
  return (await provider.find(reference ?? "")).intent ?? "";
}

test("an event of no interest is taken; one that is too old, or too large, is not", async () => {
  expect((await send(eventOf({}))).status).toBe(200);
  const body = eventOf({});
  const old = signature(body, bank.webhookSecret, Math.floor(Date.now() / 1_000) - 400);
  const refused = await send(body, old);
  expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining("more than 300 s ago")]);
  const padded = (bytes: number) => eventOf({}).padEnd(bytes, " ");
  expect((await send(padded(256 * KIB))).status).toBe(200);
  expect((await send(padded(256 * KIB + 1))).status).toBe(413);
});

test.each([
  ["with a zero byte in its id", { id: "evt_\u0000" }],
  ["without an id", { id: "" }],
])("an event %s is refused, though it is signed, and the log says so", async (_what, told) => {
  expect((await send(eventOf(told))).status).toBe(400);
  await until(() => shop.output().includes('"event":"event_refused","reason":"malformed"'));
});

test("an event whose effect failed is not taken and comes again; once its effect is there, a repeat asks nobody anything", async () => {
  await bankIs({ loseEvents: 1 });
  const { visitor, hold, payAt } = await paying(shop);
  await pressAtBank(payAt, "pay");
  const attempt = await db.paymentAttempt.findFirstOrThrow({ where: { orderId: hold.id } });
  const metadata = { orderId: hold.id, paymentId: hold.id };
  const id = `evt_${randomUUID()}`;
  const event = eventOf({ id, type: "checkout.session.completed", object: { id: attempt.reference, metadata } });

  await bankIs({ loseEvents: 1, failBefore: 1, verbs: ["find"] });
  const refused = await send(event);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, expect.any(String)]);
  expect([await isDone(id), await db.order.count({ where: { id: hold.id } })]).toEqual([false, 0]);

  await bankIs({ loseEvents: 1 });
  const copies = await Promise.all(Array.from({ length: 5 }, () => send(event)));
  expect(copies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect([await isDone(id), await db.order.count({ where: { id: hold.id } })]).toEqual([true, 1]);
  await charged(visitor, hold.id);

  await bankIs({ loseEvents: 1, failBefore: 1, verbs: ["find"] });
  expect((await send(event)).status).toBe(200);
});

test("events of the other mode, and of payments that are none of the shop's, are taken and change nothing", async () => {
  const { hold } = await paying(shop);
  const metadata = { orderId: hold.id, paymentId: hold.id };
  const type = "checkout.session.completed";
  expect((await send(eventOf({ type, livemode: true, object: { id: "cs_1", metadata } }))).status).toBe(200);
  for (const orderId of [randomUUID(), "not ours"])
    expect((await send(eventOf({ type, object: { id: "cs_2", metadata: { orderId } } }))).status).toBe(200);
  expect((await send(eventOf({ type: "charge.dispute.created", object: { payment_intent: "pi_3" } }))).status).toBe(
    200,
  );
  expect(await db.hold.findUnique({ where: { id: hold.id } })).toMatchObject({ endedAt: null });
});

test("what is authorised in another order's name is let go", async () => {
  const { hold, payAt } = await paying(shop);
  await db.$executeRaw`
    UPDATE test_bank.payments SET intent_metadata = intent_metadata || ${JSON.stringify({ orderId: randomUUID() })}::jsonb
    WHERE order_id = ${hold.id}`;
  await pressAtBank(payAt, "pay");
  await until(async () => (await books(shop, hold.id))[0]?.status === "cancelled");
  expect(await db.order.count({ where: { id: hold.id } })).toBe(0);
  expect(shop.output()).toContain("payment_of_something_else");
});

test("a refund that was made at the provider appears with its goods not answered for, and counts", async () => {
  const { visitor, hold } = await paid(shop);
  const intent = await intentOf(hold.id);
  await provider.refund({ intent, refundId: randomUUID(), amount: 1_000, currency: "EUR" }, randomUUID());
  await until(async () => (await listRefunds(hold.id)).length === 1);
  expect(await listRefunds(hold.id)).toMatchObject([{ amount: 1_000, goods: null, units: 0, status: "done" }]);
  await until(async () => (await read(visitor, hold.id)).order?.payment?.refunded === 1_000);
  expect(await refundOrder({ orderId: hold.id, goods: "kept", amount: PRICE, again: true })).toMatchObject({
    kind: "too_much",
    left: PRICE - 1_000,
  });
  // Its goods are answered for without money.
  expect((await refundOrder({ orderId: hold.id, goods: "kept", amount: 0, again: true })).kind).toBe("too_many");
  expect((await refundOrder({ orderId: hold.id, goods: "back", amount: 0, again: true })).kind).toBe("asked");
  await until(async () => (await db.stock.findUniqueOrThrow({ where: { itemId: ITEM } })).available === 5);
  expect((await refundOrder({ orderId: hold.id, goods: "back", amount: 0, again: true })).kind).toBe("too_many");
  expect((await read(visitor, hold.id)).order?.payment?.refunded).toBe(1_000);
});

test("a refund that fails later frees its sum", async () => {
  await bankIs({ failRefunds: 1 });
  const { visitor, hold } = await paid(shop);
  expect((await refundOrder({ orderId: hold.id, goods: "back" })).kind).toBe("asked");
  await until(async () => (await listRefunds(hold.id))[0]?.status === "failed");
  await until(async () => (await read(visitor, hold.id)).order?.payment?.refunded === 0);
  await bankIs({});
  expect((await refundOrder({ orderId: hold.id, goods: "back" })).kind).toBe("asked");
  await until(async () => (await books(shop, hold.id))[0]?.refunded === PRICE);
  await until(async () => (await db.stock.findUniqueOrThrow({ where: { itemId: ITEM } })).available === 5);
});

test("what the buyer's bank has taken up is not refunded, and moves no stock", async () => {
  const { hold } = await paid(shop);
  const before = await db.stock.findUniqueOrThrow({ where: { itemId: ITEM } });
  const body = new URLSearchParams({ intent: await intentOf(hold.id) });
  expect((await fetch(`${bank.url}/test-bank/disputes`, { method: "POST", body })).status).toBe(200);
  await until(async () => (await db.payment.findUniqueOrThrow({ where: { orderId: hold.id } })).disputed);
  expect((await refundOrder({ orderId: hold.id, goods: "back" })).kind).toBe("disputed");
  expect(await db.stock.findUniqueOrThrow({ where: { itemId: ITEM } })).toEqual(before);
});

test("the person's limit leaves the hold as it was: no payment has begun", async () => {
  await onSale(5, { limitPerBuyer: 1 });
  await paying(shop);
  const { visitor, hold } = await holding(shop);
  const refused = await post(visitor, `/api/orders/${hold.id}/payment`, { email: EMAIL });
  expect([refused.status, await refused.json()]).toMatchObject([409, { type: "urn:lastone:problem:limit-reached" }]);
  expect(await read(visitor, hold.id)).toMatchObject({ hold: { state: "open" } });
});

test("a payment that was let go at the provider while its hold is open is followed by another page, which is paid", async () => {
  await bankIs({ loseEvents: 1 });
  const { visitor, hold, payAt } = await paying(shop);
  await pressAtBank(payAt, "pay");
  await provider.cancel(await intentAtBank(hold.id), randomUUID());
  const again = await post(visitor, `/api/orders/${hold.id}/payment`, { email: EMAIL });
  expect(again.status).toBe(200);
  await pressAtBank(((await again.json()) as { payAt: string }).payAt, "pay");
  // The browser comes back.
  await visitor.fetch(`/orders/${hold.id}`);
  await charged(visitor, hold.id);
  expect((await books(shop, hold.id)).map(({ status }) => status)).toEqual(["cancelled", "captured"]);
});

test("what somebody has charged at the provider is sold, though no event told of it", async () => {
  await bankIs({ loseEvents: 1 });
  const { visitor, hold, payAt } = await paying(shop);
  await pressAtBank(payAt, "pay");
  await provider.capture(await intentAtBank(hold.id), randomUUID());
  await letPass(hold.id);
  await charged(visitor, hold.id);
  expect(await books(shop, hold.id)).toMatchObject([{ status: "captured", captured: PRICE }]);
});

test("a refund that has failed stays so, whatever an answer that was slow says later", async () => {
  const { hold } = await paid(shop);
  const booked = { id: `re_${randomUUID()}`, refundId: undefined, amount: 100, currency: "EUR" };
  for (const status of ["pending", "done", "failed", "pending", "done"] as const)
    await recordBookedRefunds(hold.id, [{ ...booked, status }]);
  expect(await listRefunds(hold.id)).toMatchObject([{ status: "failed" }]);
});

test("a key that has named a refund names no other: not of other goods, units or sums", async () => {
  const { hold } = await paid(shop, 2);
  const wish = { orderId: hold.id, goods: "back", amount: 100, units: 1, key: randomUUID() } as const;
  expect((await refundOrder(wish)).kind).toBe("asked");
  expect((await refundOrder(wish)).kind).toBe("repeated");
  for (const other of [{ goods: "gone" }, { units: 2 }, { amount: 101 }] as const)
    expect((await refundOrder({ ...wish, ...other })).kind).toBe("key_reused");
});
