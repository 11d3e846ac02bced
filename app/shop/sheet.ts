/**
 * What is being decided of one item, as it will be written: the lines, and the item's numbers after them. Plain code on what the
 * transaction has read under the lock; it reads and writes nothing itself.
 */
import type { NewTask } from "#app/tasks.server.ts";
import type { Act } from "./acts.server.ts";
import type { EndReason, Hold } from "./holds.ts";
import { onlyStock, type Order, stateOf, type Status, type Stock } from "./item.ts";
import { type Account, type Reason, wayOf } from "./moves.ts";

/** An item as it is while its stock is locked. */
export interface LockedItem {
  id: string;
  name: string;
  /** Units available. */
  quantity: number;
  held: number;
  sold: number;
  /** When the first of the open holds ends, in ISO 8601; null when there is none. */
  nextReleaseAt: string | null;
  version: number;
  edition: number;
  epoch: number;
  run: number;
  lastNumber: number;
  startingQuantity: number;
  maxPerOrder: number;
  limitPerBuyer: number | null;
  opensAt: Date | null;
  /** By the database's clock, when the lock was given. */
  notOpen: boolean;
  closesAt: Date | null;
  /** Likewise. */
  closed: boolean;
  paused: boolean;
  lockedAt: Date;
  priceAmount: number;
  currency: string;
  payment: "none" | "card";
  holdSeconds: number;
  status: Status;
}

/** One line of the ledger, with what is in each account of its run after it. */
export interface Line {
  version: number;
  run: number;
  reason: Reason;
  units: number;
  from: Account;
  to: Account;
  available: number;
  held: number;
  sold: number;
  orderId: string | null;
  holdId: string | null;
  /** An operator's name for this change. */
  key: string | null;
}

/** One order to be written. */
export interface Sale {
  order: Order;
  buyerId: string;
  key: string;
  /** What paid it, as the provider calls it. Null: the shop took no money. */
  authorisation: string | null;
}

type Names = Partial<Pick<Line, "orderId" | "holdId" | "key">>;

export class Sheet {
  readonly before: Readonly<LockedItem>;
  readonly after: LockedItem;
  readonly lines: Line[] = [];
  readonly sales: Sale[] = [];
  /** Holds that are new. */
  readonly made: Hold[] = [];
  readonly ended: { id: string; why: EndReason | "sold" }[] = [];
  /** Holds whose payment begins, with their ends from now on. */
  readonly begun: { id: string; expiresAt: Date }[] = [];
  /** Who pays, as a limit for each buyer counts persons. */
  readonly parties: { holdId: string; party: Uint8Array }[] = [];
  readonly tasks: NewTask[] = [];
  /** Of operators, among those whose commands change something. */
  readonly acts: Act[] = [];
  /** Those that are known here, new ones and ended ones too, by their ids. */
  readonly holds: Map<string, Hold>;

  /** `holds`: all open ones that may be touched, and of the others the one that ends first. */
  constructor(item: LockedItem, holds: Hold[] = []) {
    this.before = item;
    this.after = { ...item };
    this.holds = new Map(holds.map((hold) => [hold.id, { ...hold }]));
  }

  /** Whether there is anything to write. */
  get changes(): boolean {
    return this.lines.length > 0 || this.begun.length > 0 || this.tasks.length > 0;
  }

  /** Moves units within the run that is on. `units` below 0 are a correction that takes some away. */
  move(reason: Reason, units: number, { orderId = null, holdId = null, key = null }: Names = {}): void {
    const { after } = this;
    const [from, to] = wayOf(reason, units);
    const moved = Math.abs(units);
    const balances = { outside: 0, available: after.quantity, held: after.held, sold: after.sold };
    balances[from] -= moved;
    balances[to] += moved;
    after.version += 1;
    [after.quantity, after.held, after.sold] = [balances.available, balances.held, balances.sold];
    const { available, held, sold } = balances;
    const { version, run } = after;
    this.lines.push({ version, run, reason, units: moved, from, to, available, held, sold, orderId, holdId, key });
  }

  /** Goods of a run that has ended, of which `sold` units are not taken back yet. */
  scrapOfEarlierRun(run: number, sold: number, units: number, names: Names): void {
    const [from, to] = wayOf("scrap", units);
    this.after.version += 1;
    const line = { version: this.after.version, run, reason: "scrap" as const, units, from, to };
    this.lines.push({
      ...line,
      available: 0,
      held: 0,
      sold: sold - units,
      orderId: null,
      holdId: null,
      key: null,
      ...names,
    });
  }

  sell(units: number, buyer: Omit<Sale, "order">, order: Pick<Order, "id" | "name" | "price">, hold?: Hold): Order {
    const { id: itemId, run, lockedAt } = this.before;
    const number = (this.after.lastNumber += 1);
    const sold: Order = { ...order, itemId, run, number, quantity: units, placedAt: lockedAt };
    const isHeld = hold?.state === "open";
    this.move(isHeld ? "confirm" : "sale", units, { orderId: order.id, ...(isHeld && { holdId: hold.id }) });
    this.sales.push({ order: sold, ...buyer });
    if (isHeld) this.#end(hold, "sold");
    return sold;
  }

