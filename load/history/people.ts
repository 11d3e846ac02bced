/** Who acts during a run: buyers who insist, and operators who restock and reset. */
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { Price, Stock } from "./history.ts";
import type { Instance } from "./instance.ts";
import type { Random } from "./random.ts";
import { HURRY, PATIENCE, type ShopFront, type Wish } from "./shop.ts";

/** Of the seed's items: many units, a limit for each buyer, a single piece, one that is not open yet. */
const ITEMS = [
  "night-ferry",
  "night-ferry",
  "night-ferry",
  "night-ferry",
  "clay-whistle",
  "clay-whistle",
  "moon-moth",
  "paper-garden",
] as const;
const REPRICED = ["night-ferry", "night-ferry", "clay-whistle", "moon-moth"] as const;
const RESTOCKED = ["night-ferry", "night-ferry", "clay-whistle", "moon-moth"] as const;

/** With a limit for each buyer that two orders reach. */
const LIMITED = "clay-whistle";
/** Of which a line of buyers forms, each of whom wants one. */
const QUEUED = "night-ferry";

/** Tries of one buyer before the end of the run has to settle the rest. */
const TRIES = 60;

/** Buys one thing after the other, some of them several times at once, and some again later. */
export async function buyUntil(over: () => boolean, shop: ShopFront, random: Random): Promise<void> {
  let buyer: string | undefined = random.uuid();
  const earlier: Wish[] = [];
  while (!over()) {
    if (random.happens(0.1)) buyer = random.happens(0.8) ? random.uuid() : undefined;
    const wish: Wish = (random.happens(0.2) && again(earlier, random)) || {
      buyer,
      key: random.uuid(),
      item: random.of(ITEMS),
      quantity: random.of([1, 1, 1, 2, 3, 5]),
    };
    if (random.happens(0.5)) wish.shown = await shop.priceOf(wish.item, instanceOf(shop, random.between(0, 1)));
    const copies = random.happens(0.2) ? random.between(2, 4) : 1;
    const first = random.between(0, 1);
    await Promise.all(
      Array.from({ length: copies }, (_, copy) => insist(wish, first + copy, copies, over, shop, random)),
    );
    earlier.push(wish);
    if (random.happens(0.1)) await grab(over, shop, random);
    await sleep(random.between(5, 50));
  }
}

/** More than a buyer may have, in orders that are each within the limit, all at once at one till. */
async function grab(over: () => boolean, shop: ShopFront, random: Random): Promise<void> {
  const buyer = random.uuid();
  const till = random.between(0, 1);
  const wishes = Array.from({ length: 4 }, () => ({ buyer, key: random.uuid(), item: LIMITED, quantity: 3 }));
  await Promise.all(wishes.map((wish) => insist(wish, till, 1, over, shop, random)));
}

/** What was wanted before, now and then with another quantity: a key used for something else. */
function again(earlier: Wish[], random: Random): Wish | undefined {
  const wish = earlier[random.between(0, earlier.length - 1)];
  return wish && random.happens(0.1) ? { ...wish, quantity: wish.quantity + 1 } : wish;
}

/**
 * Sends a purchase to one instance after the other until it is decided. Who hears nothing for a while asks the next one: some
 * hang up, and what the others asked for stays under way. Of those who are told to come again, not all do.
 */
async function insist(
  wish: Wish,
  first: number,
  copies: number,
  over: () => boolean,
  shop: ShopFront,
  random: Random,
): Promise<void> {
  for (let tries = 0; tries < TRIES && !over(); tries += 1) {
    const answer = shop.buy(wish, instanceOf(shop, first + tries), random.happens(0.3) ? HURRY : PATIENCE, {
      copies,
    });
    const { kind } = await Promise.race([answer, sleep(HURRY, { kind: "unknown" } as const, { ref: false })]);
    if (kind !== "unknown" && (kind !== "busy" || random.happens(0.5))) return;
    await sleep(random.between(20, 150));
  }
}

/** One of each key that was left without an answer at least once, and never had a receipt. */
export function undecided({ purchases }: ShopFront): Wish[] {
  const receipts = new Set(purchases.filter(({ outcome }) => outcome.kind === "ok").map(({ key }) => key));
  const open = purchases.filter(({ key, outcome }) => outcome.kind === "unknown" && !receipts.has(key));
  return [
    ...new Map(
      open.map(({ buyer, key, item, quantity }) => [key, { buyer: buyer ?? undefined, key, item, quantity }]),
      // Whatever it costs now: what is asked is how it ended.
    ).values(),
  ];
}

