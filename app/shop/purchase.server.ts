/** A purchase, from the buyer's wish to its outcome: decided at the item's till, under the lock of the item's row. */
import { randomUUID } from "node:crypto";
import { type Database, databaseFault, purchaseDb, TRANSACTION_LIMITS } from "#app/db.server.ts";
import { env } from "#app/env.server.ts";
import { memory, publish } from "./memory.server.ts";
import { describeError, report } from "#app/report.server.ts";
import { within } from "#app/within.server.ts";
import { getItem } from "./catalogue.server.ts";
import { decide, type Decision, type Wish } from "./decide.server.ts";
import { isItemId, isUuid } from "./item.ts";
import { listOrdersByKey, unitsOwned } from "./orders.server.ts";
import { lockItem, recordSales, stockOf } from "./ledger.server.ts";
import { Till, type TillLimits } from "./till.server.ts";

export interface PurchaseRequest extends Wish {
  itemId: string;
}

export type PurchaseOutcome =
  | Decision
  | { kind: "not_found" }
  /**
   * There was no decision in time. Sent again with the same key, it cannot buy twice.
   * `certain`: this request bought nothing. Otherwise the database went away before it could be asked how a first try had ended.
   */
  | { kind: "busy"; retryAfterSeconds: number; certain: boolean };

type Settled = PromiseSettledResult<PurchaseOutcome>;

const busy = (certain: boolean): PurchaseOutcome => ({ kind: "busy", retryAfterSeconds: 1, certain });

/** The tills of one instance, one for each item that somebody is buying now. */
export class Tills {
  readonly #open = new Map<string, Till<Wish, PurchaseOutcome>>();
  readonly #undecided = new Set<Promise<PurchaseOutcome>>();
  readonly #client: Database;
  readonly #limits: TillLimits;

  constructor(
    client: Database,
    limits: TillLimits = { batch: env.TILL_BATCH, wait: env.TILL_WAIT, queue: env.TILL_QUEUE },
  ) {
    this.#client = client;
    this.#limits = limits;
  }

  join(request: PurchaseRequest): Promise<PurchaseOutcome> {
    const outcome = this.#join(request);
    this.#undecided.add(outcome);
    const decided = () => void this.#undecided.delete(outcome);
    outcome.then(decided, decided);
    return outcome;
  }

  /** How many have joined and have no outcome yet. */
  get undecided(): number {
    return this.#undecided.size;
  }