  hold(hold: Hold): Hold {
    this.move("hold", hold.quantity, { holdId: hold.id });
    this.holds.set(hold.id, hold);
    this.made.push(hold);
    const endsAt = hold.expiresAt.toISOString();
    if (this.after.nextReleaseAt === null || endsAt < this.after.nextReleaseAt) this.after.nextReleaseAt = endsAt;
    return hold;
  }

  release(hold: Hold, why: EndReason): Hold {
    this.move("release", hold.quantity, { holdId: hold.id });
    return this.#end(hold, why);
  }

  /** Ends what has had its time: nothing else may be decided before. */
  endDue(): void {
    for (const hold of this.holds.values()) if (isDue(hold, this.before.lockedAt)) this.release(hold, "time");
  }

  /** Its payment begins: it lasts until then, or as long as it did if that is later. */
  beginPayment(hold: Hold, until: Date): Hold {
    const expiresAt = until > hold.expiresAt ? until : hold.expiresAt;
    const paying = { ...hold, expiresAt, paying: true };
    this.holds.set(hold.id, paying);
    this.begun.push({ id: hold.id, expiresAt });
    const shown = this.after.nextReleaseAt;
    this.#findTheFirst();
    // The pages say when a unit may be free: another time is another edition of what they show.
    if (this.after.nextReleaseAt !== shown) this.after.edition += 1;
    return paying;
  }

  /** Ends the run, with all that is held in it, and begins the next one. */
  startRun(quantity: number, key: string | null = null): void {
    for (const hold of this.holds.values()) {
      if (hold.state !== "open") continue;
      this.release(hold, "reset");
      if (hold.paying) this.tasks.push({ kind: "expire", subject: hold.id, lane: hold.id });
    }
    const { after } = this;
    if (after.quantity > 0) this.move("close", after.quantity);
    Object.assign(after, { run: after.run + 1, lastNumber: 0, quantity: 0, held: 0, sold: 0 });
    this.move("opening", quantity, { key });
  }

  #end(hold: Hold, why: EndReason | "sold"): Hold {
    const ended: Hold = { ...hold, state: why === "sold" ? "sold" : "ended", why: why === "sold" ? null : why };
    this.holds.set(hold.id, ended);
    this.ended.push({ id: hold.id, why });
    if (hold.expiresAt.toISOString() === this.after.nextReleaseAt) this.#findTheFirst();
    return ended;
  }

  #findTheFirst(): void {
    let first: Date | undefined;
    for (const { state, expiresAt } of this.holds.values())
      if (state === "open" && (!first || expiresAt < first)) first = expiresAt;
    this.after.nextReleaseAt = first?.toISOString() ?? null;
  }
}

export function isDue({ state, expiresAt }: Hold, now: Date): boolean {
  return state === "open" && expiresAt.getTime() <= now.getTime();
}

export function stockOf(item: LockedItem): Stock {
  return onlyStock({ ...item, state: stateOf(item) });
}

/**
 * The decision looked at from the other side, before it is written: a second opinion that shares no line with it.
 * Throws when it would oversell, leave a gap, or lose a unit.
 */
export function assertConsistent({
  before,
  after,
  lines,
  sales,
}: Pick<Sheet, "before" | "after" | "lines" | "sales">): void {
  const own = lines.filter(({ run }) => run === after.run);
  const isNewRun = after.run !== before.run;
  const start = isNewRun ? { available: 0, held: 0, sold: 0 } : { ...before, available: before.quantity };
  const into = (account: Account) =>
    own.reduce((sum, { from, to, units }) => sum + (to === account ? units : 0) - (from === account ? units : 0), 0);
  const last = own.at(-1);
  const firstNumber = isNewRun ? 0 : before.lastNumber;
  const ofRun = sales.filter(({ order }) => order.run === after.run);
  const unitsSold = new Map(
    lines.map(({ reason, orderId, units }) => [reason === "sale" || reason === "confirm" ? orderId : null, units]),
  );
  const broken =
    Math.min(after.quantity, after.held, after.sold) < 0 ||
    lines.some(({ available, held, sold }) => Math.min(available, held, sold) < 0) ||
    lines.some(({ version }, index) => version !== before.version + 1 + index) ||
    after.version !== before.version + lines.length ||
    after.quantity !== start.available + into("available") ||
    after.held !== start.held + into("held") ||
    after.sold !== start.sold + into("sold") ||
    (last !== undefined &&
      (last.available !== after.quantity || last.held !== after.held || last.sold !== after.sold)) ||
    after.held > 0 !== (after.nextReleaseAt !== null) ||
    after.lastNumber !== firstNumber + ofRun.length ||
    ofRun.some(({ order }, index) => order.number !== firstNumber + 1 + index) ||
    sales.length !== lines.filter(({ reason }) => reason === "sale" || reason === "confirm").length ||
    sales.some(({ order }) => unitsSold.get(order.id) !== order.quantity);
  if (broken) throw new Error(`the decision about ${before.id} at version ${before.version} does not add up`);
}
