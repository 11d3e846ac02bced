import { expect, test } from "vitest";
import type { Command, Decision, Wish } from "./commands.ts";
import { decide, type Known } from "./decide.ts";
import type { Hold } from "./holds.ts";
import type { KeyedOrder } from "./item.ts";
import { assertConsistent, type LockedItem, type Sale } from "./sheet.ts";

const ITEM: LockedItem = {
  id: "kite",
  name: "Kite",
  quantity: 5,
  held: 0,
  sold: 3,
  nextReleaseAt: null,
  version: 7,
  edition: 1,
  epoch: 1,
  run: 2,
  lastNumber: 3,
  startingQuantity: 5,
  maxPerOrder: 3,
  limitPerBuyer: 4,
  opensAt: null,
  closesAt: null,
  notOpen: false,
  closed: false,
  paused: false,
  lockedAt: new Date(0),
  priceAmount: 100,
  currency: "EUR",
  payment: "none",
  holdSeconds: 600,
  status: "published",
};
const wish = (buyerId: string, quantity = 1, key = `${buyerId}'s`): Wish => ({ kind: "buy", buyerId, key, quantity });
function decided(
  wishes: Wish[],
  item: Partial<LockedItem> = {},
  earlier: KeyedOrder[] = [],
  owned = new Map<string, number>(),
) {
  let made = 0;
  const result = decide(wishes, { item: { ...ITEM, ...item }, earlier, owned }, () => `order ${(made += 1)}`);
  const { sheet } = result;
  assertConsistent(sheet);
  return {
    decisions: result.decisions as Decision[],
    sheet,
    sales: sheet.sales,
    lines: sheet.lines,
    after: sheet.after,
  };
}
const keyed = ({ order, ...buyer }: Sale): KeyedOrder => ({ ...order, ...buyer });
const kinds = (result: ReturnType<typeof decided>) => result.decisions.map(({ kind }) => kind);

test("whoever asks for more than is left is told how many are, and leaves them to the next", () => {
  const result = decided([wish("a", 3), wish("b", 3), wish("c", 2), wish("d")]);
  expect(kinds(result)).toEqual(["purchased", "not_enough", "purchased", "sold_out"]);
  expect(result.decisions[1]).toMatchObject({ stock: { quantity: 2 } });
  expect(result.sales.map(({ order }) => order.number)).toEqual([4, 5]);
  expect(result.lines.map(({ version, available, sold }) => [version, available, sold])).toEqual([
    [8, 2, 6],
    [9, 0, 8],
  ]);
  expect(result.after).toMatchObject({ quantity: 0, version: 9, lastNumber: 5 });
});

test("the same attempt twice in one batch is one order; the same key for another quantity is refused", () => {
  const result = decided([wish("a"), wish("a"), wish("a", 2)]);
  expect(kinds(result)).toEqual(["purchased", "repeated", "key_reused"]);
  expect(result.sales).toHaveLength(1);
});

test("a key that came without a cookie before finds its order, whichever cookie it comes with now", () => {
  const repeat: Wish = { kind: "buy", buyerId: "b", key: "k", quantity: 1, namelessBuyerIds: ["a"] };
  expect(kinds(decided([wish("a", 1, "k"), repeat]))).toEqual(["purchased", "repeated"]);
});

test("to one who comes without a cookie a key that was used with one tells nothing, and buys nothing", () => {
  const nameless: Wish = { kind: "buy", buyerId: "a", key: "k", quantity: 1, namelessBuyerIds: ["a"] };
  expect(kinds(decided([wish("b", 1, "k"), nameless]))).toEqual(["purchased", "key_reused"]);
});

test("a buyer's limit counts what is owned and what this batch gives", () => {
  const result = decided(
    [wish("a", 2, "1"), wish("a", 2, "2"), wish("a", 1, "3"), wish("b", 1)],
    {},
    [],
    new Map([["a", 1]]),
  );
  expect(kinds(result)).toEqual(["purchased", "limit_reached", "purchased", "purchased"]);
});

test("before the opening nothing is sold, but an order that was made is still found", () => {
  const made: KeyedOrder = {
    id: "o",
    itemId: "kite",
    name: "Kite",
    run: 1,
    number: 1,
    quantity: 1,
    price: { amount: 100, currency: "EUR" },
    placedAt: new Date(0),
    buyerId: "a",
    key: "a's",
    authorisation: null,
  };
  expect(kinds(decided([wish("a"), wish("b")], { notOpen: true, opensAt: new Date(1) }, [made]))).toEqual([
    "repeated",
    "not_open",
  ]);
});

