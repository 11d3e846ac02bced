/** What to do about a try that failed: the table of docs/architecture.md, as data. */
import type { DatabaseFault } from "#app/db.server.ts";

/** `silent`: the database said nothing at all within every limit. `bug`: none of the database's own reasons. */
export type Fault = DatabaseFault | "silent" | "bug";

/** How far the try had come: `committing` when COMMIT may have been sent. */
export type Stage = "deciding" | "committing";

/**
 * `again` with the same keys: the second try waits for the row's lock, so the first has ended by then, and finds its
 * orders by their keys if there are any · `part` the batch until the culprit is alone, who fails · `turn_away` everyone
 * with "busy" · `fail` everyone.
 */
export type Verdict = "again" | "part" | "turn_away" | "fail";

/** By fault and stage: the verdict on the first try, and on the second. There is no third. */
export const VERDICTS: Record<Fault, Record<Stage, readonly [first: Verdict, second: Verdict]>> = {
  // A rule refused a row, and said that everything was undone, also after COMMIT was sent.
  conflict: { deciding: ["part", "part"], committing: ["part", "part"] },
  refused: { deciding: ["part", "part"], committing: ["part", "part"] },
  // PostgreSQL gave up waiting: whoever tries again waits as long again. After COMMIT was sent it may be done all the same.
  busy: { deciding: ["turn_away", "turn_away"], committing: ["again", "turn_away"] },
  // The connection is gone, and with it the answer.
  away: { deciding: ["again", "turn_away"], committing: ["again", "turn_away"] },
  // Another try would be as silent, for as long.
  silent: { deciding: ["turn_away", "turn_away"], committing: ["turn_away", "turn_away"] },
  bug: { deciding: ["fail", "fail"], committing: ["again", "turn_away"] },
};

/** Whether a try that failed so has certainly bought nothing. Silence may have swallowed a COMMIT. */
export function hasBoughtNothing(fault: Fault, stage: Stage): boolean {
  if (fault === "silent") return false;
  return stage === "deciding" || fault === "conflict" || fault === "refused";
}
