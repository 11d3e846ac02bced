/** Buyers who hold and pay at a shop with its test bank, and what becomes of it. */
import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { db } from "#app/db.server.ts";
import { changeItem, resetItem } from "#app/shop/stocking.server.ts";
import { pressAtBank } from "#harness/test-bank.ts";
import { type Shop, until, Visitor } from "#harness/shop.ts";
import { asSuperuser } from "./superuser.ts";

/** Paid by card, once `onSale` was called. */
export const ITEM = "night-ferry";
export const ADDRESS = { line1: "Long Street 1", city: "Praha", postcode: "110 00", country: "CZ" };
export const EMAIL = "ann@example.org";

type Terms = Omit<Parameters<typeof changeItem>[1], "id">;

export async function onSale(quantity: number, terms: Terms = {}): Promise<void> {
  await bankIs({});
  await resetItem(ITEM, quantity);
  await change({
    payment: "card",
    holdSeconds: 600,
    limitPerBuyer: null,
    ships: false,
    maxPerOrder: 3,
    paused: false,
    ...terms,
  });
}

export async function change(terms: Terms): Promise<void> {
  await db.$transaction((tx) => changeItem(tx, { id: ITEM, ...terms }));
}

/** How the bank misbehaves from now on. */
export async function bankIs(switches: object): Promise<void> {
  await db.$executeRaw`UPDATE test_bank.bank SET switches = ${JSON.stringify(switches)}::jsonb`;
}

export interface HoldBody {
  id: string;
  state: string;
  why?: string;
  checkoutUrl: string;
  price: { amount: number; currency: string };
  quantity: number;
}
export interface OrderBody {
  id: string;
  number: number;
  payment: { status: string; amount: number; refunded: number } | null;
}

export async function holding({ url }: Shop, quantity = 1): Promise<{ visitor: Visitor; hold: HoldBody }> {
  const visitor = new Visitor(url);
  const answer = await visitor.buyByJson(ITEM, randomUUID(), { quantity });
  expect(answer.status).toBe(201);
  return { visitor, hold: ((await answer.json()) as { hold: HoldBody }).hold };
}

export function post(visitor: Visitor, path: string, body: object = {}): Promise<Response> {
  return visitor.fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

export async function read(visitor: Visitor, id: string): Promise<{ hold?: HoldBody; order?: OrderBody }> {
  return (await (await visitor.fetch(`/api/orders/${id}`)).json()) as { hold?: HoldBody; order?: OrderBody };
}

/** Holds, and is on the provider's page. `more`: what else the buyer says of themselves. */
export async function paying(shop: Shop, quantity = 1, more: object = {}) {
  const { visitor, hold } = await holding(shop, quantity);
  const answer = await post(visitor, `/api/orders/${hold.id}/payment`, { email: EMAIL, ...more });
  expect(answer.status).toBe(200);
  const { payAt } = (await answer.json()) as { payAt: string };
  return { visitor, hold, payAt };
}

/** Has paid, and was charged. */
export async function paid(shop: Shop, quantity = 1, more: object = {}) {
  const { visitor, hold, payAt } = await paying(shop, quantity, more);
  await pressAtBank(payAt, "pay");
  await charged(visitor, hold.id);
  return { visitor, hold };
}

export function charged(visitor: Visitor, id: string): Promise<void> {
  return until(async () => (await read(visitor, id)).order?.payment?.status === "captured");
}

/** The bank's own books of it. */
export async function books({ url }: Shop, orderId: string) {
  const all = (await (await fetch(`${url}/test-bank/payments`)).json()) as {
    orderId: string;
    status: string;
    captured: number;
    refunded: number;
  }[];
  return all.filter((payment) => payment.orderId === orderId);
}

/** As if its time had gone by. */
export async function letPass(id: string): Promise<void> {
  await asSuperuser("UPDATE holds SET expires_at = now() - interval '1 second' WHERE id = $1 AND ended_at IS NULL", [
    id,
  ]);
  await asSuperuser(
    "UPDATE stock SET next_expiry = (SELECT min(expires_at) FROM holds WHERE holds.item_id = stock.item_id AND ended_at IS NULL) WHERE item_id = $1 AND held > 0",
    [ITEM],
  );
  await db.$executeRaw`UPDATE tasks SET due_at = now(), try_at = now() WHERE subject = ${id}::uuid AND kind = 'settle'`;
}
