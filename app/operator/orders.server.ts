/** Orders as an operator finds them, and what is added to them after the sale. */
import { randomUUID } from "node:crypto";
import { Prisma } from "#prisma/client/client.ts";
import { mailTask } from "#app/outbox/mails.server.ts";
import { cancelOrder, type RefundOutcome } from "#app/checkout/refunds.server.ts";
import { getPayment, givesBack, moneyBackOf, type Payment } from "#app/checkout/payments.server.ts";
import { type Database, db, type Transaction } from "#app/db.server.ts";
import { BY_COMMAND, insertAct } from "#app/shop/acts.server.ts";
import { takeBack } from "#app/shop/holding.server.ts";
import { isUuid, type KeyedOrder, type Price } from "#app/shop/item.ts";
import { countTakenBack, findOrder, takesBack, unitsBackOf } from "#app/shop/orders.server.ts";
import { addTasks, nudge } from "#app/tasks.server.ts";

/** What a list may be narrowed to. `held` is not sold yet. */
export const STATES = ["held", "paid", "to_send", "sent", "cancelled", "refunded", "disputed"] as const;
export type OrderState = (typeof STATES)[number];

/** An order, or a hold that may become one, as a line of the list. */
export interface ListedOrder {
  id: string;
  itemId: string;
  name: string;
  run: number;
  /** Null of a hold: it is given with the sale. */
  number: number | null;
  quantity: number;
  price: Price;
  /** When it was sold; of a hold, when it was held. */
  at: Date;
  payment: Pick<Payment, "status" | "captured" | "refunded" | "disputed"> | null;
  /** Units that were taken back. */
  back: number;
  over: Over | undefined;
  ships: boolean;
  sentAt: Date | null;
  buyer: string | null;
}

/** What has become of a sale that stands no longer. `taken_back`: all goods, and not all money. `refunded`: all money, and not all goods. */
export type Over = "cancelled" | "taken_back" | "refunded";

/** `back`: its units that are no longer the buyer's. */
export function overOf(
  { quantity, back }: { quantity: number; back: number },
  payment: Pick<Payment, "captured" | "refunded"> | null | undefined,
): Over | undefined {
  const { captured, refunded } = payment ?? { captured: 0, refunded: 0 };
  if (back >= quantity) return refunded >= captured ? "cancelled" : "taken_back";
  return captured > 0 && refunded >= captured ? "refunded" : undefined;
}

export interface Wanted {
  state?: OrderState | undefined;
  /** The beginning of an e-mail address or of a name, a number, or an order's id. */
  search?: string | undefined;
  /** The last line of the page before. */
  after?: { at: Date; id: string } | undefined;
}

interface Row extends Omit<ListedOrder, "price" | "payment" | "over"> {
  priceAmount: number;
  currency: string;
  status: Payment["status"] | null;
  captured: number | null;
  refunded: number | null;
  disputed: boolean | null;
}

const SOLD_ID = Prisma.sql`sold.id`;

/** Orders that are wholly taken back, and those of which money went back: few of a million, and read as a whole, once for a page. */
const TAKEN_BACK = Prisma.sql`
  SELECT order_id FROM movements JOIN orders ON orders.id = order_id WHERE ${takesBack}
  GROUP BY order_id, orders.quantity HAVING sum(units) >= orders.quantity`;
const GIVEN_BACK = Prisma.sql`SELECT order_id FROM refunds WHERE ${givesBack} AND amount > 0`;
const ALL_GIVEN_BACK = Prisma.sql`
  SELECT order_id FROM refunds JOIN payments USING (order_id) WHERE ${givesBack}
  GROUP BY order_id, captured HAVING sum(refunds.amount) >= captured`;

/** Those of which all money, or all goods, are asked back: before the provider has heard of it, too. See isCounted and whyNotSent. */
const ASKED_BACK = Prisma.sql`
  SELECT order_id FROM refunds JOIN payments USING (order_id) JOIN orders ON orders.id = order_id
  GROUP BY order_id, captured, quantity
  HAVING sum(refunds.amount) FILTER (WHERE refunds.status NOT IN ('failed', 'void')) >= captured
      OR sum(units) FILTER (WHERE refunds.status <> 'void') >= quantity`;

const SENT = Prisma.sql`SELECT order_id FROM order_remarks WHERE sent_at IS NOT NULL`;

/** As a list the planner takes most orders for these. By a join it would take them for few, and look up the rest one by one. */
const SHIPS = Prisma.sql`sold.item_id = ANY(ARRAY(SELECT items.id FROM items WHERE items.ships))`;

