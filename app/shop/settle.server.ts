/** A batch of wishes, from its first try to everyone's outcome. */
import { type Database, databaseFault, TRANSACTION_LIMITS } from "#app/db.server.ts";
import { reportBurst } from "#app/burst.server.ts";
import { describeError } from "#app/report.server.ts";
import { within } from "#app/within.server.ts";
import type { Wish } from "./decide.ts";
import { type Attempt, decideTogether } from "./decision.server.ts";
import { publish } from "./memory.server.ts";
import { busy, type PurchaseOutcome } from "./outcome.ts";
import { type Fault, hasBoughtNothing, VERDICTS } from "./verdict.ts";

export type Settled = PromiseSettledResult<PurchaseOutcome>;

/** Milliseconds: longer than every limit of the server and of Prisma. Beyond it the server says nothing at all, and may never. */
const DECISION_LIMIT = TRANSACTION_LIMITS.maxWait + TRANSACTION_LIMITS.timeout + 1_000;

/** What earlier tries of a batch have left behind. */
interface Past {
  /** No try so far may have committed unseen. */
  certain: boolean;
  /** The orders that they would have made. */
  made: Set<string>;
}

class Silence extends Error {
  constructor() {
    super(`the database said nothing for ${DECISION_LIMIT} ms`);
  }
}

/**
 * Decides wishes for one item, and does what the table of verdicts says when that fails. One result for each wish, in
 * their order.
 *
 * A connection lost around COMMIT leaves the outcome unknown. It is settled by one more try with the same keys: the
 * second try waits for the row's lock, so the first has ended by then, and finds its orders by their keys if there are any.
 */
export async function settle(
  itemId: string,
  wishes: Wish[],
  client: Database,
  past: Past = { certain: true, made: new Set() },
): Promise<Settled[]> {
  for (const second of [false, true]) {
    const attempt: Attempt = { stage: "deciding", made: past.made };
    const madeBefore = new Set(past.made);
    let decided: Awaited<ReturnType<typeof decideTogether>>;
    try {
      decided = await within(DECISION_LIMIT, decideTogether(itemId, wishes, client, attempt), () => new Silence());
    } catch (error) {
      const fault: Fault = error instanceof Silence ? "silent" : (databaseFault(error) ?? "bug");
      past.certain &&= hasBoughtNothing(fault, attempt.stage);
      const verdict = VERDICTS[fault][attempt.stage][second ? 1 : 0];
      if (verdict !== "fail") {
        const { stage } = attempt;
        const cause = { ...describeError(error), stack: undefined };
        reportBurst("purchase_undecided", { fault, verdict }, { stage, itemId, wishes: wishes.length, ...cause });
      }
      switch (verdict) {
        case "again":
          continue;
        case "turn_away":
          return wishes.map(() => fulfilled(busy(past.certain)));
        case "part":
          if (wishes.length > 1) return part(itemId, wishes, client, past);
          return [rejected(error)];
        case "fail":
          return wishes.map(() => rejected(error));
        default:
          return verdict satisfies never;
      }
    }
    if (!decided) return wishes.map(() => fulfilled({ kind: "not_found" }));
    // Also when nothing was sold: a first try may have committed and lost its answer, and whoever is refused shall see why.
    publish(decided.stock);
    // An order of an earlier try that is found again is this purchase, not a repeat of another.
    return decided.decisions.map((decision) =>
      fulfilled(
        decision.kind === "repeated" && madeBefore.delete(decision.order.id)
          ? { ...decision, kind: "purchased" }
          : decision,
      ),
    );
  }
  throw new Error("a second try has no verdict");
}

/** What one wish causes must not fail the others. */
async function part(itemId: string, wishes: Wish[], client: Database, past: Past): Promise<Settled[]> {
  const half = Math.ceil(wishes.length / 2);
  const first = await settle(itemId, wishes.slice(0, half), client, past);
  return [...first, ...(await settle(itemId, wishes.slice(half), client, past))];
}

function fulfilled(value: PurchaseOutcome): Settled {
  return { status: "fulfilled", value };
}

function rejected(reason: unknown): Settled {
  return { status: "rejected", reason };
}
