/** The words of the shop as types, and what follows from them alone. Read by the server and the browser. */
import type { ItemPicture } from "./pictures.ts";

/** The first that is true, in this order: not_open, closed, paused, available, all_held, sold_out. */
export type ItemState = "available" | "all_held" | "sold_out" | "not_open" | "closed" | "paused";

/** What is counted of an item. Of two, the newer is the one with the higher epoch, or else version, or else edition. */
export interface Numbers {
  id: string;
  /** Units left now. */
  quantity: number;
  /** Units kept for buyers who are paying. */
  held: number;
  /** When the first of the holds ends, in ISO 8601: a unit may be free then. */
  nextReleaseAt?: string | null | undefined;
  /** Grows with each change of `quantity`, `held` or `run`. */
  version: number;
  /** Grows with each change of anything else that pages show: words, price, limits, opening, pause. */
  edition: number;
  /** Grows when the database has gone back to an earlier state, as in a failover that lost its last commits. */
  epoch: number;
  run: number;
  state: ItemState;
}

/** What changes about an item while its page is open. */
export interface Stock extends Numbers {
  /** Told while it has not opened. */
  opensAt?: Date | null;
  /** Told while it has not closed. */
  closesAt?: Date | null;
}

/** `amount` in minor units of `currency` (cents). */
export interface Price {
  amount: number;
  currency: string;
}

/** draft: nobody but operators sees it. archived: its page stays, and it is sold no more. */
export type Status = "draft" | "published" | "archived";

export type Payment = "none" | "card";

export interface Item extends Stock {
  name: string;
  tagline: string;
  story: string;
  picture: string;
  pictureAlt: string;
  /** All of them, in their order; none if `picture` is the only one. */
  pictures?: ItemPicture[] | undefined;
  price: Price;
  startingQuantity: number;
  maxPerOrder: number;
  /** Units one buyer may own in a run, or null for no limit. */
  limitPerBuyer: number | null;
  opensAt: Date | null;
  /** Nothing is sold from then on. */
  closesAt: Date | null;
  paused: boolean;
  /** none: sold by the press, the shop takes no money. card: the press makes a hold, which is paid for. */
  payment: Payment;
  /** How long a hold lasts. */
  holdSeconds: number;
  /** Whether a buyer is asked where to send it. */
  ships: boolean;
  /** In the shop window, lowest first. */
  position: number;
  status: Status;
  /** What was moved since it was published, the newest first: nobody has to take the shop's word for it. */
  changes?: PublicChange[] | undefined;
}

/** Of the terms that a buyer relies on. */
export type PublicChange = { at: Date } & (
  | { field: "opensAt" | "closesAt"; from: Date | null; to: Date | null }
  | { field: "price"; from: Price; to: Price }
  | { field: "limitPerBuyer" | "maxPerOrder"; from: number | null; to: number | null }
);

export interface Order {
  id: string;
  itemId: string;
  run: number;
  /** The order's place in its run. */
  number: number;
  quantity: number;
  /** The item's name when it was sold; null in orders from before it was kept. */
  name: string | null;
  /** Price of one unit when it was sold. */
  price: Price;
  placedAt: Date;
}

/** An order with whose it is, the key that made it, and what paid it: for the server alone. */
export type KeyedOrder = Order & { buyerId: string; key: string; authorisation: string | null };

/** What is archived is paused for good, whenever it would open. `notOpen` and `closed` come from the database's clock: instances whose clocks differ must not disagree. */
export function stateOf({
  quantity,
  held,
  notOpen,
  closed,
  paused,
  status,
}: {
  quantity: number;
  held: number;
  notOpen: boolean;
  closed: boolean;
  paused: boolean;
  status?: Status;
}): ItemState {
  if (status === "archived") return "paused";
  if (notOpen) return "not_open";
  if (closed) return "closed";
  if (paused) return "paused";
  if (quantity > 0) return "available";
  return held > 0 ? "all_held" : "sold_out";
}

/** It cannot be had any more, or only should a unit come back. */
export function isOver({ state, status }: Pick<Stock, "state"> & { status?: Status }): boolean {
  return state === "sold_out" || state === "closed" || status === "archived";
}

/** The last ones of an edition: three, or a tenth of it. */
export function isScarce({ state, quantity }: Pick<Stock, "state" | "quantity">, edition: number): boolean {
  return state === "available" && quantity <= Math.max(3, Math.ceil(edition / 10));
}

/** One is left, of an edition of several: one of a kind is no last one. */
export function isLastOne({ state, quantity }: Pick<Stock, "state" | "quantity">, edition: number): boolean {
  return state === "available" && quantity === 1 && edition > 1;
}

/** What pages and programs are told of a stock. */
export function onlyStock({ opensAt, closesAt, status, ...numbers }: Stock & { status?: Status }): Stock {
  const { id, quantity, held, nextReleaseAt, version, edition, epoch, run, state } = numbers;
  const stock: Stock = { id, quantity, held, version, edition, epoch, run, state };
  // Only what there is to tell: there are many to tell it to.
  if (held > 0 && nextReleaseAt) stock.nextReleaseAt = nextReleaseAt;
  if (state === "not_open" && opensAt) stock.opensAt = opensAt;
  if (state !== "closed" && status !== "archived" && closesAt) stock.closesAt = closesAt;
  return stock;
}

/** A stock as JSON has it. */
export type WrittenStock = Numbers & { opensAt?: string; closesAt?: string };

export function readStock({ opensAt, closesAt, ...numbers }: WrittenStock): Stock {
  return {
    ...numbers,
    ...(opensAt && { opensAt: new Date(opensAt) }),
    ...(closesAt && { closesAt: new Date(closesAt) }),
  };
}

/** Items that a stream of some of them can carry: the browser writes their ids into its address. */
export const MOST_ITEMS = 200;

type Moment = Pick<Stock, "epoch" | "version" | "edition">;

/** Negative when `one` is the older, positive when it is the newer. */
export function compareMoments(one: Moment, other: Moment): number {
  return one.epoch - other.epoch || one.version - other.version || one.edition - other.edition;
}

/** Of what is known of an item, the newer state; of two of the same moment the first. */
export function newerOf(one: Stock | undefined, other: Stock | undefined): Stock | undefined {
  if (!one || !other) return one ?? other;
  return compareMoments(other, one) > 0 ? other : one;
}

/** An item's id is a slug, as the database demands: anything else in a URL is no item, and never reaches SQL. */
export function isItemId(text: string | undefined): text is string {
  return text !== undefined && text.length <= 64 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Keys, orders and buyers are UUIDs of any version. */
export function isUuid(text: unknown): text is string {
  return typeof text === "string" && UUID.test(text);
}

/** What a broken generator makes is everybody's: as a key, it would find what the first who sent it has done. */
export function isOwnUuid(uuid: string): boolean {
  return !/^(?:[0-]+|[f-]+)$/i.test(uuid);
}

/** What the API tells of an item. */
export function publicItem({
  name,
  price,
  opensAt,
  closesAt,
  maxPerOrder,
  limitPerBuyer,
  payment,
  holdSeconds,
  ships,
  status,
  ...stock
}: Item) {
  const { id, ...now } = onlyStock(stock);
  const terms = { price, opensAt, closesAt, maxPerOrder, limitPerBuyer, payment, holdSeconds, ships };
  return { id, name, ...now, ...terms, ...(status === "archived" && { archived: true }) };
}

/** What the API tells an order's buyer. */
export function publicOrder({ id, itemId, run, number, quantity, name, price, placedAt }: Order) {
  return { id, itemId, run, number, quantity, name, price, placedAt };
}
