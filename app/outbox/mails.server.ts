/** Mails as they are kept: all statements about them. */
import { randomUUID } from "node:crypto";
import { type Database, db, type Transaction } from "#app/db.server.ts";
import type { NewTask } from "#app/tasks.server.ts";
import { isLanguage, type Language } from "#app/words/languages.ts";

export type MailKind = "yours" | "sent" | "refunded" | "hold_ended" | "orders";

export interface Mail {
  id: string;
  recipient: string;
  subject: string;
  text: string;
  html: string;
  messageId: string;
  /** What the shop was called; null of a mail from before it was kept. */
  sender: string | null;
  /** Of its first try, which it says is its date at every one. */
  triedAt: Date | null;
  unanswered: number;
  sentAt: Date | null;
}

/** In which the order's buyer is written to. */
export async function languageOf(orderId: string, client: Database): Promise<Language> {
  const [contact] = await client.$queryRaw<{ language: string | null }[]>`
    SELECT language FROM contacts WHERE order_id = ${orderId}::uuid`;
  return isLanguage(contact?.language) ? contact.language : "en";
}

/** The task to send a mail, to be written with what it tells of. `part`: which refund, or which time that it was asked for. */
export function mailTask(kind: MailKind, orderId: string, part = ""): NewTask {
  // In a lane of the order's own: "refunded" never arrives before "yours".
  return { kind: "mail", subject: orderId, part: part === "" ? kind : `${kind}:${part}`, lane: `mail ${orderId}` };
}

/** How the parts of tasks begin that mail a list of somebody's orders. */
const LISTS = "orders:";

/** How many lists of somebody's orders were asked for of late: within so many minutes, and within a day. */
export async function countLists(
  tx: Transaction,
  orderIds: string[],
  minutes: number,
): Promise<{ lately: number; today: number }> {
  const [asked] = await tx.$queryRaw<{ lately: number; today: number }[]>`
    SELECT count(*) FILTER (WHERE due_at > statement_timestamp() - make_interval(mins => ${minutes}))::int AS lately, count(*)::int AS today
    FROM tasks
    WHERE kind = 'mail' AND subject = ANY(${orderIds}::uuid[]) AND starts_with(part, ${LISTS})
      AND due_at > statement_timestamp() - interval '1 day'`;
  return asked ?? { lately: 0, today: 0 };
}

/** Which mail a task's `part` means. */
export function mailOf(taskPart: string): { kind: MailKind; part: string } {
  const [kind = "", part = ""] = taskPart.split(/:(.*)/s);
  return { kind: kind as MailKind, part };
}

export interface Written {
  kind: MailKind;
  orderId: string;
  part: string;
  /** Other orders that it tells of. */
  tellsOf: string[];
  subject: string;
  text: string;
  html: string;
  /** What the shop is called. */
  sender: string;
  /** Of the sender's address, for the Message-ID. */
  domain: string;
  /** From now on nothing of it changes: it is about to be sent. */
  final: boolean;
}

/**
 * The mail as it is to be sent: as it was at its first try, or else as it is written now. Null where there is nobody to send it to.
 */
export function keepMail(client: Database, written: Written): Promise<Mail | null> {
  const { kind, orderId, part, tellsOf, subject, text, html, sender, domain, final } = written;
  const id = randomUUID();
  return client.$transaction(async (tx) => {
    // Locked, so that none is erased while it is copied into the mail.
    const contacts = await tx.$queryRaw<{ of: string; email: string | null }[]>`
      SELECT order_id AS of, email FROM contacts WHERE order_id = ANY(${[orderId, ...tellsOf]}::uuid[])
      ORDER BY order_id FOR SHARE`;
    const contact = contacts.find(({ of }) => of === orderId);
    if (!contact?.email) return null;
    if (contacts.some(({ email }) => email === null))
      throw new Error("what it tells of was erased while it was written");
    const [mail] = await tx.$queryRaw<Mail[]>`
      INSERT INTO mails AS mail (id, kind, order_id, part, recipient, subject, text, html, message_id, sender, created_at, tried_at)
      VALUES (${id}::uuid, ${kind}, ${orderId}::uuid, ${part}, ${contact.email}, ${subject}, ${text}, ${html}, ${`<${id}@${domain}>`}, ${sender},
              statement_timestamp(), CASE WHEN ${final} THEN statement_timestamp() END)
      ON CONFLICT (kind, order_id, part) DO UPDATE
      SET recipient = CASE WHEN mail.tried_at IS NULL THEN excluded.recipient ELSE mail.recipient END,
          subject = CASE WHEN mail.tried_at IS NULL THEN excluded.subject ELSE mail.subject END,
          text = CASE WHEN mail.tried_at IS NULL THEN excluded.text ELSE mail.text END,
          html = CASE WHEN mail.tried_at IS NULL THEN excluded.html ELSE mail.html END,
          message_id = CASE WHEN mail.tried_at IS NULL THEN excluded.message_id ELSE mail.message_id END,
          sender = CASE WHEN mail.tried_at IS NULL THEN excluded.sender ELSE mail.sender END,
          tried_at = coalesce(mail.tried_at, excluded.tried_at)
      RETURNING id, recipient, subject, text, html, message_id AS "messageId", sender, tried_at AS "triedAt", unanswered, sent_at AS "sentAt"`;
    return mail ?? null;
  });
}

