/**
 * The checker: whether what the buyers were told, and what the database holds, can be a shop that keeps its promises
 * (docs/architecture.md, README). It knows nothing of how the shop works, and reads nothing but the history and the
 * database's last state.
 */
import { checkPrices, samePrice } from "./check-prices.ts";
import { checkReadings } from "./check-readings.ts";
import { checkTold } from "./check-told.ts";
import type { Change, DatabaseState, Fault, History, Movement, Purchase, Refusal } from "./history.ts";
import { isState, Timeline } from "./timeline.ts";
import { describe, type Violation } from "./violations.ts";

export type { Violation } from "./violations.ts";

/**
 * Milliseconds within which a purchase is answered (docs/architecture.md, the way of a purchase): 2 s for its turn at the till,
 * 9 s for its decision, once more as long after a lost connection, and a second for the way there and back.
 */
export const ANSWER_LIMIT = 2_000 + 2 * 9_000 + 1_000;

/** Milliseconds by which both the opening and an order's time, of one clock, may have been rounded apart. */
const ROUNDING = 1;

export function check(history: History, database: DatabaseState): Violation[] {
  const timeline = new Timeline(history, database);
  return [
    ...checkRuns(database),
    ...checkReceipts(history, database, timeline),
    ...checkOrders(history, database, timeline),
    ...checkKeys(history, database, timeline),
    ...checkRefusals(history, database, timeline),
    ...checkAnswers(history),
    ...checkLines(history),
    ...checkPrices(history, database, timeline),
    ...checkReadings(history, database),
    ...checkTold(history, timeline),
    ...checkLedger(history, database, timeline),
  ];
}

/** Promise 1. */
function checkRuns({ items, orders, movements }: DatabaseState): Violation[] {
  const found: Violation[] = [];
  const rules = new Map(items.map((item) => [item.id, item]));
  const stocked = Map.groupBy(movements, ({ itemId, run }) => `${itemId}, run ${run}`);
  for (const [name, sold] of Map.groupBy(orders, ({ itemId, run }) => `${itemId}, run ${run}`)) {
    const units = sum((stocked.get(name) ?? []).map(unitsStocked));
    const ordered = sum(sold.map(({ quantity }) => quantity));
    if (ordered > units) found.push({ kind: "oversold", line: `${name}: ${ordered} units ordered, ${units} stocked` });
    const numbers = sold.map(({ number }) => number).sort((one, other) => one - other);
    const wrong = numbers.findIndex((number, index) => number !== index + 1);
    if (wrong !== -1) found.push({ kind: "numbers", line: `${name}: number ${numbers[wrong]} in place ${wrong + 1}` });
    const rule = rules.get(sold[0]?.itemId ?? "");
    for (const [buyer, theirs] of Map.groupBy(sold, (order) => order.buyer)) {
      const held = sum(theirs.map(({ quantity }) => quantity));
      if (held > (rule?.limitPerBuyer ?? Infinity))
        found.push({
          kind: "over_limit",
          line: `${name}: buyer ${buyer} holds ${held} units of ${rule?.limitPerBuyer}`,
        });
    }
    for (const { number, quantity, key, placedAt } of sold) {
      if (quantity > (rule?.maxPerOrder ?? Infinity))
        found.push({
          kind: "over_limit",
          key,
          line: `${name}: order ${number} has ${quantity} units of ${rule?.maxPerOrder}`,
        });
      if (placedAt + ROUNDING < (rule?.opensAt ?? -Infinity))
        found.push({
          kind: "sold_early",
          key,
          line: `${name}: order ${number} at ${placedAt}, opened at ${rule?.opensAt}`,
        });
    }
  }
  for (const { id, quantity } of items) if (quantity < 0) found.push({ kind: "negative", line: `${id}: ${quantity}` });
  for (const { itemId, version, balance } of movements)
    if (balance < 0) found.push({ kind: "negative", line: `${itemId}, version ${version}: ${balance}` });
  return found;
}

function unitsStocked({ reason, balance, delta }: Movement): number {
  if (reason === "sale" || reason === "close") return 0;
  return reason === "opening" || reason === "reset" ? balance : delta;
}