test("whatever 2,000 random batches ask for: nothing is oversold, nobody gets more than the limit, numbers and versions have no gap, each key has one order", () => {
  let state = 42;
  // A linear congruential generator (Numerical Recipes): the same batches in every run.
  const random = (below: number) => ((state = (state * 1_664_525 + 1_013_904_223) >>> 0) >>> 8) % below;
  for (let round = 0; round < 2_000; round += 1) {
    const stock = random(12);
    const keys = Array.from({ length: 6 }, (_, index) => `key ${index}`);
    // Under the secret of now, and one from before. Half of the wishes come without a cookie where a key could have come so before.
    const namelessOf = (key: string) => [`nobody with ${key}`, `nobody with ${key}, before`];
    const buyerOf = (key: string, nameless: number) =>
      nameless ? (namelessOf(key)[nameless - 1] ?? "") : `buyer ${random(8)}`;
    const wishes = Array.from({ length: random(30) }, (): Wish => {
      const key = keys[random(6)] ?? "";
      return { ...wish(buyerOf(key, random(2)), 1 + random(4), key), namelessBuyerIds: namelessOf(key) };
    });
    const earlier = keys.flatMap((key): KeyedOrder[] => {
      if (random(2)) return [];
      const [order] = decided([wish("anyone", 1 + random(3), key)]).sales;
      if (!order) throw new Error("nothing was sold");
      const itemId = random(4) ? ITEM.id : "owl";
      return [
        { ...order.order, id: `earlier ${key}`, itemId, buyerId: buyerOf(key, random(3)), key, authorisation: null },
      ];
    });
    const limitPerBuyer = random(2) ? 4 : null;
    const owned = new Map(Array.from({ length: 8 }, (_, buyer) => [`buyer ${buyer}`, random(5)]));
    const ownedBefore = limitPerBuyer === null ? undefined : owned;
    const result = decided(wishes, { quantity: stock, limitPerBuyer }, earlier, ownedBefore);
    const found = [...earlier];
    for (const [index, { buyerId, key, quantity, namelessBuyerIds = [] }] of wishes.entries()) {
      const decision = result.decisions[index];
      const ofThisKey = found.filter((order) => order.key === key);
      const own = ofThisKey.filter((order) => [buyerId, ...namelessBuyerIds].includes(order.buyerId));
      const mayBuy = own.length === 0 && (ofThisKey.length === 0 || !namelessBuyerIds.includes(buyerId));
      const same = own.some((order) => order.itemId === ITEM.id && order.quantity === quantity);
      // An expectation for each of them would take seconds.
      const isRight =
        decision?.kind === "purchased"
          ? mayBuy &&
            decision.order.price.amount === ITEM.priceAmount &&
            decision.order.price.currency === ITEM.currency
          : decision?.kind === "repeated"
            ? decision.order.itemId === ITEM.id &&
              decision.order.quantity === quantity &&
              own.some(({ id, buyerId: whose }) => id === decision.order.id && decision.own === (whose === buyerId))
            : decision?.kind === "key_reused"
              ? !mayBuy && !(same && own.length === 1)
              : mayBuy;
      if (!isRight) expect({ round, index, wish: wishes[index], decision, found }).toBeUndefined();
      if (decision?.kind === "purchased") found.push({ ...decision.order, buyerId, key, authorisation: null });
    }
    const units = result.sales.reduce((sum, { order }) => sum + order.quantity, 0);
    expect(units).toBeLessThanOrEqual(stock);
    expect(result.after.quantity).toBe(stock - units);
    expect(result.sales.map(({ order }) => order.number)).toEqual(
      result.sales.map((_, index) => ITEM.lastNumber + 1 + index),
    );
    expect(result.lines.map(({ version }) => version)).toEqual(
      result.sales.map((_, index) => ITEM.version + 1 + index),
    );
    expect(new Set(result.sales.map(({ buyerId, key }) => `${buyerId} ${key}`)).size).toBe(result.sales.length);
    if (limitPerBuyer !== null) {
      for (const { buyerId, order } of result.sales) owned.set(buyerId, (owned.get(buyerId) ?? 0) + order.quantity);
      expect(Math.max(...owned.values())).toBeLessThanOrEqual(limitPerBuyer);
    }
    for (const decision of result.decisions) if (decision.kind === "sold_out") expect(decision.stock.quantity).toBe(0);
  }
});