/** The planner can tell how many are left of an anti-join, not of NOT IN, nor of a NULL that a left join may have made. */
function without(those: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`NOT EXISTS (SELECT 1 FROM (${those}) AS those WHERE those.order_id = sold.id)`;
}

/** Narrowed first, so that what a line shows is looked up for one page alone. */
const CONDITIONS: Record<Exclude<OrderState, "held">, Prisma.Sql> = {
  paid: Prisma.sql`captured > 0 AND ${without(ALL_GIVEN_BACK)}`,
  to_send: Prisma.sql`
    ${SHIPS} AND captured > 0 AND NOT disputed AND ${without(SENT)} AND ${without(ASKED_BACK)} AND ${without(TAKEN_BACK)}`,
  sent: Prisma.sql`sent_at IS NOT NULL`,
  cancelled: Prisma.sql`sold.id IN (${TAKEN_BACK})`,
  refunded: Prisma.sql`sold.id IN (${GIVEN_BACK})`,
  disputed: Prisma.sql`disputed`,
};

/** The newest first. */
export async function listOrders(
  { after, ...wanted }: Wanted,
  most: number,
  client: Database = db,
): Promise<ListedOrder[]> {
  const search = readSearch(wanted.search);
  const byWord = search.kind === "word" ? await soonest(search.start, client) : LOOKED_UP;
  const rows = await client.$queryRaw<Row[]>`
    SELECT sold.id, sold.item_id AS "itemId", coalesce(sold.name, items.name) AS name, sold.run, sold.number, sold.quantity,
           sold.price_amount AS "priceAmount", sold.currency, sold.at, payments.status, captured, ${moneyBackOf(SOLD_ID)} AS refunded, disputed, ${unitsBackOf(SOLD_ID)} AS back, ships,
           sent_at AS "sentAt", coalesce(contacts.name, contacts.email) AS buyer
    ${fromWhat(wanted, byWord)} AND ${after ? Prisma.sql`(sold.at, sold.id) < (${after.at}, ${after.id}::uuid)` : Prisma.sql`true`}
    ORDER BY sold.at DESC, sold.id DESC LIMIT ${most}`;
  return rows.map(toListed);
}

/** What is wanted, as `sold`, with all that stands beside it: FROM and WHERE. */
export function fromWhat({ state, search }: Omit<Wanted, "after">, byWord = LOOKED_UP): Prisma.Sql {
  return Prisma.sql`
    FROM ${state === "held" ? HELD : SOLD}
    JOIN items ON items.id = sold.item_id
    LEFT JOIN payments ON payments.order_id = sold.id
    LEFT JOIN contacts ON contacts.order_id = sold.id
    LEFT JOIN order_remarks ON order_remarks.order_id = sold.id
    WHERE ${state === undefined || state === "held" ? Prisma.sql`true` : CONDITIONS[state]}
      AND ${found(readSearch(search), byWord)}`;
}

const SOLD = Prisma.sql`(SELECT id, item_id, name, run, number, quantity, price_amount, currency, placed_at AS at FROM orders) AS sold`;
const HELD = Prisma.sql`(
  SELECT id, item_id, name, run, NULL::int AS number, quantity, price_amount, currency, held_at AS at FROM holds WHERE ended_at IS NULL
) AS sold`;

type Search =
  | { kind: "nothing" }
  | { kind: "id"; id: string }
  | { kind: "number"; number: number }
  /** The beginning of a name or an e-mail address, in small letters. */
  | { kind: "word"; start: string };

