/** The link in a mail that shows one receipt to whoever has it, and nothing else. */
import { timingSafeEqual } from "node:crypto";
import { env } from "#app/env.server.ts";
import { keyedHash } from "#app/keyed-hash.server.ts";
import { isUuid } from "#app/shop/item.ts";
import { getContact } from "./contacts.server.ts";

/** The receipt's whole address; undefined where the contact was erased, or where the shop does not know its own address. */
export async function receiptLinkOf(orderId: string): Promise<string | undefined> {
  const linkSecret = (await getContact(orderId))?.linkSecret;
  const [newest] = env.COOKIE_SECRET;
  if (!linkSecret || newest === undefined || env.SHOP_URL === undefined) return undefined;
  const link = linkBy(newest, orderId, linkSecret).toString("base64url");
  return new URL(`/orders/${orderId}?link=${link}`, env.SHOP_URL).href;
}

/** Whether this is the order's link, also one from before the secret was changed. Never again once the contact is erased. */
export async function opensReceipt(orderId: string, link: string): Promise<boolean> {
  if (!isUuid(orderId) || !/^[\w-]{43}$/.test(link)) return false;
  const linkSecret = (await getContact(orderId))?.linkSecret;
  if (!linkSecret) return false;
  const given = Buffer.from(link, "base64url");
  return env.COOKIE_SECRET.some((secret) => timingSafeEqual(linkBy(secret, orderId, linkSecret), given));
}

/** The contact's own secret alone would open receipts for whoever reads a copy of the database. */
function linkBy(secret: string, orderId: string, linkSecret: string): Buffer {
  return keyedHash(secret, ["receipt", orderId.toLowerCase(), linkSecret]);
}