export async function markSent(client: Database, id: string): Promise<void> {
  await client.$executeRaw`UPDATE mails SET sent_at = statement_timestamp(), given_up_at = NULL WHERE id = ${id}::uuid`;
}

export async function markUnanswered(client: Database, id: string): Promise<void> {
  await client.$executeRaw`UPDATE mails SET unanswered = unanswered + 1 WHERE id = ${id}::uuid`;
}

/** If it was written at all. */
export async function markGivenUp(client: Database, orderId: string, kind: MailKind, part: string): Promise<void> {
  await client.$executeRaw`
    UPDATE mails SET given_up_at = statement_timestamp()
    WHERE kind = ${kind} AND order_id = ${orderId}::uuid AND part = ${part} AND sent_at IS NULL`;
}

/**
 * Erases recipients and bodies of an order's mails, and drops those that are still to be sent. How many of each. `beside`: orders of
 * the same person, whose lists of orders may name it.
 */
export async function eraseMails(
  tx: Transaction,
  orderId: string,
  beside: string[],
): Promise<{ mails: number; unsent: number }> {
  const unsent = await tx.$executeRaw`
    UPDATE tasks SET done_at = statement_timestamp(), leased_by = NULL, lease_until = NULL, stuck = false, last_error = 'erased'
    WHERE kind = 'mail' AND subject = ANY(${[orderId, ...beside]}::uuid[]) AND done_at IS NULL
      AND (subject = ${orderId}::uuid OR starts_with(part, ${LISTS}))`;
  const mails = await tx.$executeRaw`
    UPDATE mails
    SET recipient = NULL, text = NULL, html = NULL, erased_at = statement_timestamp(),
        given_up_at = CASE WHEN sent_at IS NULL THEN coalesce(given_up_at, statement_timestamp()) ELSE given_up_at END
    WHERE order_id = ANY(${[orderId, ...beside]}::uuid[]) AND erased_at IS NULL
      AND (order_id = ${orderId}::uuid OR kind = 'orders')`;
  return { mails, unsent };
}

export interface KeptMail {
  id: string;
  kind: MailKind;
  orderId: string;
  recipient: string | null;
  subject: string;
  text: string | null;
  html: string | null;
  messageId: string;
  createdAt: Date;
  /** `kept`: the shop has no mail server. */
  state: "sent" | "erased" | "given_up" | "waiting" | "kept";
}

/** The newest first, or the first `most` of them; of an order, or the one with this id. */
export function listMails(
  {
    id = null,
    orderId = null,
    most = null,
  }: { id?: string | null; orderId?: string | null; most?: number | null } = {},
  client: Database = db,
): Promise<KeptMail[]> {
  return client.$queryRaw<KeptMail[]>`
    SELECT id, kind, order_id AS "orderId", recipient, subject, text, html, message_id AS "messageId", created_at AS "createdAt",
           CASE WHEN erased_at IS NOT NULL THEN 'erased' WHEN sent_at IS NOT NULL THEN 'sent' WHEN given_up_at IS NOT NULL THEN 'given_up'
                WHEN tried_at IS NOT NULL THEN 'waiting' ELSE 'kept' END AS state
    FROM mails
    WHERE (${id}::uuid IS NULL OR id = ${id}::uuid) AND (${orderId}::uuid IS NULL OR order_id = ${orderId}::uuid)
    ORDER BY created_at DESC, id DESC
    LIMIT ${most}::int`;
}