test("one who was shown another price is told both, and buys nothing; the key is good for the new one", () => {
  const shown = { amount: 90, currency: "EUR" };
  const result = decided([
    { ...wish("a"), shown },
    wish("a"),
    { ...wish("b"), shown: { amount: 100, currency: "EUR" } },
  ]);
  expect(result.decisions[0]).toMatchObject({
    kind: "price_changed",
    was: shown,
    now: { amount: 100, currency: "EUR" },
  });
  expect(kinds(result)).toEqual(["price_changed", "purchased", "purchased"]);
  expect(kinds(decided([{ ...wish("a"), shown: { amount: 100, currency: "KWD" } }]))).toEqual(["price_changed"]);
});

test("a repeat finds its order at its own price, whatever the price is now", () => {
  const { sales } = decided([wish("a")]);
  const earlier = sales.map(keyed);
  const repeat = { ...wish("a"), shown: { amount: 100, currency: "EUR" } };
  expect(decided([repeat], { priceAmount: 900 }, earlier).decisions[0]).toMatchObject({
    kind: "repeated",
    order: { price: { amount: 100 } },
  });
});

test("while the sale is paused nothing is sold, but an order that was made is still found", () => {
  const { sales } = decided([wish("a")]);
  const earlier = sales.map(keyed);
  expect(kinds(decided([wish("a"), wish("b")], { paused: true }, earlier))).toEqual(["repeated", "paused"]);
});

test("from the closing on nothing is sold or held anew, but an order that was made is still found, and what is held is confirmed", () => {
  const closed = { closed: true, closesAt: new Date(1) };
  const made = decided([wish("a")]).sales.map(keyed);
  const result = decided([wish("a"), wish("b")], closed, made);
  expect(result.decisions).toMatchObject([{ kind: "repeated" }, { kind: "closed", closesAt: new Date(1) }]);
  expect(kinds(decided([wish("b")], { ...closed, paused: true }))).toEqual(["closed"]);
  expect(kinds(decided([wish("b")], { ...closed, quantity: 0 }))).toEqual(["closed"]);
  // Archived it is gone for good, whenever it closes.
  expect(kinds(decided([wish("b")], { ...closed, status: "archived" }))).toEqual(["paused"]);

  const paid = { ...ITEM, payment: "card" as const };
  const { sheet } = decide([wish("c")], { item: paid, earlier: [], owned: new Map() }, () => "hold");
  const [hold] = sheet.made as [Hold];
  const confirm: Command = { kind: "confirm", holdId: hold.id, authorised: { ...hold.price, intent: "pi" } };
  const confirmed = (lockedAt: Date) => {
    const item = { ...sheet.after, ...closed, lockedAt };
    return decide([confirm], { item, earlier: [], holds: [hold], owned: new Map() }, () => "").decisions[0];
  };
  expect(confirmed(hold.heldAt)).toMatchObject({ kind: "sold" });
  expect(confirmed(hold.expiresAt)).toEqual({ kind: "not_sold", why: "unavailable" });
});

test("a decision that does not add up is not written", () => {
  const { sheet } = decided([wish("a", 2), wish("b")]);
  const { before, after, lines, sales } = sheet;
  const good = { before, after, lines, sales };
  expect(() => assertConsistent(good)).not.toThrow();
  const [first, second] = sales;
  const [line, next] = lines;
  if (!first || !second || !line || !next) throw new Error("nothing was sold");
  for (const broken of [
    { ...good, after: { ...after, quantity: 3 } },
    { ...good, after: { ...after, held: 1 } },
    { ...good, after: { ...after, version: 8 } },
    { ...good, after: { ...after, lastNumber: 4 } },
    { ...good, sales: [first] },
    { ...good, sales: [second, first] },
    { ...good, sales: [first, { ...second, order: { ...second.order, number: 4 } }] },
    { ...good, lines: [line] },
    { ...good, lines: [line, { ...next, available: 3 }] },
    { ...good, lines: [line, { ...next, version: 8 }] },
    { ...good, lines: [line, { ...next, from: "held" as const }] },
    { ...good, lines: [{ ...line, units: 1 }, next] },
  ])
    expect(() => assertConsistent(broken)).toThrow("does not add up");
});