/** Promise 2, from the answer to the database: what was confirmed is there, as it was confirmed and as it was asked for. */
function checkReceipts({ purchases }: History, { orders }: DatabaseState, timeline: Timeline): Violation[] {
  const found: Violation[] = [];
  const byId = new Map(orders.map((order) => [order.id, order]));
  for (const purchase of purchases) {
    const { outcome, key } = purchase;
    if (outcome.kind !== "ok") continue;
    const { order } = outcome;
    const stored = byId.get(order.id);
    const same =
      stored?.itemId === order.itemId &&
      stored.run === order.run &&
      stored.number === order.number &&
      stored.quantity === order.quantity &&
      stored.placedAt === Date.parse(order.placedAt) &&
      samePrice(stored.price, order.price) &&
      stored.buyer === (purchase.buyer ?? stored.buyer) &&
      stored.key === key;
    const asked = order.itemId === purchase.item && order.quantity === purchase.quantity;
    if (!same || !asked)
      found.push({
        kind: "lost_order",
        key,
        line: `${describe(purchase)}; the database has ${JSON.stringify(stored)}`,
      });
    // A new order is a new state of its item: it must have been the newest at some moment of the request.
    else if (!outcome.replayed && !timeline.wasCurrent(timeline.saleOf(order.id), purchase)) {
      found.push({
        kind: "phantom_order",
        key,
        line: `${describe(purchase)}, but it was not made while it was asked for`,
      });
    }
  }
  return found;
}

/** Promise 2, from the database to the answer: every order was asked for, by an attempt that did not deny it. */
function checkOrders({ purchases, began }: History, { orders }: DatabaseState, timeline: Timeline): Violation[] {
  const found: Violation[] = [];
  const attempts = Map.groupBy(purchases, ({ key }) => key);
  for (const order of orders) {
    if (timeline.certainlyBefore(order.placedAt, began)) continue;
    const sent = (attempts.get(order.key) ?? []).filter(
      ({ buyer, item, quantity, start }) =>
        (buyer ?? order.buyer) === order.buyer &&
        item === order.itemId &&
        quantity === order.quantity &&
        !timeline.certainlyBefore(order.placedAt, start),
    );
    // What was answered was decided by then. What was not may be decided at any time later.
    const makers = sent.filter(
      ({ outcome, end }) =>
        outcome.kind === "unknown" || (outcome.kind === "ok" && !timeline.certainlyAfter(order.placedAt, end)),
    );
    if (makers.length > 0) continue;
    const kind = sent.some(({ outcome }) => outcome.kind === "busy") ? "busy_but_bought" : "phantom_order";
    found.push({
      kind,
      key: order.key,
      line: `order ${order.number} of ${order.itemId}, run ${order.run}, quantity ${order.quantity}, buyer ${order.buyer}, key ${order.key}`,
    });
  }
  return found;
}

/** Promise 3, and that every unknown outcome was resolved. */
function checkKeys({ purchases, quiet }: History, { orders }: DatabaseState, timeline: Timeline): Violation[] {
  const found: Violation[] = [];
  const stored = Map.groupBy(orders, ({ key }) => key);
  for (const [key, twins] of stored) {
    if (twins.length > 1)
      found.push({ kind: "key_twice", key, line: `${key}: orders ${twins.map(({ id }) => id).join(", ")}` });
  }
  for (const [key, sent] of Map.groupBy(purchases, ({ key }) => key)) {
    const receipts = sent.flatMap(({ outcome }) => (outcome.kind === "ok" ? [outcome] : []));
    const ids = new Set(receipts.map(({ order }) => order.id));
    const made = receipts.filter(({ replayed }) => !replayed).length;
    if (ids.size > 1 || made > 1)
      found.push({
        kind: "key_twice",
        key,
        line: `${key}: answered with orders ${[...ids].join(", ")}, ${made} times as new`,
      });

    const order = stored.get(key)?.[0];
    for (const purchase of sent) {
      const { outcome } = purchase;
      const asked = order?.itemId === purchase.item && order.quantity === purchase.quantity;
      if (outcome.kind === "key_reused" && (!order || asked))
        found.push({
          kind: "false_refusal",
          key,
          line: `${describe(purchase)}, but the key made ${order ? "just this" : "nothing"}`,
        });
      if (outcome.kind === "refused" && order && timeline.committedBefore(timeline.saleOf(order.id), purchase.start)) {
        found.push({ kind: "key_forgotten", key, line: `${describe(purchase)}, but it had order ${order.id} already` });
      }
    }
    const unknown = sent.some(({ outcome }) => outcome.kind === "unknown");
    const resolved = sent.some(
      ({ outcome: { kind }, start }) =>
        kind === "ok" || ((kind === "refused" || kind === "key_reused") && start >= quiet),
    );
    if (unknown && !resolved)
      found.push({ kind: "unresolved", key, line: `${key}: ${sent.map(({ outcome }) => outcome.kind).join(", ")}` });
  }
  return found;
}

