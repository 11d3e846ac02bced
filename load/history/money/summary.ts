/** What a run with money has shown, and what it has found. */
import { table } from "../../figures.ts";
import { type MoneyRecording, type MoneyViolation, PROMISES } from "./check.ts";

/** What each run must have seen, or it proves nothing. */
export const SOMETIMES = [
  "instance killed",
  "bank killed",
  "reset",
  "sold in time",
  "ended by time",
  "given back",
  "ended by a reset",
  "paid late, taken anew",
  "paid late, let go",
  "paid and given back, let go",
  "two pages",
  "capture refused, goods back",
  "events lost",
  "events doubled",
  "events sent again",
];

export function missingCases({ seen }: MoneyRecording): string[] {
  return SOMETIMES.filter((what) => !seen[what]);
}

export function moneyTable(recording: MoneyRecording, violations: MoneyViolation[]): string {
  const { seen, lines, orders } = recording;
  const told = Object.entries(Object.groupBy(lines, (line) => (line.type === "refused" ? line.why : line.type)));
  const counts = [
    ["seen", ""],
    ...Object.entries({ orders: orders.length, ...seen }).map(([what, many]) => [what, String(many)]),
  ];
  const answers = [["buyers were told", ""], ...told.map(([what, list]) => [what, String(list?.length ?? 0)])];
  const found = violations.map(({ kind, line }) => `${PROMISES[kind]}: ${line}`);
  return [table(counts), table(answers), ...found.slice(0, 40)].join("\n\n");
}