/** Sends them once more, until their outcome is known. */
export async function settle(open: Wish[], shop: ShopFront): Promise<void> {
  for (const wish of open) {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const { kind } = await shop.buy(wish, instanceOf(shop, tries), HURRY);
      if (kind !== "unknown" && kind !== "busy") break;
      await sleep(100);
    }
  }
}

/** Reads confirmed orders as those they belong to, as somebody else, and as one who is nobody yet. */
export async function readUntil(over: () => boolean, shop: ShopFront, random: Random): Promise<void> {
  for (let read = 0; !over(); await sleep(random.between(5, 30))) {
    const purchase = shop.purchases[random.between(read, shop.purchases.length - 1)];
    if (purchase?.outcome.kind !== "ok") continue;
    read = Math.max(0, shop.purchases.length - 200);
    const { buyer, key, outcome } = purchase;
    const room = random.of(["/api/orders", "/api/orders", "/orders"] as const);
    const ask = (as: "buyer" | "stranger" | "nobody", who: { buyer?: string; key?: string }) =>
      shop.read(outcome.order.id, as, who, instanceOf(shop, random.between(0, 1)), room);
    // The key of one who came with a cookie opens nothing.
    const knowsKey = !shop.nameless.has(key) && random.happens(0.5);
    if (buyer === null || random.happens(0.5)) await ask("buyer", buyer === null ? { key } : { buyer });
    else if (random.happens(0.7)) await ask("stranger", { buyer: random.uuid(), ...(knowsKey ? { key } : {}) });
    else await ask("nobody", knowsKey ? { key } : {});
  }
}

type Reprice = (item: string, price: Price) => Promise<unknown>;

export async function repriceUntil(
  over: () => boolean,
  shop: ShopFront,
  reprice: Reprice,
  random: Random,
): Promise<void> {
  while (!over()) {
    await answered(random.between(15, 60), over, shop);
    const item = random.of(REPRICED);
    const price = { amount: random.between(1, 9_999), currency: "EUR" };
    await shop.reprice(item, price, () => reprice(item, price));
  }
}

/**
 * Now and then some come to one till one after the other, each when the one before must have come in, while somebody else holds the row:
 * so they wait there together, and in which order is certain.
 */
export async function lineUpUntil(
  over: () => boolean,
  shop: ShopFront,
  holder: pg.Client,
  random: Random,
): Promise<void> {
  while (!over()) {
    await answered(random.between(60, 150), over, shop);
    const instance = instanceOf(shop, random.between(0, 1));
    const line = random.uuid();
    const standing: Promise<unknown>[] = [];
    await holder.query("BEGIN");
    try {
      await holder.query("SET LOCAL lock_timeout = 1000");
      await holder.query("SELECT 1 FROM stock WHERE item_id = $1 FOR UPDATE", [QUEUED]);
      for (let place = 1; place <= 5; place += 1) {
        const wish = { buyer: random.uuid(), key: random.uuid(), item: QUEUED, quantity: 1 };
        standing.push(shop.buy(wish, instance, PATIENCE, { line: { id: line, place } }));
        await shop.knock(instance);
      }
    } catch {
      // The row was taken, or the instance was struck: those who stand there are answered, and prove less.
    }
    await holder.query("ROLLBACK");
    await Promise.all(standing);
  }
}

export type Restock = (item: string, units: number) => Promise<Stock | undefined>;

export async function restockUntil(
  over: () => boolean,
  shop: ShopFront,
  restock: Restock,
  random: Random,
): Promise<void> {
  while (!over()) {
    await answered(random.between(15, 60), over, shop);
    const item = random.of(RESTOCKED);
    const units = item === "moon-moth" ? 1 : random.between(1, 25);
    await shop.restock(item, units, () => restock(item, units));
  }
}

export async function resetUntil(over: () => boolean, shop: ShopFront, random: Random): Promise<void> {
  while (!over()) {
    await answered(random.between(50, 300), over, shop);
    await shop.reset(random.of(RESTOCKED), random.of([1, 2, 10, 40]), instanceOf(shop, random.between(0, 1)));
  }
}

/** Operators keep pace with the buyers, not with the clock: the stock is as scarce on a slow machine. */
async function answered(purchases: number, over: () => boolean, shop: ShopFront): Promise<void> {
  const enough = shop.purchases.length + purchases;
  while (!over() && shop.purchases.length < enough) await sleep(20);
}

function instanceOf({ instances }: ShopFront, index: number): Instance {
  return instances[index % instances.length] ?? instances[0];
}