/** Promise 4: the stock that a refusal names was true at some moment of the request, and is a reason for it. */
function checkRefusals({ purchases }: History, database: DatabaseState, timeline: Timeline): Violation[] {
  const found: Violation[] = [];
  const items = new Map(database.items.map((item) => [item.id, item]));
  const held = Map.groupBy(database.orders, ({ itemId, run, buyer }) => `${itemId} ${run} ${buyer}`);
  for (const purchase of purchases) {
    const { outcome, item: id, quantity, buyer, key } = purchase;
    if (outcome.kind !== "refused") continue;
    const { stock, limit = NaN } = outcome;
    const item = items.get(id);
    const entry = timeline.at(id, stock.version);

    const holds = () =>
      sum(
        (held.get(`${id} ${stock.run} ${buyer}`) ?? []).map((order) =>
          (timeline.saleOf(order.id)?.movement.version ?? Infinity) <= stock.version ? order.quantity : 0,
        ),
      );
    const reasons: Record<Refusal, () => boolean> = {
      "sold-out": () => stock.quantity === 0,
      // Nothing is paid for here.
      "all-held": () => false,
      "hold-open": () => false,
      "not-enough-left": () => stock.quantity > 0 && stock.quantity < quantity,
      "limit-reached": () =>
        item !== undefined &&
        ((limit === item.maxPerOrder && quantity > limit) ||
          (limit === item.limitPerBuyer && holds() + quantity > limit)),
      // By the prices of that time (check-prices.ts).
      "price-changed": () => purchase.shown !== undefined,
      // Nobody pauses a sale here.
      closed: () => false,
      paused: () => false,
      // The instances ask for no cookie (instance.ts).
      "cookie-needed": () => false,
      "not-open": () => typeof item?.opensAt === "number" && !timeline.certainlyBefore(item.opensAt, purchase.start),
    };

    const doubt = !isState(entry?.movement, stock)
      ? "the ledger knows no such state"
      : !timeline.wasCurrent(entry, purchase)
        ? "that was so at no moment of the request"
        : !reasons[outcome.why]()
          ? "that is no reason"
          : undefined;
    if (doubt) found.push({ kind: "false_refusal", key, line: `${describe(purchase)}, but ${doubt}` });
  }
  return found;
}

function checkAnswers({ purchases, faults }: History): Violation[] {
  const late = purchases.filter((purchase) => waitOf(purchase, faults) > ANSWER_LIMIT || brokeOff(purchase, faults));
  const broken = purchases.filter(
    ({ outcome }) => outcome.kind === "unknown" && outcome.status !== undefined && outcome.status !== 503,
  );
  const kept = faults.filter(({ kind }) => kind === "row_kept");
  return [
    ...late.map((purchase) => ({ kind: "late_answer" as const, key: purchase.key, line: describe(purchase) })),
    ...broken.map((purchase) => ({ kind: "broken_answer" as const, key: purchase.key, line: describe(purchase) })),
    ...kept.map(({ instance, after }) => ({ kind: "row_kept" as const, line: `${instance}, frozen after ${after}` })),
  ];
}

