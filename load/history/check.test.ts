import { expect, test } from "vitest";
import { ANSWER_LIMIT, check, type Violation } from "./check.ts";
import type {
  Change,
  DatabaseState,
  History,
  Movement,
  Outcome,
  Price,
  Purchase,
  Reading,
  Refusal,
  Repricing,
  Told,
} from "./history.ts";
import { verdict } from "./summary.ts";

/** The database's clock is this far ahead. */
const AHEAD = 10_000;
const ITEM = "moth";
const STOCK = { id: ITEM, held: 0, edition: 1, epoch: 1, run: 1, state: "available" } as const;
const PRICE = { amount: 4_200, currency: "EUR" };
const DEARER = { amount: 9_900, currency: "EUR" };

/**
 * Two units. Ann buys one at 10 and Ben the other at 20, Cleo finds nothing left at 30, an operator adds one at 40, and
 * Dan, whose first try has no answer because the instance is killed at 55, buys it at 50; his second try, after everything
 * was quiet, brings the receipt.
 */
function story(): { history: History; database: DatabaseState } {
  const sale = (version: number, at: number, balance: number, orderId: string): Movement => ({
    itemId: ITEM,
    version,
    run: 1,
    reason: "sale",
    delta: -1,
    balance,
    orderId,
    createdAt: AHEAD + at,
  });
  const order = (id: string, number: number, at: number, person: string) => ({
    id,
    itemId: ITEM,
    run: 1,
    number,
    buyer: person,
    key: `${person}'s key`,
    quantity: 1,
    price: PRICE,
    placedAt: AHEAD + at,
  });
  return {
    history: {
      seed: 1,
      clock: { low: AHEAD, high: AHEAD },
      began: 0,
      quiet: 100,
      purchases: [
        attempt("ann", 5, 15, ok("o1", 1, 10)),
        attempt("ben", 15, 25, ok("o2", 2, 20)),
        attempt("cleo", 28, 32, refused("sold-out", 0, 3)),
        attempt("dan", 45, 60, { kind: "unknown", why: "socket closed" }),
        attempt("dan", 110, 120, ok("o3", 3, 50, true)),
      ],
      changes: [restock(38, 42, 4)],
      repricings: [],
      readings: [reading("buyer", 70, "o1", { kind: "shown" }), reading("stranger", 70, "o1", { kind: "not_found" })],
      told: [told(9, 2, 1), told(16, 1, 2), told(21, 0, 3), told(50.5, 0, 5)],
      prices: { [ITEM]: PRICE },
      untold: [],
      faults: [{ type: "fault", at: 55, until: 90, kind: "killed", instance: "a", after: "COMMIT" }],
    },
    database: {
      items: [{ id: ITEM, quantity: 0, maxPerOrder: 2, limitPerBuyer: 2, opensAt: null }],
      orders: [order("o1", 1, 10, "ann"), order("o2", 2, 20, "ben"), order("o3", 3, 50, "dan")],
      movements: [
        {
          itemId: ITEM,
          version: 1,
          run: 1,
          reason: "opening",
          delta: 2,
          balance: 2,
          orderId: null,
          createdAt: AHEAD - 50,
        },
        sale(2, 10, 1, "o1"),
        sale(3, 20, 0, "o2"),
        {
          itemId: ITEM,
          version: 4,
          run: 1,
          reason: "restock",
          delta: 1,
          balance: 1,
          orderId: null,
          createdAt: AHEAD + 40,
        },
        sale(5, 50, 0, "o3"),
      ],
      findings: [],
    },
  };
}

function attempt(person: string, start: number, end: number, outcome: Outcome, quantity = 1): Purchase {
  return {
    type: "purchase",
    start,
    end,
    instance: "a",
    buyer: person,
    key: `${person}'s key`,
    item: ITEM,
    quantity,
    copies: 1,
    outcome,
  };
}

function ok(id: string, number: number, at: number, replayed = false): Outcome {
  return {
    kind: "ok",
    replayed,
    order: {
      id,
      itemId: ITEM,
      run: 1,
      number,
      quantity: 1,
      price: PRICE,
      placedAt: new Date(AHEAD + at).toISOString(),
    },
  };
}

function refused(why: Refusal, quantity: number, version: number, limit?: number): Outcome {
  return {
    kind: "refused",
    why,
    stock: { ...STOCK, quantity, version },
    ...(limit === undefined ? {} : { limit }),
  };
}

