/** What a run amounts to: its counts, and whether there were enough of each to prove anything. */
import { groupBy } from "./group-by.ts";
import { type DatabaseState, type FaultKind, FAULTS, type History } from "./history.ts";
import { describe, type Violation, VIOLATIONS } from "./check.ts";

export type Tally = Record<string, number>;

export function tally({ purchases, changes, faults, began }: History, { orders }: DatabaseState): Tally {
  const count = <T>(all: T[], is: (one: T) => boolean) => all.filter(is).length;
  const struck = (kind: FaultKind) => count(faults, (fault) => fault.kind === kind);
  return {
    purchases: purchases.length,
    "ok, new": count(purchases, ({ outcome }) => outcome.kind === "ok" && !outcome.replayed),
    "ok, replayed": count(purchases, ({ outcome }) => outcome.kind === "ok" && outcome.replayed),
    "sold out": count(purchases, ({ outcome }) => outcome.kind === "refused" && outcome.why === "sold-out"),
    "refused otherwise": count(purchases, ({ outcome }) => (outcome.kind === "refused" && outcome.why !== "sold-out") || outcome.kind === "key_reused"),
    "busy, certain": count(purchases, ({ outcome }) => outcome.kind === "busy"),
    "busy, not certain": count(purchases, ({ outcome }) => outcome.kind === "unknown" && outcome.unsure === true),
    "no answer": count(purchases, ({ outcome, start }) => outcome.kind === "unknown" && !outcome.unsure && start >= began),
    duplicates: count(purchases, ({ copies }) => copies > 1),
    resets: count(changes, ({ type, outcome }) => type === "reset" && outcome.kind === "ok"),
    restocks: count(changes, ({ type, outcome }) => type === "restock" && outcome.kind === "ok"),
    ...Object.fromEntries(Object.keys(FAULTS).map((kind) => [kind, struck(kind as FaultKind)])),
    "orders in the database": orders.length,
  };
}

/** Each of these must have happened at least once in a run with faults. */
const MUST = ["ok, new", "ok, replayed", "sold out", "no answer", "duplicates", "resets", "restocks", ...Object.keys(FAULTS)];

export function missing(counts: Tally): string[] {
  return MUST.filter((name) => !counts[name]);
}

/** How many violations are shown of each kind. */
const SHOWN = 3;

export function table(counts: Tally, violations: Violation[], { purchases }: History): string {
  const rows = Object.entries(counts).map(([name, number]) => `  ${(name in FAULTS ? `fault: ${name}` : name).padEnd(28)}${String(number).padStart(8)}`);
  const kinds = [...groupBy(violations, ({ kind }) => kind)].flatMap(([kind, all]) => [
    `  VIOLATION of promise ${VIOLATIONS[kind as Violation["kind"]]}: ${all.length} times`,
    ...all.slice(0, SHOWN).flatMap(({ line, key }) => [
      `    ${line}`,
      ...purchases.filter((purchase) => key !== undefined && purchase.key === key).slice(0, 8).map((purchase) => `      ${describe(purchase)}`),
    ]),
  ]);
  return [...rows, `  ${"violations".padEnd(28)}${String(violations.length).padStart(8)}`, ...kinds].join("\n");
}