test("what limits its buyers is sold to a cookie from before the opening, or to one that is old enough, and to no other", () => {
  const opensAt = new Date(ITEM.lockedAt.getTime() - 500);
  const ages = [undefined, 0, 400, 600, 1_999, 2_000, Infinity];
  const wishes = () => ages.map((cookieAge, index) => ({ ...wish(`buyer ${index}`), cookieAge }));
  const item = { ...ITEM, quantity: 9 };
  const decideAt = (change: Partial<LockedItem>, buyerAge: number) => {
    const known = { item: { ...item, ...change }, earlier: [], owned: new Map<string, number>(), buyerAge };
    let made = 0;
    return decide(wishes(), known, () => `order ${(made += 1)}`).decisions as Decision[];
  };
  const no = "cookie_needed";
  const yes = "purchased";
  expect(decideAt({}, 2_000).map(({ kind }) => kind)).toEqual([no, no, no, no, no, yes, yes]);
  expect(decideAt({ opensAt }, 2_000).map(({ kind }) => kind)).toEqual([no, no, no, yes, yes, yes, yes]);
  expect(decideAt({}, 2_000).slice(0, 4)).toMatchObject(
    [2, 2, 2, 2].map((retryAfterSeconds) => ({ retryAfterSeconds })),
  );
  // Where nothing limits a buyer, and where no age is asked for, it does not matter.
  for (const decisions of [decideAt({ limitPerBuyer: null }, 2_000), decideAt({}, 0)])
    expect(new Set(decisions.map(({ kind }) => kind))).toEqual(new Set([yes]));
});

test("an address that has had its units gets no more of what limits its buyers, and finds what it has bought", () => {
  const { sales } = decided([wish("a")]);
  const earlier = sales.map(keyed);
  const wishes = [wish("a"), wish("b")].map((each) => ({ ...each, addressLimit: 20 }));
  const result = decided(wishes, {}, earlier);
  expect(kinds(result)).toEqual(["repeated", "limit_reached"]);
  expect(result.decisions[1]).toMatchObject({ limit: 20, per: "address" });
  expect(kinds(decided(wishes, { limitPerBuyer: null }, earlier))).toEqual(["repeated", "purchased"]);
});

test("whoever paid too late for one hold and has another open keeps that one, when the first is sold after all", () => {
  const [item, start] = [{ ...ITEM, payment: "card" as const, limitPerBuyer: null }, new Date(0)];
  const own = {
    itemId: "kite",
    run: 2,
    buyerId: "a",
    quantity: 1,
    name: "Kite",
    price: { amount: 100, currency: "EUR" },
  };
  const lapsed: Hold = {
    ...own,
    id: "first",
    key: "1",
    heldAt: start,
    expiresAt: start,
    state: "ended",
    why: "time",
    paying: true,
  };
  const open: Hold = {
    ...lapsed,
    id: "second",
    key: "2",
    expiresAt: new Date(60_000),
    state: "open",
    why: null,
    paying: false,
  };
  const locked = { ...item, held: 1, nextReleaseAt: open.expiresAt.toISOString() };
  const known = { item: locked, earlier: [], holds: [lapsed, open], owned: new Map<string, number>() };
  const late: Command = {
    kind: "confirm",
    holdId: "first",
    authorised: { amount: 100, currency: "EUR", intent: "pi" },
  };
  const { decisions } = decide([late, wish("a", 1, "3")], known, () => "third");
  expect(decisions).toMatchObject([{ kind: "sold" }, { kind: "held_before", hold: { id: "second" } }]);
});

test("a person's limit counts what this batch sells: of two payments that came too late one is sold, of two that begin one may", () => {
  const late = (id: string): Hold => ({
    id,
    itemId: "kite",
    run: 2,
    buyerId: `${id}'s`,
    key: id,
    quantity: 1,
    name: "Kite",
    price: { amount: 100, currency: "EUR" },
    heldAt: new Date(0),
    expiresAt: new Date(0),
    state: "ended",
    why: "time",
    paying: true,
  });
  const open = (id: string): Hold => ({ ...late(id), state: "open", why: null, expiresAt: new Date(60_000) });
  const decideBoth = (holds: Hold[], commands: Command[]) => {
    const nextReleaseAt = new Date(60_000).toISOString();
    const item = { ...ITEM, payment: "card" as const, limitPerBuyer: 1, held: 2, nextReleaseAt };
    const ofParty = new Map(holds.map(({ id }) => [id, { party: "ann", units: 0 }]));
    const known = { item, earlier: [], holds, owned: new Map<string, number>(), ofParty };
    return decide(commands, known, () => "none").decisions.map(({ kind }) => kind);
  };
  const authorised = { amount: 100, currency: "EUR" };
  const ids = ["first", "second"];
  const confirms = ids.map((holdId): Command => {
    return { kind: "confirm", holdId, authorised: { ...authorised, intent: holdId } };
  });
  const starts = ids.map((holdId): Command => ({ kind: "start_payment", holdId, party: Buffer.from("ann") }));
  expect(decideBoth(ids.map(late), confirms)).toEqual(["sold", "not_sold"]);
  expect(decideBoth(ids.map(open), starts)).toEqual(["started", "limit_reached"]);
});