function reading(as: Reading["as"], start: number, orderId: string, outcome: Reading["outcome"]): Reading {
  return { type: "reading", start, end: start + 5, instance: "a", as, orderId, outcome };
}

function told(at: number, quantity: number, version: number, state = quantity > 0 ? "available" : "sold_out"): Told {
  const stock = { ...STOCK, quantity, version, state } as Told["stock"];
  return { type: "told", at, instance: "a", stock };
}

function repriced(start: number, end: number, price = DEARER): Repricing {
  return { type: "repricing", start, end, item: ITEM, price, outcome: { kind: "ok" } };
}

/** Two who stood in one line got the numbers of the story's first and second order, in this order. */
const inLine =
  (first: number, second: number): Twist =>
  ({ purchases }) => {
    alter(purchases[0], { line: { id: "a line", place: first } });
    alter(purchases[1], { line: { id: "a line", place: second } });
  };

function priceChanged(now: Price): Outcome & { kind: "refused" } {
  return { kind: "refused", why: "price-changed", stock: { ...STOCK, quantity: 1, version: 2 }, now };
}

const BUSY: Outcome = { kind: "busy" };
const GAVE_UP: Outcome = { kind: "unknown", why: "time-out", gaveUp: true };
const UNKNOWN_CHANGE: Change["outcome"] = { kind: "unknown", why: "time-out" };

type Twist = (history: History, database: DatabaseState) => void;

function kindsAfter(twist: Twist): Violation["kind"][] {
  const { history, database } = story();
  twist(history, database);
  return [...new Set(check(history, database).map(({ kind }) => kind))];
}

const also =
  (...purchases: Purchase[]): Twist =>
  (history) =>
    void history.purchases.push(...purchases);
const instead =
  (index: number, purchase: Purchase): Twist =>
  (history) =>
    void history.purchases.splice(index, 1, purchase);
const alter = <T extends object>(row: T | undefined, change: Partial<T>) => Object.assign(row ?? {}, change);

/** One more unit at 65, that nobody has bought yet. */
const restockedAgain: Twist = (_, { items, movements }) => {
  movements.push({
    itemId: ITEM,
    version: 6,
    run: 1,
    reason: "restock",
    delta: 1,
    balance: 1,
    orderId: null,
    createdAt: AHEAD + 65,
  });
  alter(items[0], { quantity: 1 });
};
/** Ben is Ann with another key. */
const annTwice: Twist = ({ purchases }, { orders }) => {
  alter(purchases[1], { buyer: "ann" });
  alter(orders[1], { buyer: "ann" });
};