function readSearch(search = ""): Search {
  const text = search.trim();
  const isId: boolean = isUuid(text);
  if (text === "") return { kind: "nothing" };
  if (isId) return { kind: "id", id: text };
  const number = /^(?:no\.?\s*|#)?(\d{1,9})$/i.exec(text)?.[1];
  if (number !== undefined) return { kind: "number", number: Number(number) };
  return { kind: "word", start: text.toLowerCase() };
}

function found(search: Search, byWord: ByWord): Prisma.Sql {
  if (search.kind === "nothing") return Prisma.sql`true`;
  if (search.kind === "id") return Prisma.sql`sold.id = ${search.id}::uuid`;
  if (search.kind === "number") return Prisma.sql`sold.number = ${search.number}`;
  return byWord(search.start);
}

type ByWord = (start: string) => Prisma.Sql;

/** The last character that there is. */
const LAST = "\u{10ffff}";

/**
 * Each by an index of its own, as its operators have it. Of LIKE with a parameter the database knows no beginning once it keeps one
 * plan for all of them, and reads every contact.
 */
const ORDERS_OF_WORD: ByWord = (start) => Prisma.sql`
  SELECT order_id FROM contacts
  WHERE lower(email) ~>=~ ${start} AND lower(email) ~<~ ${start + LAST} AND email IS NOT NULL
  UNION ALL SELECT order_id FROM contacts
  WHERE lower(name) ~>=~ ${start} AND lower(name) ~<~ ${start + LAST} AND name IS NOT NULL`;

/** All of them first. */
const LOOKED_UP: ByWord = (start) => Prisma.sql`sold.id IN (${ORDERS_OF_WORD(start)})`;
/** Order by order, from the newest on. */
const IN_PASSING: ByWord = (start) =>
  Prisma.sql`(starts_with(lower(contacts.email), ${start}) OR starts_with(lower(contacts.name), ${start}))`;

/** As many as are looked up and sorted in a moment. */
const FEW = 5_000;

/** How a page is found soonest: of a word that few have from their list, since the planner knows no better how many they are. */
async function soonest(start: string, client: Database): Promise<ByWord> {
  const some = await client.$queryRaw<{ id: string }[]>`
    SELECT order_id AS id FROM (${ORDERS_OF_WORD(start)}) AS found LIMIT ${FEW + 1}`;
  const ids = some.map(({ id }) => id);
  return ids.length > FEW ? IN_PASSING : () => Prisma.sql`sold.id = ANY(${ids}::uuid[])`;
}

function toListed({ priceAmount, currency, status, captured, refunded, disputed, ...row }: Row): ListedOrder {
  const payment =
    status === null ? null : { status, captured: captured ?? 0, refunded: refunded ?? 0, disputed: disputed ?? false };
  return { ...row, price: { amount: priceAmount, currency }, payment, over: overOf(row, payment) };
}

/** What an operator has added to an order. */
export interface Remarks {
  note: string | null;
  sentAt: Date | null;
  tracking: string | null;
}

export async function getRemarks(orderId: string, client: Database | Transaction = db): Promise<Remarks> {
  const [found] = await client.$queryRaw<Remarks[]>`
    SELECT note, sent_at AS "sentAt", tracking FROM order_remarks WHERE order_id = ${orderId}::uuid`;
  return found ?? { note: null, sentAt: null, tracking: null };
}

/** A line of the ledger that names the order, each found by an index of its own: an item may have millions. */
export interface OrderMovement {
  reason: string;
  units: number;
  from: string;
  to: string;
  at: Date;
}

export function listMovementsOf(orderId: string): Promise<OrderMovement[]> {
  return db.$queryRaw`
    SELECT reason, coalesce(units, abs(delta)) AS units, coalesce(from_account, 'available') AS "from", coalesce(to_account, 'sold') AS "to", created_at AS at
    FROM (
      SELECT * FROM movements WHERE order_id = ${orderId}::uuid AND reason IN ('sale', 'confirm')
      UNION ALL
      SELECT * FROM movements WHERE order_id = ${orderId}::uuid AND ${takesBack}
    ) AS line
    ORDER BY version`;
}

/** In characters, as the database counts them. */
export const LONGEST = { note: 2_000, tracking: 500 };

/** What operators do with one order is done one after the other: of two at once, both would go by what was before. */
async function lockOrder(tx: Transaction, id: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM orders WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
}

/** `moved_on`: somebody has written another note since. */
export type NoteOutcome = { kind: "noted" } | { kind: "moved_on"; now: string | null };

/** `note` empty takes it away. `seen`: what it was to be instead of. */
export async function writeNote(
  { id, itemId }: KeyedOrder,
  { note, seen }: { note: string; seen: string },
  by: string,
): Promise<NoteOutcome> {
  return db.$transaction(async (tx): Promise<NoteOutcome> => {
    await lockOrder(tx, id);
    const before = (await getRemarks(id, tx)).note;
    const after = note.trim() || null;
    if (before === after) return { kind: "noted" };
    if (before !== (seen.trim() || null)) return { kind: "moved_on", now: before };
    await tx.$executeRaw`
      INSERT INTO order_remarks (order_id, note) VALUES (${id}::uuid, ${after})
      ON CONFLICT (order_id) DO UPDATE SET note = excluded.note`;
    await insertAct(tx, {
      who: by,
      what: "order_noted",
      itemId,
      orderId: id,
      ...happened("note", before, after),
    });
    return { kind: "noted" };
  });
}

/** Without the words themselves: an act is never erased, and they may say who the buyer is. */
function happened(field: string, before: string | null, after: string | null) {
  const told = (text: string | null) => ({ [field]: text === null ? "none" : "written" });
  return { before: told(before), after: told(after) };
}

/** Why an order is not sent. */
export type NotSent = "not_shipped" | "not_paid" | "disputed" | "taken_back";
export type SendOutcome = { kind: "sent" | "sent_before" } | { kind: "refused"; why: NotSent };

/** Marked once; the buyer is told by mail. Sent again with another link, the link is put right and nobody is told. */
export async function markSent(order: KeyedOrder, tracking: string | null, by: string): Promise<SendOutcome> {
  const { id, itemId } = order;
  const outcome = await db.$transaction(async (tx): Promise<SendOutcome> => {
    // Also what the shop took no money for, which has no payment to lock.
    await lockOrder(tx, id);
    // As refunds and cancellations lock it: what is being cancelled now is not sent, nor the other way round.
    await tx.$queryRaw`SELECT 1 FROM payments WHERE order_id = ${id}::uuid FOR UPDATE`;
    const why = await whyNotSent(order, tx);
    const before = await getRemarks(id, tx);
    if (why && !before.sentAt) return { kind: "refused", why };
    if (before.sentAt && before.tracking === tracking) return { kind: "sent_before" };
    await tx.$executeRaw`
      INSERT INTO order_remarks (order_id, sent_at, tracking) VALUES (${id}::uuid, statement_timestamp(), ${tracking})
      ON CONFLICT (order_id) DO UPDATE
      SET sent_at = coalesce(order_remarks.sent_at, excluded.sent_at), tracking = excluded.tracking`;
    await insertAct(tx, {
      who: by,
      what: "order_sent",
      itemId,
      orderId: id,
      ...happened("tracking", before.tracking, tracking),
    });
    if (!before.sentAt && (await hasContact(tx, id))) await addTasks(tx, [mailTask("sent", id)]);
    return { kind: before.sentAt ? "sent_before" : "sent" };
  });
  if (outcome.kind === "sent") nudge();
  return outcome;
}

/** Undefined: it is to be sent, or was. */
export async function whyNotSent(
  { id, itemId, quantity }: KeyedOrder,
  tx: Database | Transaction = db,
): Promise<NotSent | undefined> {
  const [payment] = await tx.$queryRaw<{ captured: number; disputed: boolean }[]>`
    SELECT captured, disputed FROM payments WHERE order_id = ${id}::uuid`;
  const [item] = await tx.$queryRaw<{ ships: boolean }[]>`SELECT ships FROM items WHERE id = ${itemId}`;
  if (!item?.ships) return "not_shipped";
  if (payment?.disputed) return "disputed";
  if (payment && payment.captured === 0) return "not_paid";
  const [asked] = await tx.$queryRaw<{ units: number }[]>`
    SELECT coalesce(sum(units), 0)::int AS units FROM refunds WHERE order_id = ${id}::uuid AND status <> 'void'`;
  const taken = await countTakenBack(id, tx);
  return Math.max(taken, asked?.units ?? 0) >= quantity ? "taken_back" : undefined;
}

async function hasContact(tx: Transaction, orderId: string): Promise<boolean> {
  const found = await tx.$queryRaw<
    unknown[]
  >`SELECT 1 FROM contacts WHERE order_id = ${orderId}::uuid AND email IS NOT NULL`;
  return found.length > 0;
}

export type CancelOutcome =
  | RefundOutcome
  /** The shop took no money for it: its goods are back at once. `units` 0: they were before. */
  | { kind: "taken_back"; units: number }
  | { kind: "busy" };

/** All money and all goods back, before it is sent. */
export async function cancel(
  orderId: string,
  { key = randomUUID(), by = BY_COMMAND }: { key?: string; by?: string } = {},
): Promise<CancelOutcome> {
  const order = await findOrder(orderId);
  if (!order) return { kind: "not_found" };
  if (await getPayment(orderId)) return cancelOrder(orderId, { key, by });
  return db.$transaction(async (tx): Promise<CancelOutcome> => {
    // Held while the till takes it back, by a connection of its own, which never waits for this lock.
    await lockOrder(tx, orderId);
    if ((await getRemarks(orderId, tx)).sentAt) return { kind: "sent" };
    const taken = await countTakenBack(orderId, tx);
    const left = order.quantity - taken;
    if (left === 0) return { kind: "taken_back", units: 0 };
    const act = { who: by, what: "order_cancelled", itemId: order.itemId, orderId, after: { units: left } } as const;
    const outcome = await takeBack(order, left, "back", key, act);
    if (outcome.kind === "busy") return { kind: "busy" };
    return { kind: "taken_back", units: outcome.kind === "done" ? left : 0 };
  });
}