test("whatever 1,000 random batches of all commands ask for: the books add up, nothing is sold twice, and each end is one", () => {
  let state = 7;
  const random = (below: number) => ((state = (state * 1_664_525 + 1_013_904_223) >>> 0) >>> 8) % below;
  let item: LockedItem = { ...ITEM, quantity: 20, sold: 0, lastNumber: 0, payment: "card", limitPerBuyer: null };
  const holds = new Map<string, Hold>();
  const orders = new Map<string, KeyedOrder>();
  const takenBack = new Map<string, { units: number; byKey: Map<string, number> }>();
  const seen = new Map<string, number>();
  let made = 0;
  for (let round = 0; round < 1_000; round += 1) {
    const ids = [...holds.keys()].slice(-12);
    const some = () => ids[random(ids.length)] ?? "none";
    const commands = Array.from({ length: random(12) }, (): Command => {
      const quantity = 1 + random(3);
      switch (random(8)) {
        case 0: {
          const holdId = some();
          const amount = 100 * (holds.get(holdId)?.quantity ?? 1) + (random(9) === 0 ? 1 : 0);
          return {
            kind: "confirm",
            holdId,
            authorised: { amount, currency: "EUR", intent: `pi ${holdId} ${random(2)}` },
          };
        }
        case 1:
          return { kind: "release", holdId: some(), why: random(2) ? "given_up" : "declined" };
        case 2:
          return { kind: "start_payment", holdId: some(), party: Buffer.from(`person ${random(5)}`) };
        case 3:
          return {
            kind: "take_back",
            orderId: some(),
            units: quantity,
            goods: random(2) ? "back" : "gone",
            key: `back ${random(40)}`,
          };
        case 4:
          return { kind: "look" };
        default:
          return wish(`buyer ${random(10)}`, quantity, `key ${random(200)}`);
      }
    });
    const keys = new Set(commands.flatMap((command) => (command.kind === "buy" ? command.key : [])));
    // Time goes on by up to four minutes; holds last for ten, or for three from when they are paid for.
    item = { ...item, lockedAt: new Date(item.lockedAt.getTime() + random(240) * 1_000) };
    const known: Known = {
      item,
      earlier: [...orders.values()].filter(({ key, id }) => keys.has(key) || ids.includes(id)),
      holds: [...holds.values()].filter(({ key, id, state }) => state === "open" || keys.has(key) || ids.includes(id)),
      owned: new Map(),
      takenBack,
      soldOfRuns: new Map(),
      paySeconds: 180,
    };
    const { decisions, sheet } = decide(commands, known, () => `id ${(made += 1)}`);
    assertConsistent(sheet);
    for (const decision of decisions) seen.set(decision.kind, (seen.get(decision.kind) ?? 0) + 1);

    for (const { order, ...buyer } of sheet.sales) {
      expect(orders.has(order.id)).toBe(false);
      orders.set(order.id, { ...order, ...buyer });
    }
    for (const { id } of sheet.ended) expect(holds.get(id)?.state).toBe("open");
    for (const [id, hold] of sheet.holds) holds.set(id, hold);
    for (const { orderId, reason, units, key } of sheet.lines) {
      if (orderId === null || key === null || (reason !== "return" && reason !== "scrap")) continue;
      const before = takenBack.get(orderId) ?? { units: 0, byKey: new Map<string, number>() };
      takenBack.set(orderId, { units: before.units + units, byKey: before.byKey.set(key, units) });
      expect(before.units + units).toBeLessThanOrEqual(orders.get(orderId)?.quantity ?? 0);
    }
    item = sheet.after;
    const open = [...holds.values()].filter(({ state }) => state === "open");
    expect(item.held).toBe(open.reduce((sum, { quantity }) => sum + quantity, 0));
    expect(new Set(open.map(({ buyerId }) => buyerId)).size).toBe(open.length);
    expect(open.filter(({ expiresAt }) => expiresAt <= item.lockedAt)).toEqual([]);
    const first = open.map(({ expiresAt }) => expiresAt.toISOString()).sort()[0];
    expect(item.nextReleaseAt).toBe(first ?? null);
  }
  for (const kind of [
    "held",
    "all_held",
    "sold",
    "not_sold",
    "ended",
    "already_sold",
    "started",
    "hold_ended",
    "done",
    "too_many",
  ])
    expect([kind, (seen.get(kind) ?? 0) > 0]).toEqual([kind, true]);
});
