/** What a run amounts to: its counts, and whether there were enough of each to prove anything. */
import { type FaultKind, FAULTS, type History } from "./history.ts";
import { waitOf } from "./check.ts";
import { describe, type Violation, VIOLATIONS } from "./violations.ts";

export type Tally = Record<string, number>;

type Counted = Pick<History, "purchases" | "changes" | "repricings" | "readings" | "told" | "faults">;

export function tally({ purchases, changes, repricings, readings, told, faults }: Counted): Tally {
  const count = <T>(all: T[], is: (one: T) => boolean) => all.filter(is).length;
  const struck = (kind: FaultKind) => count(faults, (fault) => fault.kind === kind);
  return {
    purchases: purchases.length,
    "ok, new": count(purchases, ({ outcome }) => outcome.kind === "ok" && !outcome.replayed),
    "ok, replayed": count(purchases, ({ outcome }) => outcome.kind === "ok" && outcome.replayed),
    "sold out": count(purchases, ({ outcome }) => outcome.kind === "refused" && outcome.why === "sold-out"),
    "refused otherwise": count(
      purchases,
      ({ outcome }) => (outcome.kind === "refused" && outcome.why !== "sold-out") || outcome.kind === "key_reused",
    ),
    "busy, certain": count(purchases, ({ outcome }) => outcome.kind === "busy"),
    "busy, not certain": count(purchases, ({ outcome }) => outcome.kind === "unknown" && outcome.unsure === true),
    "no answer": count(purchases, ({ outcome }) => outcome.kind === "unknown" && !outcome.unsure),
    duplicates: count(purchases, ({ copies }) => copies > 1),
    resets: count(changes, ({ type, outcome }) => type === "reset" && outcome.kind === "ok"),
    restocks: count(changes, ({ type, outcome }) => type === "restock" && outcome.kind === "ok"),
    "new prices": count(repricings, ({ outcome }) => outcome.kind === "ok"),
    "ok, in line": count(purchases, ({ line, outcome }) => line !== undefined && outcome.kind === "ok"),
    "receipts read": count(readings, ({ as, outcome }) => as === "buyer" && outcome.kind === "shown"),
    "receipts not given": count(readings, ({ as, outcome }) => as !== "buyer" && outcome.kind === "not_found"),
    "news on streams": told.length,
    ...Object.fromEntries(Object.keys(FAULTS).map((kind) => [kind, struck(kind as FaultKind)])),
  };
}

/** A run with less of these proves nothing. */
const LEAST = {
  "ok, new": 100,
  "ok, replayed": 20,
  "sold out": 20,
  duplicates: 20,
  resets: 2,
  restocks: 5,
  "new prices": 5,
  "ok, in line": 10,
  "receipts read": 20,
  "news on streams": 50,
};
const LEAST_UNDER_FAULTS = {
  ...LEAST,
  "receipts not given": 20,
  "no answer": 1,
  ...Object.fromEntries(Object.keys(FAULTS).map((kind) => [kind, 1])),
};

export function missing(counts: Tally, underFaults: boolean): string[] {
  return Object.entries<number>(underFaults ? LEAST_UNDER_FAULTS : LEAST).flatMap(([name, least]) =>
    (counts[name] ?? 0) < least ? [name] : [],
  );
}

/** A fault that has not come when all the others were tried is not waited for. */
export function hasSeenEnough(history: History, underFaults: boolean): boolean {
  return missing(tally(history), underFaults).every((name) => name in FAULTS);
}

/** How many violations are shown of each kind. */
const SHOWN = 3;

export function table(counts: Tally, violations: Violation[], { purchases, faults }: History): string {
  const row = (name: string, number: number) => `  ${name.padEnd(28)}${String(number).padStart(8)}`;
  const rows = Object.entries(counts).map(([name, number]) => row(name in FAULTS ? `fault: ${name}` : name, number));
  const kinds = [...Map.groupBy(violations, ({ kind }) => kind)].flatMap(([kind, all]) => [
    `  VIOLATION of promise ${VIOLATIONS[kind]}: ${all.length} times`,
    ...all.slice(0, SHOWN).flatMap(({ line, key }) => [
      `    ${line}`,
      ...purchases
        .filter((purchase) => key !== undefined && purchase.key === key)
        .slice(0, 8)
        .map((purchase) => `      ${describe(purchase)}`),
    ]),
  ]);
  const longest = purchases.reduce((most, purchase) => Math.max(most, waitOf(purchase, faults)), 0);
  return [...rows, row("longest wait, ms", Math.round(longest)), row("violations", violations.length), ...kinds].join(
    "\n",
  );
}

/** A control stands to be found out; any other run to keep every promise, and to have seen enough. */
export function verdict(violations: Violation[], absent: string[], isControl: boolean): string {
  if (isControl)
    return violations.length > 0
      ? "Found out, as it must be."
      : "NOT found out: what was taken out broke no promise that the checker sees.";
  const kinds = [...new Set(violations.map(({ kind }) => VIOLATIONS[kind]))];
  if (kinds.length > 0) return `NOT as it must be: broken was promise ${kinds.join("; ")}.`;
  return absent.length > 0 ? `This run proved nothing: too little of ${absent.join(", ")}.` : "No promise was broken.";
}