  /** Resolves when everyone who has joined so far has an outcome. */
  async closed(): Promise<void> {
    await Promise.allSettled(this.#undecided);
  }

  async #join({ itemId, ...wish }: PurchaseRequest): Promise<PurchaseOutcome> {
    const till =
      this.#open.get(itemId) ??
      new Till(
        (wishes: Wish[]) => settle(itemId, wishes, this.#client),
        () => busy(true),
        this.#limits,
      );
    this.#open.set(itemId, till);
    try {
      return await till.join(wish);
    } finally {
      // Only this one: the item may have a new till already, and two would decide at once.
      if (till.isIdle && this.#open.get(itemId) === till) this.#open.delete(itemId);
    }
  }
}

/** Loaded again, the development server has new tills: they decide with the code as it is now. */
export const shopTills = new Tills(purchaseDb);

/**
 * Buys, all or nothing. Never throws for what a buyer or a busy database can cause, but for an item that nobody knows while the
 * database cannot be asked; otherwise it throws what is a bug.
 */
export async function purchase(request: PurchaseRequest, tills: Tills = shopTills): Promise<PurchaseOutcome> {
  const { itemId, buyerId, key } = request;
  if (!isItemId(itemId)) return { kind: "not_found" };
  if (!isUuid(buyerId) || !isUuid(key)) throw new TypeError("buyerId and key are UUIDs");
  // A till for each name that somebody makes up would take the connections that sell. One added a moment ago is not remembered yet.
  if (memory.isFresh && !memory.item(itemId) && !(await getItem(itemId))) return { kind: "not_found" };
  return tills.join({ ...request, buyerId: buyerId.toLowerCase(), key: key.toLowerCase() });
}

/** What earlier tries of a batch have left behind. */
interface Past {
  /** No try so far may have committed unseen. */
  certain: boolean;
  /** The orders that they would have made. */
  made: Set<string>;
}

/**
 * Decides wishes for one item in one transaction, and what to do when that fails.
 *
 * A connection lost around COMMIT leaves the outcome unknown. It is settled by trying once more with the same keys: the
 * second try waits for the row's lock, so the first has ended by then, and finds its orders by their keys if there are any.
 * What one wish causes, such as a twin on another instance's till, must not fail the others: they are parted until it is alone.
 */
async function settle(
  itemId: string,
  wishes: Wish[],
  client: Database,
  past: Past = { certain: true, made: new Set() },
): Promise<Settled[]> {
  for (let tries = 1; ; tries += 1) {
    const attempt = { committing: false, made: past.made };
    try {
      return (await within(DECISION_LIMIT, decideTogether(itemId, wishes, client, attempt), () => new Silence())).map(
        fulfilled,
      );
    } catch (error) {
      const silent = error instanceof Silence;
      const fault = silent ? "away" : databaseFault(error);
      const told = {
        fault,
        itemId,
        wishes: wishes.length,
        tries,
        committing: attempt.committing,
        ...describeError(error),
        stack: undefined,
      };
      // A rule's refusal says that everything was undone. Anything else after COMMIT was sent says nothing of it.
      const undone = fault === "conflict" || fault === "refused";
      if (silent || (attempt.committing && !undone)) past.certain = false;

      if (undone && wishes.length > 1) {
        report("purchase_batch_parted", told);
        const half = Math.ceil(wishes.length / 2);
        return [
          ...(await settle(itemId, wishes.slice(0, half), client, past)),
          ...(await settle(itemId, wishes.slice(half), client, past)),
        ];
      }
      if (fault === "away" || fault === "busy" || (attempt.committing && !undone)) {
        report("purchase_undecided", told);
        if (tries === 2 || silent || (fault === "busy" && past.certain))
          return wishes.map(() => fulfilled(busy(past.certain)));
      } else if (tries === 2 || fault !== "conflict") {
        return wishes.map(() => ({ status: "rejected", reason: error }));
      }
    }
  }
}

/** Milliseconds: longer than every limit of the server and of Prisma. Beyond it the server says nothing at all, and may never. */
const DECISION_LIMIT = TRANSACTION_LIMITS.maxWait + TRANSACTION_LIMITS.timeout + 1_000;

class Silence extends Error {
  constructor() {
    super(`the database said nothing for ${DECISION_LIMIT} ms`);
  }
}

/**
 * One try. `committing` tells afterwards whether COMMIT may have been sent, `made` which orders it would have made: an
 * order of an earlier try that is found again is this purchase, not a repeat of another.
 */
async function decideTogether(
  itemId: string,
  wishes: Wish[],
  client: Database,
  attempt: { committing: boolean; made: Set<string> },
): Promise<PurchaseOutcome[]> {
  const madeBefore = new Set(attempt.made);
  const { decisions, stock } = await client.$transaction(async (tx) => {
    // Sent together, done in this order: the second statement begins, and sees what is there, when the lock has been given.
    const [item, earlier] = await Promise.all([
      lockItem(tx, itemId),
      listOrdersByKey(
        wishes.map(({ key }) => key),
        tx,
      ),
    ]);
    if (!item) return { decisions: undefined, stock: undefined };

    const owned =
      item.limitPerBuyer === null
        ? new Map<string, number>()
        : await unitsOwned(
            item.id,
            item.run,
            wishes.map(({ buyerId }) => buyerId),
            tx,
          );
    const { decisions, sales, after } = decide(wishes, { item, earlier, owned }, randomUUID);
    if (sales.length > 0) await recordSales(tx, sales, after);
    for (const { order } of sales) attempt.made.add(order.id);
    attempt.committing = sales.length > 0;
    return { decisions, stock: stockOf(after) };
  });
  // Also when nothing was sold: a first try may have committed and lost its answer, and whoever is refused shall see why.
  if (stock) publish(stock);
  if (!decisions) return wishes.map(() => ({ kind: "not_found" }));
  return decisions.map((decision) =>
    decision.kind === "repeated" && madeBefore.delete(decision.order.id)
      ? { ...decision, kind: "purchased" }
      : decision,
  );
}

function fulfilled(value: PurchaseOutcome): Settled {
  return { status: "fulfilled", value };
}
