/** What the mails about an order say. */
import { type Database, db } from "#app/db.server.ts";
import type { MailDefinitions } from "#app/outbox/send-mail.server.ts";
import { words } from "#app/words/words.ts";
import { receiptLinkOf } from "./receipt-link.server.ts";

interface Sold {
  itemName: string;
  quantity: number;
  number: number;
  soldAt: Date;
}

async function getSold(orderId: string, client: Database = db): Promise<Sold | null> {
  const [sold] = await client.$queryRaw<Sold[]>`
    SELECT coalesce(orders.name, items.name) AS "itemName", quantity, number, placed_at AS "soldAt"
    FROM orders JOIN items ON items.id = item_id
    WHERE orders.id = ${orderId}::uuid`;
  return sold ?? null;
}

export const orderMails: MailDefinitions = {
  yours: {
    stillTrue: async (orderId) => (await getSold(orderId)) !== null,
    write: async (orderId) => {
      const sold = await getSold(orderId);
      if (!sold) throw new Error("the order is gone");
      return words.mails.yours({ ...sold, paid: null, receipt: await receiptLinkOf(orderId) });
    },
  },
};
