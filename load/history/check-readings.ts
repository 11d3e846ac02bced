/** Whether receipts are shown to their buyers, as they were confirmed, and to nobody else. */
import { samePrice } from "./check-prices.ts";
import type { DatabaseState, History, Reading, Receipt } from "./history.ts";
import type { Violation } from "./violations.ts";

/** Promise 2. Whose order is asked for has been confirmed before. */
export function checkReadings({ readings }: History, { orders }: DatabaseState): Violation[] {
  const byId = new Map(orders.map((order) => [order.id, order]));
  return readings.flatMap((reading): Violation[] => {
    const { as, outcome, orderId } = reading;
    const stored = byId.get(orderId);
    if (outcome.kind === "unknown") return [];
    if (as !== "buyer") return outcome.kind === "shown" ? [{ kind: "open_receipt", line: inOneLine(reading) }] : [];
    const isRight =
      outcome.kind === "shown" && stored !== undefined && (!outcome.order || isSame(outcome.order, stored));
    return isRight
      ? []
      : [
          {
            kind: "closed_receipt",
            ...(stored ? { key: stored.key } : {}),
            line: `${inOneLine(reading)}; the database has ${JSON.stringify(stored)}`,
          },
        ];
  });
}

function isSame(order: Receipt, stored: DatabaseState["orders"][number]): boolean {
  return (
    order.id === stored.id &&
    order.itemId === stored.itemId &&
    order.run === stored.run &&
    order.number === stored.number &&
    order.quantity === stored.quantity &&
    samePrice(order.price, stored.price) &&
    Date.parse(order.placedAt) === stored.placedAt
  );
}

function inOneLine({ start, end, instance, as, orderId, outcome }: Reading): string {
  return `${start.toFixed(1)} to ${end.toFixed(1)} ms, ${instance}, order ${orderId.slice(0, 8)} for ${as}: ${JSON.stringify(outcome)}`;
}
