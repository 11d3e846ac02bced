/** Who a buyer is, for one order or hold: kept apart from it, and erasable. */
import { randomBytes } from "node:crypto";
import { Prisma } from "#prisma/client/client.ts";
import { type Database, db, type Transaction } from "#app/db.server.ts";
import { eraseMails } from "#app/outbox/mails.server.ts";
import type { Language } from "#app/words/languages.ts";
import type { Address, ContactDetails } from "./contact-form.ts";

export interface NewContact extends ContactDetails {
  orderId: string;
  itemId: string;
  /** Of the item, in which the hold or the order is. */
  run: number;
  /** In which mails are written. */
  language?: Language | undefined;
}

export interface Contact {
  orderId: string;
  email: string | null;
  name: string | null;
  address: Address | null;
  linkSecret: string | null;
  erasedAt: Date | null;
}

/**
 * Written again, the newer one counts, and the receipt's link stays. False: the contact was erased, and stays so. Who the person is, is written by
 * the decision that counts them (shop/holding.server.ts).
 */
export async function saveContact(tx: Transaction, contact: NewContact): Promise<boolean> {
  const { orderId, itemId, run, email, name = null, address, language = null } = contact;
  const saved = await tx.$executeRaw`
    INSERT INTO contacts (order_id, item_id, run, email, name, address, language, link_secret, created_at)
    VALUES (${orderId}::uuid, ${itemId}, ${run}, ${email}, ${name}, ${address ? JSON.stringify(address) : null}::jsonb, ${language},
            ${randomBytes(32).toString("base64url")}, statement_timestamp())
    ON CONFLICT (order_id) DO UPDATE
    SET email = excluded.email, name = excluded.name, address = excluded.address, language = excluded.language
    WHERE contacts.erased_at IS NULL`;
  return saved > 0;
}

export async function getContact(orderId: string, client: Database | Transaction = db): Promise<Contact | null> {
  const [contact] = await client.$queryRaw<Contact[]>`
    SELECT order_id AS "orderId", email, name, address, link_secret AS "linkSecret", erased_at AS "erasedAt"
    FROM contacts WHERE order_id = ${orderId}::uuid`;
  return contact ?? null;
}

/**
 * Whose address this is, by its index, capitals aside. Capitals of ASCII alone: others have small letters that another address may have of
 * its own, and its owner would be told of orders that are not theirs.
 */
export function hasAddress(email: string): Prisma.Sql {
  return Prisma.sql`
    lower(contacts.email) = lower(${email}::text) AND contacts.email IS NOT NULL
    AND lower(contacts.email COLLATE "C") = lower(${email}::text COLLATE "C")`;
}

/** The orders, and holds, of one address. */
export async function listOrderIds(tx: Transaction, email: string): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT order_id AS id FROM contacts WHERE ${hasAddress(email)}`;
  return rows.map(({ id }) => id);
}

export interface Erasure {
  /** Null: the order has no contact. */
  contact: "erased" | "erased_before" | null;
  /** `kept` while the run is on: a person's limit counts it. It goes by itself when the run ends. */
  party: "erased" | "kept";
  mails: number;
  /** Mails that were still to be sent, written or not: they are dropped. */
  unsent: number;
}

/**
 * Erases the contact, the operator's note, where the parcel is followed, and the recipients and bodies of the order's mails. Mails that are not sent yet are given up, but for one
 * that is on its way at this moment. The receipt's link stops working. A second time, there is nothing left to erase.
 */
export function eraseContact(orderId: string, client: Database = db): Promise<Erasure> {
  return client.$transaction(async (tx) => {
    // The stock comes first, as in a reset, which erases with it what is kept here: the other way round the two would wait for each other.
    const [stock] = await tx.$queryRaw<{ run: number }[]>`
      SELECT run FROM stock WHERE item_id = (SELECT item_id FROM contacts WHERE order_id = ${orderId}::uuid) FOR SHARE`;
    // Whoever writes a mail reads the contact under the same lock: none is written with what is erased here.
    const [before] = await tx.$queryRaw<{ erased: boolean; email: string | null }[]>`
      SELECT erased_at IS NOT NULL AS erased, email FROM contacts WHERE order_id = ${orderId}::uuid FOR UPDATE`;
    const [after] = await tx.$queryRaw<{ kept: boolean }[]>`
      UPDATE contacts
      SET email = NULL, name = NULL, address = NULL, link_secret = NULL, erased_at = coalesce(erased_at, statement_timestamp()),
          party = CASE WHEN run = ${stock?.run ?? null}::int THEN party END
      WHERE order_id = ${orderId}::uuid
      RETURNING party IS NOT NULL AS kept`;
    // A note may name somebody, and a parcel is followed to where somebody lives. That it was sent stays.
    await tx.$executeRaw`UPDATE order_remarks SET note = NULL, tracking = NULL WHERE order_id = ${orderId}::uuid`;
    const mails = await eraseMails(tx, orderId, before?.email ? await listOrderIds(tx, before.email) : []);
    const contact = before ? (before.erased ? "erased_before" : "erased") : null;
    return { contact, party: after?.kept ? "kept" : "erased", ...mails };
  });
}
