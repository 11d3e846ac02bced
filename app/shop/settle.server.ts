/** Batches of commands, from their first try to everyone's outcome. */
import { type Database, databaseFault, TRANSACTION_LIMITS } from "#app/db.server.ts";
import { reportBurst } from "#app/burst.server.ts";
import { describeError } from "#app/report.server.ts";
import { within } from "#app/within.server.ts";
import { type Attempt, type Batch, type BatchDecided, decideTogether } from "./decision.server.ts";
import { publish } from "./memory.server.ts";
import { busy, type Outcome } from "./outcome.ts";
import { type Fault, hasBoughtNothing, VERDICTS } from "./verdict.ts";

export type Settled = PromiseSettledResult<Outcome>;

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
 * Decides batches of several items in one transaction: a promise for each, of one result for each of its commands. A batch that
 * was not decided with the others, because its item was locked elsewhere or because the try failed, is decided by itself.
 */
export function settleTogether(batches: Batch[], client: Database): Promise<Settled[]>[] {
  const [only, ...others] = batches;
  if (only && others.length === 0) return [settle(only, client)];
  const tried = tryTogether(batches, client);
  return batches.map(async (batch) => {
    const { decided, past } = await tried;
    const known = decided.get(batch.itemId);
    // Each with a past of its own: what becomes of one item's later tries says nothing of another's.
    const own: Past = { ...past, made: new Set(past.made) };
    return known ? tell(known, own) : settle(batch, client, own);
  });
}

/** Never throws: what it leaves undecided is decided again, knowing what this try may have done. */
async function tryTogether(
  batches: Batch[],
  client: Database,
): Promise<{ decided: Map<string, BatchDecided>; past: Past }> {
  const attempt: Attempt = { stage: "deciding", made: new Set() };
  try {
    return { decided: await inTime(batches, client, attempt), past: nothing() };
  } catch (error) {
    const fault = faultOf(error);
    tellOperator(error, fault, "apart", attempt, batches);
    return { decided: new Map(), past: { certain: hasBoughtNothing(fault, attempt.stage), made: attempt.made } };
  }
}

/**
 * Decides commands for one item, and does what the table of verdicts says when that fails. One result for each command, in
 * their order.
 *
 * A connection lost around COMMIT leaves the outcome unknown. It is settled by one more try with the same keys: the
 * second try waits for the row's lock, so the first has ended by then, and finds its orders by their keys if there are any.
 */
async function settle(batch: Batch, client: Database, past: Past = nothing()): Promise<Settled[]> {
  const { itemId, commands } = batch;
  for (const second of [false, true]) {
    const attempt: Attempt = { stage: "deciding", made: past.made };
    const before: Past = { ...past, made: new Set(past.made) };
    let decided: BatchDecided | undefined;
    try {
      decided = (await inTime([batch], client, attempt)).get(itemId);
    } catch (error) {
      const fault = faultOf(error);
      past.certain &&= hasBoughtNothing(fault, attempt.stage);
      const verdict = VERDICTS[fault][attempt.stage][second ? 1 : 0];
      if (verdict !== "fail") tellOperator(error, fault, verdict, attempt, [batch]);
      switch (verdict) {
        case "again":
          continue;
        case "turn_away":
          return commands.map(() => fulfilled(busy(past.certain)));
        case "part":
          if (commands.length > 1) return part(batch, client, past);
          return [rejected(error)];
        case "fail":
          return commands.map(() => rejected(error));
        default:
          return verdict satisfies never;
      }
    }
    return decided ? tell(decided, before) : commands.map(() => fulfilled({ kind: "not_found" }));
  }
  throw new Error("a second try has no verdict");
}

function inTime(batches: Batch[], client: Database, attempt: Attempt): Promise<Map<string, BatchDecided>> {
  return within(DECISION_LIMIT, decideTogether(batches, client, attempt), () => new Silence());
}

function faultOf(error: unknown): Fault {
  return error instanceof Silence ? "silent" : (databaseFault(error) ?? "bug");
}

function tellOperator(error: unknown, fault: Fault, verdict: string, { stage }: Attempt, batches: Batch[]): void {
  const commands = batches.reduce((sum, { commands }) => sum + commands.length, 0);
  const itemId = batches.map(({ itemId }) => itemId).join(" ");
  const cause = { ...describeError(error), stack: undefined };
  reportBurst("purchase_undecided", { fault, verdict }, { stage, itemId, commands, ...cause });
}

/** What was decided and committed, as everyone's outcome. `past`: what earlier tries have left behind. */
function tell({ decisions, stock }: BatchDecided, { made }: Past): Settled[] {
  // Also when nothing was sold: a first try may have committed and lost its answer, and whoever is refused shall see why.
  publish(stock);
  // An order or a hold of an earlier try that is found again is this purchase, not a repeat of another.
  return decisions.map((decision) => {
    if (decision.kind === "repeated" && "order" in decision && made.delete(decision.order.id))
      return fulfilled({ kind: "purchased", order: decision.order });
    if (decision.kind === "held_before" && made.delete(decision.hold.id))
      return fulfilled({ kind: "held", hold: decision.hold });
    return fulfilled(decision);
  });
}

function nothing(): Past {
  return { certain: true, made: new Set() };
}

/** What one command causes must not fail the others. */
async function part({ itemId, commands }: Batch, client: Database, past: Past): Promise<Settled[]> {
  const half = Math.ceil(commands.length / 2);
  const first = await settle({ itemId, commands: commands.slice(0, half) }, client, past);
  return [...first, ...(await settle({ itemId, commands: commands.slice(half) }, client, past))];
}

function fulfilled(value: Outcome): Settled {
  return { status: "fulfilled", value };
}

function rejected(reason: unknown): Settled {
  return { status: "rejected", reason };
}