test.each<[string, Twist]>([
  ["the story as it is", () => undefined],
  ["a repeat that finds its order", also(attempt("ann", 70, 80, ok("o1", 1, 10, true)))],
  ["busy, and the order made by the next try", also(attempt("ann", 2, 4, BUSY))],
  [
    "sold out, while the restock may not have been committed yet",
    also(attempt("eve", 40.5, 41, refused("sold-out", 0, 3))),
  ],
  [
    "sold out, while the second sale may have been committed already",
    also(attempt("eve", 17, 20, refused("sold-out", 0, 3))),
  ],
  [
    "not enough left, at the end of a batch that shares its time",
    also(attempt("eve", 16, 24, refused("not-enough-left", 1, 2), 2)),
  ],
  ["more than an order may have", also(attempt("eve", 6, 8, refused("limit-reached", 2, 1, 2), 3))],
  ["one who came without a cookie and had no answer", ({ purchases }) => alter(purchases[3], { buyer: null })],
  ["a key used for something else", also(attempt("ann", 70, 80, { kind: "key_reused" }, 2))],
  ["a refusal of a key whose order came later", also(attempt("dan", 21, 30, refused("sold-out", 0, 3)))],
  ["the same order asked for twice at once, told as new once", also(attempt("ann", 5, 16, ok("o1", 1, 10, true)))],
  ["as many as a buyer may have", annTwice],
  ["the first order at the moment of the opening", (_, { items }) => alter(items[0], { opensAt: AHEAD + 10 })],
  [
    "an answer that its instance, stopped for long, gave when it woke up",
    (history) => {
      alter(history.faults[0], { kind: "frozen", until: 60_000 });
      also(attempt("eve", 30, 59_000 + ANSWER_LIMIT, refused("sold-out", 0, 3)))(history, story().database);
    },
  ],
  [
    "one who did not wait for the answer",
    ({ purchases, faults }) => {
      faults.pop();
      alter(purchases[3], { outcome: GAVE_UP });
    },
  ],
  [
    "two unknown restocks alike that were both done, the later one first in the ledger",
    (history, database) => {
      history.changes.splice(
        0,
        1,
        { ...restock(38, 42, 4), outcome: UNKNOWN_CHANGE },
        { ...restock(60, 70, 6), outcome: UNKNOWN_CHANGE },
      );
      restockedAgain(history, database);
      database.movements.reverse();
    },
  ],
  [
    "an unknown reset that was done",
    ({ changes }, { items, movements }) => {
      changes.push({
        type: "reset",
        start: 60,
        end: 70,
        item: ITEM,
        units: 7,
        outcome: { kind: "unknown", why: "time-out" },
      });
      movements.push({
        itemId: ITEM,
        version: 6,
        run: 2,
        reason: "reset",
        delta: 7,
        balance: 7,
        orderId: null,
        createdAt: AHEAD + 65,
      });
      for (const item of items) item.quantity = 7;
    },
  ],
  ["two in line", inLine(1, 2)],
  ["an order at the price that was shown", ({ purchases }) => alter(purchases[0], { shown: PRICE })],
  [
    "a price that had changed",
    ({ purchases, repricings }) => {
      repricings.push(repriced(58, 62));
      purchases.push({
        ...attempt("eve", 60, 65, { ...priceChanged(DEARER), stock: { ...STOCK, quantity: 0, version: 5 } }),
        shown: PRICE,
      });
    },
  ],
  ["a price that came after the last order", ({ repricings }) => repricings.push(repriced(60, 70))],
  ["an order while its price was changed", ({ repricings }) => repricings.push(repriced(45, 60))],
  [
    "an order after a change of price of which nobody knows whether it was done",
    ({ repricings }) => repricings.push({ ...repriced(22, 25), outcome: { kind: "unknown", why: "time-out" } }),
  ],
  [
    "an order at its new price",
    ({ repricings, purchases }, { orders }) => {
      repricings.push(repriced(42, 44));
      alter(orders[2], { price: DEARER });
      for (const { outcome } of purchases)
        if (outcome.kind === "ok" && outcome.order.id === "o3") outcome.order.price = DEARER;
    },
  ],
  [
    "a receipt that nobody could read, since the instance was down",
    ({ readings }) => readings.push(reading("buyer", 60, "o1", { kind: "unknown", why: "socket closed" })),
  ],
  ["news that another instance had told already", ({ told: all }) => all.push({ ...told(60, 2, 1), instance: "b" })],
])("nothing to say of %s", (_name, twist) => {
  expect(kindsAfter(twist)).toEqual([]);
});

