/** Compares what the database says in the end with the bank's own books, and with what buyers were told. */
import { type BankPayment, compareBooks, type SoldOrder } from "../../books.ts";
import type { Clock } from "../history.ts";
import type { MoneyLine, Refused } from "./buyers.ts";

/** Milliseconds between the moment of a line in the ledger and its COMMIT. */
const COMMITS_WITHIN = 1_000;

/** Times are of the database's clock, in milliseconds since 1970. */
export interface HoldRow {
  id: string;
  item: string;
  buyer: string;
  key: string;
  quantity: number;
  heldAt: number;
  expiresAt: number;
  endedAt: number | null;
  why: string | null;
}

export interface OrderRow extends SoldOrder {
  key: string;
  buyer: string;
  authorisation: string;
}

export interface LineRow {
  item: string;
  version: number;
  run: number;
  available: number;
  held: number;
  at: number;
}

export interface BankRow extends BankPayment {
  intent: string | null;
  session: "open" | "complete" | "expired";
  /** Whether the shop knows of the page: it got the bank's answer, so its buyer may have it. */
  known: boolean;
}

export interface MoneyRecording {
  seed: number;
  clock: Clock;
  lines: MoneyLine[];
  holds: HoldRow[];
  orders: OrderRow[];
  ledger: LineRow[];
  bank: BankRow[];
  /** Of the audit. */
  findings: string[];
  /** What was still held or to be done when it should have been quiet. */
  left: string | undefined;
  /** Of every fault and case, how often it was seen. */
  seen: Record<string, number>;
}

export const PROMISES = {
  ledger: "1: the ledger does not add up",
  order_twice: "1: one hold made two orders",
  false_told: "2: told of an order that is not there",
  key_twice: "3: one key made two holds or orders",
  false_refusal: "4: a refusal that was not true",
  money: "7: charged and sold are not the same",
  page_open: "7: a page is open after its hold has ended",
  revived: "8: sold after its hold had ended otherwise than by time",
  early_end: "8: a hold ended before its time",
  no_end: "8: a hold has no end",
  two_holds: "8: a buyer had two holds of one item at once",
  kept_out: "8: a hold that had had its time kept a buyer out",
  left_over: "9: something stayed undone",
} as const;

export interface MoneyViolation {
  kind: keyof typeof PROMISES;
  line: string;
}

export function checkMoney(recording: MoneyRecording): MoneyViolation[] {
  const { lines, holds, orders, bank, findings, left } = recording;
  const wrong: MoneyViolation[] = [];
  const find = (kind: MoneyViolation["kind"], line: string) => void wrong.push({ kind, line });
  for (const finding of findings) find("ledger", finding);
  if (left) find("left_over", left);
  for (const line of compareBooks(orders, bank)) find("money", line);

  const holdOf = new Map(holds.map((hold) => [hold.id, hold]));
  for (const [id, same] of Map.groupBy(orders, (order) => order.id))
    if (same.length > 1) find("order_twice", `${same.length} orders ${id}`);
  for (const { id, buyer, key } of orders) {
    const hold = holdOf.get(id);
    if (hold?.buyer !== buyer || hold.key !== key) find("ledger", `order ${id} is not its hold's buyer's`);
    if (hold && hold.why !== "sold" && hold.why !== "time")
      find("revived", `order ${id}: its hold ended by ${hold.why}`);
  }
  for (const { id, why, endedAt, expiresAt } of holds) {
    if (endedAt === null) find("no_end", `hold ${id}`);
    else if (why === "time" && endedAt < expiresAt)
      find("early_end", `hold ${id} ended ${expiresAt - endedAt} ms before its time`);
  }
  for (const same of Map.groupBy(holds, ({ item, buyer }) => `${item} ${buyer}`).values())
    for (const [index, hold] of same.toSorted((one, other) => one.heldAt - other.heldAt).entries()) {
      const next = same[index + 1];
      if (next && next.heldAt < Math.min(hold.endedAt ?? Infinity, hold.expiresAt))
        find("two_holds", `${hold.id} and ${next.id}`);
    }
  for (const [key, same] of Map.groupBy([...holds, ...orders], (made) => made.key))
    if (new Set(same.map(({ id }) => id)).size > 1) find("key_twice", `key ${key}`);
  for (const { id, orderId, session, known } of bank)
    if (session === "open" && known) find("page_open", `page ${id} of ${orderId}`);

  const sold = new Set(orders.map(({ id }) => id));
  const timeline = Map.groupBy(recording.ledger, ({ item }) => item);
  for (const line of lines)
    if (line.type === "held") {
      if (holdOf.get(line.id)?.key !== line.key) find("false_told", `hold ${line.id}, key ${line.key}`);
    } else if (line.type === "refused") {
      const why = lieOf(line, timeline.get(line.item) ?? [], recording.clock);
      if (why)
        find(why, `${line.why} of ${line.item}, version ${line.stock.version}, until ${line.nextReleaseAt ?? ""}`);
    } else if (line.state === "order" ? !sold.has(line.id) : sold.has(line.id) && line.why !== "time")
      find("false_told", `${line.id} was told to be ${line.state} ${line.why ?? ""}`);
  return wrong;
}

function lieOf(
  { why, start, end, stock, quantity, nextReleaseAt }: Refused,
  ledger: LineRow[],
  { low, high }: Clock,
): "false_refusal" | "kept_out" | undefined {
  const index = ledger.findIndex(({ version }) => version === stock.version);
  const made = ledger[index];
  // Goods of an ended run make a version, too, with that run's balances: the run that is on is as it was.
  const then = ledger.slice(0, index + 1).findLast(({ run }) => run === stock.run);
  const next = ledger[index + 1];
  if (!made || !then || made.at > end + high) return "false_refusal";
  if (next && next.at + COMMITS_WITHIN < start + low) return "false_refusal";
  switch (why) {
    case "sold-out":
      return then.available === 0 && then.held === 0 ? undefined : "false_refusal";
    case "all-held":
      if (then.available > 0 || then.held === 0) return "false_refusal";
      return nextReleaseAt === undefined || Date.parse(nextReleaseAt) < start + low ? "kept_out" : undefined;
    case "not-enough-left":
      return then.available > 0 && then.available < quantity ? undefined : "false_refusal";
    default:
      return undefined;
  }
}
