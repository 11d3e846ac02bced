/** What is for sale, in words and numbers: as the database has it at this moment, or as it is remembered. */
import { Prisma } from "#prisma/client/client.ts";
import { type Database, db, type Transaction } from "#app/db.server.ts";
import { env } from "#app/env.server.ts";
import { type Item, type Numbers, type PublicChange, stateOf, type Status } from "./item.ts";
import { nextReleaseAt } from "./ledger.server.ts";
import { unlessUnpayable } from "./payable.server.ts";
import { memory } from "./memory.server.ts";
import { SharedReading } from "./shared-reading.ts";

export interface ItemRow extends Omit<Item, "price" | "state" | "changes"> {
  changes: WrittenChange[] | null;
  priceAmount: number;
  currency: string;
  notOpen: boolean;
  closed: boolean;
}

const SELECT_ITEMS = Prisma.sql`
  SELECT id, name, tagline, story, picture, picture_alt AS "pictureAlt", pictures, price_amount AS "priceAmount", currency,
         starting_quantity AS "startingQuantity", coalesce(available, starting_quantity) AS quantity, coalesce(held, 0) AS held, ${nextReleaseAt} AS "nextReleaseAt",
         coalesce(version, 0) AS version, coalesce(edition, draft_edition) AS edition, current_epoch() AS epoch, coalesce(run, 0) AS run,
         max_per_order AS "maxPerOrder", limit_per_buyer AS "limitPerBuyer", opens_at AS "opensAt", closes_at AS "closesAt",
         coalesce(opens_at > clock_timestamp(), false) AS "notOpen", coalesce(closes_at <= clock_timestamp(), false) AS closed, paused, payment, hold_seconds AS "holdSeconds", ships, position, status,
         (SELECT jsonb_agg(jsonb_build_object('at', at, 'before', before, 'after', after) ORDER BY id DESC) FROM (
            SELECT id, at, before, after FROM acts
            WHERE item_id = items.id AND what = 'item_changed' AND jsonb_exists_any(before, ARRAY['opensAt', 'closesAt', 'price', 'limitPerBuyer', 'maxPerOrder'])
            ORDER BY id DESC LIMIT 20
          ) AS act) AS changes
  FROM items LEFT JOIN stock ON item_id = id`;

/** An act as JSON has it. */
interface WrittenChange {
  at: string;
  before: Partial<Record<PublicChange["field"], unknown>>;
  after: Partial<Record<PublicChange["field"], unknown>>;
}

function publicChanges({ at, before, after }: WrittenChange): PublicChange[] {
  const fields: PublicChange["field"][] = ["opensAt", "closesAt", "price", "limitPerBuyer", "maxPerOrder"];
  return fields
    .filter((field) => field in before)
    .map((field) => {
      const [from, to] = [before[field], after[field]].map((value) =>
        (field === "opensAt" || field === "closesAt") && typeof value === "string" ? new Date(value) : value,
      );
      return { at: new Date(at), field, from, to } as PublicChange;
    });
}

function toItem(found: ItemRow): Item {
  const { priceAmount, currency, notOpen, closed, changes, ...row } = unlessUnpayable(found);
  return {
    ...row,
    ...(changes && { changes: changes.flatMap(publicChanges) }),
    price: { amount: priceAmount, currency },
    state: stateOf({ ...row, notOpen, closed }),
  };
}

/** Every item, or these, in the order of the shop window, read by whatever runs the SQL. Of drafts nobody but operators may be told. */
export async function readItems(
  run: (sql: Prisma.Sql) => Promise<ItemRow[]>,
  { itemIds, drafts = false }: { itemIds?: string[]; drafts?: boolean } = {},
): Promise<Item[]> {
  const which = itemIds ? Prisma.sql`id = ANY(${itemIds})` : Prisma.sql`true`;
  const seen = drafts ? Prisma.empty : NO_DRAFTS;
  return (await run(Prisma.sql`${SELECT_ITEMS} WHERE ${which} ${seen} ORDER BY position, id`)).map(toItem);
}

const NO_DRAFTS = Prisma.sql`AND status <> 'draft'`;

export function listItems(client: Database = db): Promise<Item[]> {
  return readItems((sql) => client.$queryRaw<ItemRow[]>(sql));
}

/** With the drafts: for operators. */
export function listAllItems(client: Database = db): Promise<Item[]> {
  return readItems((sql) => client.$queryRaw<ItemRow[]>(sql), { drafts: true });
}

export async function getItem(itemId: string, client: Database | Transaction = db): Promise<Item | undefined> {
  const [row] = await client.$queryRaw<ItemRow[]>`${SELECT_ITEMS} WHERE id = ${itemId} ${NO_DRAFTS}`;
  return row && toItem(row);
}

/** A draft as well: for operators. */
export async function getAnyItem(itemId: string, client: Database | Transaction = db): Promise<Item | undefined> {
  const [row] = await client.$queryRaw<ItemRow[]>`${SELECT_ITEMS} WHERE id = ${itemId}`;
  return row && toItem(row);
}

/** Whether it is a draft, which nobody else publishes, changes or deletes until the transaction ends. */
export async function lockDraft(tx: Transaction, itemId: string): Promise<boolean> {
  const locked = await tx.$queryRaw<
    unknown[]
  >`SELECT 1 FROM items WHERE id = ${itemId} AND status = 'draft' FOR UPDATE`;
  return locked.length > 0;
}