test.each<[Violation["kind"], string, Twist]>([
  ["oversold", "more orders than units", (_, { movements }) => movements.splice(3, 1)],
  [
    "negative",
    "a quantity below nothing",
    (_, { items }) => items.push({ id: "comet", quantity: -1, maxPerOrder: 1, limitPerBuyer: null, opensAt: null }),
  ],
  [
    "negative",
    "a balance below nothing",
    (_, { movements }) =>
      movements.push({
        itemId: "comet",
        version: 1,
        run: 1,
        reason: "opening",
        delta: -1,
        balance: -1,
        orderId: null,
        createdAt: 0,
      }),
  ],
  ["numbers", "a number twice", (_, { orders }) => alter(orders[2], { number: 2 })],
  ["numbers", "a number left out", (_, { orders }) => alter(orders[2], { number: 4 })],
  [
    "over_limit",
    "more than an order may have",
    (_, { items, orders }) => {
      alter(items[0], { limitPerBuyer: null });
      alter(orders[2], { quantity: 3 });
    },
  ],
  [
    "over_limit",
    "two orders that together are more than a buyer may have",
    (history, database) => {
      annTwice(history, database);
      alter(database.items[0], { limitPerBuyer: 1 });
    },
  ],
  ["sold_early", "an order from before the opening", (_, { items }) => alter(items[0], { opensAt: AHEAD + 15 })],
  ["lost_order", "a receipt without its order", (_, { orders }) => orders.splice(0, 1)],
  ["lost_order", "a receipt that names another number", instead(0, attempt("ann", 5, 15, ok("o1", 7, 10)))],
  ["lost_order", "a receipt for more than was asked for", instead(0, attempt("ann", 5, 15, ok("o1", 1, 10), 2))],
  ["lost_order", "somebody else's receipt", also(attempt("eve", 70, 80, ok("o1", 1, 10, true)))],
  ["phantom_order", "an order of nobody", ({ purchases }) => purchases.splice(3, 2)],
  ["phantom_order", "an order for somebody else", (_, { orders }) => alter(orders[2], { buyer: "eve" })],
  ["phantom_order", "an order from before it was asked for", instead(0, attempt("ann", 12, 15, ok("o1", 1, 10)))],
  [
    "phantom_order",
    "an order of one who was refused",
    (history) => history.purchases.splice(3, 2, attempt("dan", 45, 60, refused("sold-out", 0, 5))),
  ],
  ["lost_order", "a receipt with another price than the order", (_, { orders }) => alter(orders[0], { price: DEARER })],
  [
    "wrong_price",
    "an order at a price that the item never had",
    (_, { orders }) => alter(orders[0], { price: DEARER }),
  ],
  ["wrong_price", "an order for more than was shown", ({ purchases }) => alter(purchases[0], { shown: DEARER })],
  [
    "false_refusal",
    "a new price that it never had",
    also({ ...attempt("eve", 16, 19, priceChanged(DEARER)), shown: PRICE }),
  ],
  [
    "false_refusal",
    "a new price that is the one shown",
    also({ ...attempt("eve", 16, 19, priceChanged(PRICE)), shown: PRICE }),
  ],
  ["wrong_price", "an order at yesterday's price", ({ repricings }) => repricings.push(repriced(21, 25))],
  [
    "wrong_price",
    "an order at tomorrow's price",
    ({ repricings }, { orders }) => {
      repricings.push(repriced(60, 70));
      alter(orders[2], { price: DEARER });
    },
  ],
  [
    "open_receipt",
    "a receipt shown to a stranger",
    ({ readings }) => alter(readings[1], { outcome: { kind: "shown" } }),
  ],
  [
    "closed_receipt",
    "a receipt kept from its buyer",
    ({ readings }) => alter(readings[0], { outcome: { kind: "not_found" } }),
  ],
  [
    "closed_receipt",
    "a receipt with another number than was confirmed",
    ({ readings, purchases: [first] }) => {
      if (first?.outcome.kind !== "ok") throw new Error("the first one bought");
      alter(readings[0], { outcome: { kind: "shown", order: { ...first.outcome.order, number: 7 } } });
    },
  ],
  ["overtaken", "one who came second and was first", inLine(2, 1)],
  ["false_news", "a quantity that never was", ({ told: all }) => all.push(told(60, 1, 5))],
  ["false_news", "a sale before it was made", ({ told: all }) => alter(all[2], { at: 17 })],
  ["false_news", "sold out with some left", ({ told: all }) => all.splice(0, 1, told(9, 2, 1, "sold_out"))],
  ["old_news", "an older state after a newer one", ({ told: all }) => all.push(told(60, 0, 3))],
  [
    "no_news",
    "a last state that nobody was told",
    ({ untold }) => untold.push({ instance: "b", item: ITEM, last: undefined }),
  ],
  ["key_twice", "two orders in the database", (_, { orders }) => alter(orders[1], { buyer: "ann", key: "ann's key" })],
  ["key_twice", "two receipts", also(attempt("ann", 70, 80, ok("o2", 2, 20)))],
  ["key_twice", "one order told as new twice", also(attempt("ann", 8, 16, ok("o1", 1, 10)))],
  ["key_forgotten", "sold out for one who has it", also(attempt("ben", 27, 30, refused("sold-out", 0, 3)))],
  ["false_refusal", "sold out before it was", also(attempt("eve", 12, 17, refused("sold-out", 0, 3)))],
  ["false_refusal", "sold out after the restock was seen", also(attempt("eve", 44, 48, refused("sold-out", 0, 3)))],
  ["false_refusal", "a state that never was", also(attempt("eve", 16, 24, refused("sold-out", 0, 2)))],
  ["false_refusal", "sold out with some left", also(attempt("eve", 16, 19, refused("sold-out", 1, 2)))],
  [
    "false_refusal",
    "not enough for one, with one left",
    also(attempt("eve", 16, 19, refused("not-enough-left", 1, 2))),
  ],
  ["false_refusal", "a limit that is not reached", also(attempt("eve", 16, 19, refused("limit-reached", 1, 2, 2)))],
  ["false_refusal", "not open, though it is", also(attempt("eve", 16, 19, refused("not-open", 1, 2)))],
  ["false_refusal", "reused, though it is the same", also(attempt("ann", 70, 80, { kind: "key_reused" }))],
  ["false_refusal", "reused, though it was never used", also(attempt("eve", 70, 80, { kind: "key_reused" }))],
  ["busy_but_bought", "busy, and an order all the same", instead(0, attempt("ann", 5, 15, BUSY))],
  ["unresolved", "no answer, and none later", ({ purchases }) => purchases.splice(4, 1)],
  [
    "unresolved",
    "no answer, and refused while it may still have been under way",
    also(attempt("eve", 21, 22, GAVE_UP), attempt("eve", 25, 30, refused("sold-out", 0, 3))),
  ],
  [
    "broken_answer",
    "an error of the shop",
    also(
      attempt("eve", 16, 19, { kind: "unknown", why: "broken", status: 500 }),
      attempt("eve", 110, 120, refused("sold-out", 0, 5)),
    ),
  ],
  ["late_answer", "an answer after its time", also(attempt("eve", 30, 200 + ANSWER_LIMIT, refused("sold-out", 0, 3)))],
  [
    "late_answer",
    "no answer, however long the buyer waited",
    instead(3, attempt("dan", 45, 200 + ANSWER_LIMIT, GAVE_UP)),
  ],
  ["late_answer", "no answer, and no fault", ({ faults }) => faults.pop()],
  [
    "late_answer",
    "no answer, and the fault was another instance's",
    ({ faults }) => alter(faults[0], { instance: "b" }),
  ],
  ["late_answer", "no answer, and the fault was over", ({ faults }) => alter(faults[0], { at: 20, until: 40 })],
  ["late_answer", "no answer, and the fault came later", ({ faults }) => alter(faults[0], { at: 70 })],
  [
    "late_answer",
    "no answer, and the fault left the instance there",
    ({ faults }) => alter(faults[0], { kind: "commit_lost", until: 55 }),
  ],
  [
    "row_kept",
    "a row that stayed locked",
    ({ faults }) => faults.push({ type: "fault", at: 5, until: 95, kind: "row_kept", instance: "a", after: "SELECT" }),
  ],
  ["ledger", "a quantity without its movement", (_, { items }) => alter(items[0], { quantity: 1 })],
  [
    "ledger",
    "a finding of the audit",
    (_, { findings }) => findings.push({ rule: "a rule", itemId: ITEM, line: "a line" }),
  ],
  ["lost_change", "a confirmed restock that was not done", ({ changes }) => changes.push(restock(46, 48, 9))],
  ["lost_change", "one movement confirmed to two", ({ changes }) => changes.push(restock(39, 43, 4))],
  ["phantom_change", "a restock that nobody asked for", ({ changes }) => changes.pop()],
  [
    "phantom_change",
    "an unknown restock that was done twice",
    (history, database) => {
      alter(history.changes[0], { outcome: UNKNOWN_CHANGE });
      restockedAgain(history, database);
    },
  ],
])("%s: %s", (kind, _name, twist) => {
  expect(kindsAfter(twist)).toContain(kind);
});

test("a run ends with its verdict; a control stands to be found out", () => {
  const broken: Violation[] = [
    { kind: "key_twice", line: "one" },
    { kind: "key_twice", line: "another" },
  ];
  expect(verdict([], [], false)).toBe("No promise was broken.");
  expect(verdict([], ["restocks"], false)).toBe("This run proved nothing: too little of restocks.");
  expect(verdict(broken, ["restocks"], false)).toBe(
    "NOT as it must be: broken was promise 3: one key made two orders.",
  );
  expect(verdict(broken, [], true)).toBe("Found out, as it must be.");
  expect(verdict([], [], true)).toContain("NOT found out");
});

function restock(start: number, end: number, version: number): Change {
  return {
    type: "restock",
    start,
    end,
    item: ITEM,
    units: 1,
    outcome: {
      kind: "ok",
      stock: { ...STOCK, quantity: 1, version },
    },
  };
}