/** Who comes to a till earlier has the smaller number. What is repeated was decided at another time than its answer's. */
function checkLines({ purchases }: History): Violation[] {
  const found: Violation[] = [];
  const standing = purchases.flatMap(({ line, key, outcome }) =>
    line && outcome.kind === "ok" && !outcome.replayed ? [{ ...line, key, order: outcome.order }] : [],
  );
  for (const line of Map.groupBy(standing, ({ id, order }) => `${id}, run ${order.run}`).values()) {
    const inOrder = line.toSorted((one, other) => one.place - other.place);
    for (const [index, { key, place, order }] of inOrder.entries()) {
      const before = inOrder[index - 1];
      if (!before || before.order.number < order.number) continue;
      const line = `${order.itemId}, run ${order.run}: place ${before.place} in line has number ${before.order.number}, place ${place} has ${order.number}`;
      found.push({ kind: "overtaken", key, line });
    }
  }
  return found;
}

/** Milliseconds from the request to its answer, without those in which its instance was down or stopped. */
export function waitOf({ instance, start, end }: Purchase, faults: Fault[]): number {
  const away = faults.map((fault) =>
    fault.instance === instance ? Math.max(0, Math.min(end, fault.until) - Math.max(start, fault.at)) : 0,
  );
  return end - start - sum(away);
}

/** The connection ended without an answer, though the instance was there all the time. */
function brokeOff({ instance, start, end, outcome }: Purchase, faults: Fault[]): boolean {
  const unanswered = outcome.kind === "unknown" && outcome.status === undefined && !outcome.gaveUp;
  return (
    unanswered &&
    !faults.some(
      (fault) => fault.instance === instance && fault.at < fault.until && fault.at <= end && start <= fault.until,
    )
  );
}

/** Promise 5. */
function checkLedger(
  { changes, began }: History,
  { items, movements, findings }: DatabaseState,
  timeline: Timeline,
): Violation[] {
  const found: Violation[] = findings.map(({ itemId, line, rule }) => ({
    kind: "ledger",
    line: `${itemId}: ${line} (rule broken: ${rule})`,
  }));
  const lines = Map.groupBy(movements, ({ itemId }) => itemId);
  for (const { id, quantity } of items) {
    const ledger = sum((lines.get(id) ?? []).map(({ delta }) => delta));
    if (ledger !== quantity)
      found.push({ kind: "ledger", line: `${id}: quantity ${quantity}, the ledger's sum is ${ledger}` });
  }
  // One movement is one change's: a second that was told of it was not done.
  const confirmed = new Set<Movement>();
  for (const change of changes) {
    if (change.outcome.kind !== "ok") continue;
    const { stock } = change.outcome;
    const entry = timeline.at(change.item, stock.version);
    if (
      !entry ||
      !isState(entry.movement, stock) ||
      entry.movement.reason !== change.type ||
      !timeline.wasCurrent(entry, change) ||
      confirmed.has(entry.movement)
    ) {
      found.push({
        kind: "lost_change",
        line: `${change.type} of ${change.item} with ${change.units}: confirmed ${JSON.stringify(stock)}; the ledger has ${JSON.stringify(entry?.movement)}`,
      });
    }
    if (entry) confirmed.add(entry.movement);
  }
  // Neither operators nor the shop send a change twice, so each explains one movement at most: a confirmed one the movement it was
  // confirmed with, an unknown one any that came after it was sent. From the earliest on, since what can explain it can explain each later one.
  const asked = Map.groupBy(changes, ({ type, item, units }) => `${type} ${item} ${units}`);
  const spent = new Set<Change>();
  for (const movement of movements.toSorted((one, other) => one.createdAt - other.createdAt)) {
    const { reason, itemId, delta, balance, version, createdAt } = movement;
    // The end of a run comes with the reset that ends it.
    if (reason === "sale" || reason === "close" || timeline.certainlyBefore(createdAt, began)) continue;
    const makers = (asked.get(`${reason} ${itemId} ${reason === "reset" ? balance : delta}`) ?? []).filter(
      (change) => !spent.has(change) && !timeline.certainlyBefore(createdAt, change.start),
    );
    const maker =
      makers.find(({ outcome }) => outcome.kind === "ok" && outcome.stock.version === version) ??
      makers.find(({ outcome }) => outcome.kind === "unknown");
    if (maker) spent.add(maker);
    else found.push({ kind: "phantom_change", line: JSON.stringify(movement) });
  }
  return found;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
