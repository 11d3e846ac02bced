/** Who acts during a run: buyers who insist, and operators who restock and reset. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Stock } from "./history.ts";
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
const RESTOCKED = ["night-ferry", "night-ferry", "clay-whistle", "moon-moth"] as const;

/** Tries of one buyer before the end of the run has to settle the rest. */
const TRIES = 60;

/** Buys one thing after the other, some of them several times at once, and some again later. */
export async function buyUntil(over: () => boolean, shop: ShopFront, random: Random): Promise<void> {
  let buyer: string | undefined = random.uuid();
  const earlier: Wish[] = [];
  while (!over()) {
    if (random.happens(0.1)) buyer = random.happens(0.8) ? random.uuid() : undefined;
    const wish = (random.happens(0.2) && again(earlier, random)) || {
      buyer,
      key: random.uuid(),
      item: random.of(ITEMS),
      quantity: random.of([1, 1, 1, 2, 3, 5]),
    };
    const copies = random.happens(0.2) ? random.between(2, 4) : 1;
    const first = random.between(0, 1);
    await Promise.all(
      Array.from({ length: copies }, (_, copy) => insist(wish, first + copy, copies, over, shop, random)),
    );
    earlier.push(wish);
    await sleep(random.between(5, 50));
  }
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
    const answer = shop.buy(wish, instanceOf(shop, first + tries), random.happens(0.3) ? HURRY : PATIENCE, copies);
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
