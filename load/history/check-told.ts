/** Whether the open streams told what was so, in its order, and at last how it stands. */
import { compareMoments } from "#app/shop/item.ts";
import type { History, Told } from "./history.ts";
import { isState, type Timeline } from "./timeline.ts";
import type { Violation } from "./violations.ts";

/** Promise 6. A hint may come late, so a state may be old when it is told; but none is told before it was made. */
export function checkTold({ told, untold }: History, timeline: Timeline): Violation[] {
  const found: Violation[] = [];
  const latest = new Map<string, Told>();
  for (const news of told) {
    const { at, instance, stock } = news;
    const entry = timeline.at(stock.id, stock.version);
    const doubt =
      !entry || !isState(entry.movement, stock)
        ? "the ledger knows no such state"
        : timeline.certainlyAfter(entry.movement.createdAt, at)
          ? "that came later"
          : (stock.state === "available" && stock.quantity === 0) || (stock.state === "sold_out" && stock.quantity > 0)
            ? "its state and its quantity do not agree"
            : undefined;
    if (doubt) found.push({ kind: "false_news", line: `${inOneLine(news)}, but ${doubt}` });

    // Across an instance's connections and its restarts: what was told was committed.
    const before = latest.get(`${instance} ${stock.id}`);
    if (before && compareMoments(before.stock, stock) > 0)
      found.push({ kind: "old_news", line: `${inOneLine(news)}, after ${inOneLine(before)}` });
    latest.set(`${instance} ${stock.id}`, news);
  }
  for (const { instance, item, last } of untold)
    found.push({ kind: "no_news", line: `${item} at ${instance}, last told: ${JSON.stringify(last)}` });
  return found;
}

function inOneLine({ at, instance, stock: { id, version, edition, run, quantity, state } }: Told): string {
  return `${at.toFixed(1)} ms, ${instance}: ${id}, version ${version}, edition ${edition} of run ${run}, quantity ${quantity}, ${state}`;
}
