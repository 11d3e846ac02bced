/** What the mails about an order say. */
import { type Database, db } from "#app/db.server.ts";
import { env } from "#app/env.server.ts";
import type { MailDefinitions } from "#app/outbox/send-mail.server.ts";
import { getHold } from "#app/shop/holds.server.ts";
import type { Price } from "#app/shop/item.ts";
import { mailsIn } from "#app/words/mails.ts";
import { getContact } from "./contacts.server.ts";
import { listOrdersOf, MOST_LISTED } from "./find-orders.server.ts";
import { getRefund } from "./refunds.server.ts";
import { receiptLinkOf } from "./receipt-link.server.ts";

interface Sold {
  itemName: string;
  quantity: number;
  number: number;
  soldAt: Date;
  /** What was charged; null where the shop took no money. */
  paid: Price | null;
}

async function getSold(orderId: string, client: Database = db): Promise<Sold | null> {
  const [sold] = await client.$queryRaw<(Omit<Sold, "paid"> & { captured: number | null; currency: string })[]>`
    SELECT coalesce(orders.name, items.name) AS "itemName", quantity, number, placed_at AS "soldAt", captured, orders.currency
    FROM orders JOIN items ON items.id = item_id LEFT JOIN payments ON payments.order_id = orders.id
    WHERE orders.id = ${orderId}::uuid`;
  if (!sold) return null;
  const { captured, currency, ...facts } = sold;
  return { ...facts, paid: captured === null ? null : { amount: captured, currency } };
}

/** Where the parcel is, if it has been sent. */
async function getSent(orderId: string, client: Database = db): Promise<{ tracking: string | null } | undefined> {
  const [sent] = await client.$queryRaw<{ tracking: string | null }[]>`
    SELECT tracking FROM order_remarks WHERE order_id = ${orderId}::uuid AND sent_at IS NOT NULL`;
  return sent;
}

/** All orders of whoever bought this one. */
async function listBeside(orderId: string) {
  const email = (await getContact(orderId))?.email;
  return email ? listOrdersOf(email) : [];
}

export const orderMails: MailDefinitions = {
  orders: {
    stillTrue: async (orderId) => (await listBeside(orderId)).length > 0,
    write: async (orderId, _part, language, zone) => {
      const found = await listBeside(orderId);
      const listed = found.slice(0, MOST_LISTED);
      const orders = await Promise.all(
        listed.map(async (order) => ({ ...order, receipt: await receiptLinkOf(order.id) })),
      );
      const letter = mailsIn(language).orders({ orders, more: found.length > listed.length, zone });
      return { ...letter, tellsOf: listed.map(({ id }) => id) };
    },
  },
  hold_ended: {
    stillTrue: async (orderId) => (await getHold(orderId))?.why === "time",
    write: async (orderId, _part, language, zone) => {
      const hold = await getHold(orderId);
      if (!hold) throw new Error("the hold is gone");
      const page = env.SHOP_URL && new URL(`/items/${hold.itemId}`, env.SHOP_URL).href;
      return mailsIn(language).holdEnded({ itemName: hold.name, endedAt: hold.expiresAt, zone, page });
    },
  },
  sent: {
    stillTrue: async (orderId) => (await getSent(orderId)) !== undefined,
    write: async (orderId, _part, language) => {
      const [sold, sent] = await Promise.all([getSold(orderId), getSent(orderId)]);
      if (!sold || !sent) throw new Error("the order is gone");
      const { itemName, quantity } = sold;
      const receipt = await receiptLinkOf(orderId);
      return mailsIn(language).sent({ itemName, quantity, tracking: sent.tracking ?? undefined, receipt });
    },
  },
  refunded: {
    stillTrue: async (_orderId, refundId) => ["pending", "done"].includes((await getRefund(refundId))?.status ?? ""),
    write: async (orderId, refundId, language) => {
      const [sold, refund] = await Promise.all([getSold(orderId), getRefund(refundId)]);
      if (!sold || !refund) throw new Error("the refund is gone");
      const { amount, currency } = refund;
      const receipt = await receiptLinkOf(orderId);
      return mailsIn(language).refunded({ itemName: sold.itemName, refunded: { amount, currency }, receipt });
    },
  },
  yours: {
    // What was paid for is its buyer's once the money has come.
    stillTrue: async (orderId) => {
      const sold = await getSold(orderId);
      return sold !== null && (sold.paid === null || sold.paid.amount > 0);
    },
    write: async (orderId, _part, language, zone) => {
      const sold = await getSold(orderId);
      if (!sold) throw new Error("the order is gone");
      return mailsIn(language).yours({ ...sold, zone, receipt: await receiptLinkOf(orderId) });
    },
  },
};