/** A locked draft: it has no stock, no orders, and nobody has seen it. */
export async function deleteItem(tx: Transaction, itemId: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM items WHERE id = ${itemId} AND status = 'draft'`;
}

/** The id of the item that `key` has put up. */
export async function findAdded(tx: Transaction, key: string): Promise<string | undefined> {
  const [item] = await tx.$queryRaw<{ id: string }[]>`SELECT id FROM items WHERE key = ${key}::uuid`;
  return item?.id;
}

/** As the memory remembers it, or from the database when the memory may be behind. */
export async function currentItem(itemId: string): Promise<Item | undefined> {
  const remembered = memory.isFresh && env.PAGES_KEPT > 0 ? memory.item(itemId) : undefined;
  // One that was added a moment ago is not remembered yet.
  return remembered ?? getItem(itemId);
}

const latest = new SharedReading((itemId) => getItem(itemId));

/** As the database has it now, whatever is remembered. */
export function latestItem(itemId: string): Promise<Item | undefined> {
  return latest.get(itemId);
}

const latestList = new SharedReading(async () => (await listItems()).filter(isShown));

function isShown({ status }: Item): boolean {
  return status === "published";
}

/** Every item of the window as the database has it now. */
export function latestItems(): Promise<Item[]> {
  return latestList.get("all");
}

/** Every item of the window, as it is remembered, or from the database when the memory may be behind. */
export async function currentItems(): Promise<Item[]> {
  return (memory.isFresh && env.PAGES_KEPT > 0 ? memory.items() : await listItems()).filter(isShown);
}

/** As it was seen last, however long ago: for a page that has more to say than the stock. */
export function rememberedItem(itemId: string): Item | undefined {
  return memory.item(itemId);
}

/** An item that is put up: all but the numbers that the ledger gives it, and not paused. `position` null puts it last. Published, unless it says so. */
export type NewItem = Omit<Item, Exclude<keyof Numbers, "id"> | "paused" | "position" | "status" | "changes"> & {
  position: number | null;
  status?: Status | undefined;
};

/**
 * Writes the words of a new item, and says which position it has. Its stock must follow in the same transaction, unless it is a draft.
 * `key` names this change, a UUID.
 */
export async function insertItem(
  tx: Transaction,
  item: NewItem,
  key: string | null = null,
): Promise<{ position: number } | undefined> {
  const [inserted] = await tx.$queryRaw<{ position: number }[]>`
    INSERT INTO items (id, name, tagline, story, picture, picture_alt, pictures, price_amount, currency, starting_quantity,
                       max_per_order, limit_per_buyer, opens_at, closes_at, payment, hold_seconds, ships, status, key, position)
    VALUES (${item.id}, ${item.name}, ${item.tagline}, ${item.story}, ${item.picture}, ${item.pictureAlt},
            ${JSON.stringify(item.pictures ?? [])}::jsonb, ${item.price.amount},
            ${item.price.currency}, ${item.startingQuantity}, ${item.maxPerOrder}, ${item.limitPerBuyer}, ${item.opensAt}, ${item.closesAt},
            ${item.payment}, ${item.holdSeconds}, ${item.ships}, ${item.status ?? "published"}, ${key}::uuid,
            coalesce(${item.position}::int, (SELECT coalesce(max(position) + 1, 0) FROM items)))
    RETURNING position`;
  return inserted;
}

/** An item's words and terms; what is not named stays as it is. Only of a draft the starting quantity: later it is counted. */
export type ItemChange = { id: string } & {
  [Field in Exclude<keyof NewItem, "id" | "position">]?: NewItem[Field] | undefined;
} & { position?: number | undefined; paused?: boolean | undefined };

/** Changes an item's words and terms, never its quantity. The database begins the next edition when something has changed. */
export async function updateItem(
  tx: Transaction,
  { id, price, limitPerBuyer, opensAt, closesAt, ...words }: ItemChange,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE items
    SET name = coalesce(${words.name ?? null}, name), tagline = coalesce(${words.tagline ?? null}, tagline), story = coalesce(${words.story ?? null}, story),
        picture = coalesce(${words.picture ?? null}, picture), picture_alt = coalesce(${words.pictureAlt ?? null}, picture_alt),
        pictures = coalesce(${words.pictures ? JSON.stringify(words.pictures) : null}::jsonb, pictures),
        price_amount = coalesce(${price?.amount ?? null}, price_amount), currency = coalesce(${price?.currency ?? null}, currency),
        max_per_order = coalesce(${words.maxPerOrder ?? null}, max_per_order), position = coalesce(${words.position ?? null}, position),
        paused = coalesce(${words.paused ?? null}, paused), payment = coalesce(${words.payment ?? null}, payment),
        hold_seconds = coalesce(${words.holdSeconds ?? null}, hold_seconds), ships = coalesce(${words.ships ?? null}, ships),
        starting_quantity = coalesce(${words.startingQuantity ?? null}, starting_quantity), status = coalesce(${words.status ?? null}, status),
        -- Of these null is a value: no limit, open, and never closed.
        limit_per_buyer = CASE WHEN ${limitPerBuyer !== undefined} THEN ${limitPerBuyer ?? null} ELSE limit_per_buyer END,
        opens_at = CASE WHEN ${opensAt !== undefined} THEN ${opensAt ?? null} ELSE opens_at END,
        closes_at = CASE WHEN ${closesAt !== undefined} THEN ${closesAt ?? null} ELSE closes_at END
    WHERE id = ${id}`;
}
