/**
 * The faults. None is left to luck: the harness waits for the situation, sees that it is there, and strikes then.
 *
 * To hit an instance in the middle of a purchase it is stopped at a random moment and looked at from PostgreSQL's side. If
 * a session of it is between two statements and has locked a row (then it has a transaction id), it stays stopped: the
 * situation cannot pass. Otherwise it goes on, and is stopped again a moment later.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { until } from "#harness/shop.ts";
import { type Fault, type FaultKind, FAULTS } from "./history.ts";
import type { Instance } from "./instance.ts";
import type { Random } from "./random.ts";

/** Milliseconds. The server takes the row back after 5 s (idle_in_transaction_session_timeout); far later is not at all. */
const ROW_PATIENCE = 20_000;
const SETTLED = 25;
const OUTAGE = 1_000;
/** What has not come by then does not come. */
const GIVE_UP = 30_000;

/** A fault's situation never came: nothing was struck, and nothing is noted. */
class NeverCame extends Error {}

interface Session {
  pid: number;
  /** When it came into this state, as text: equal means nothing has happened since. */
  since: string;
  query: string;
}

export class Saboteur {
  readonly #observer: pg.Client;
  readonly #random: Random;
  readonly #record: (fault: Fault) => void;
  readonly #say: (line: string) => void;

  constructor(observer: pg.Client, random: Random, record: (fault: Fault) => void, say: (line: string) => void) {
    this.#observer = observer;
    this.#random = random;
    this.#record = record;
    this.#say = say;
  }

  /** Every fault once, in random order and on random instances; then again until it is over. */
  async strikeUntil(over: () => boolean, instances: [Instance, ...Instance[]]): Promise<void> {
    let isFirstRound = true;
    do {
      for (const kind of this.#random.shuffled(Object.keys(FAULTS) as FaultKind[])) {
        await sleep(this.#random.between(200, 1_200));
        if (over() && !isFirstRound) return;
        await this.#strike(kind, this.#random.of(instances)).catch((error: unknown) => {
          // The run goes on: its table will miss the fault, and shows all the rest.
          if (!(error instanceof NeverCame)) throw error;
          this.#say(`no ${kind}: ${error.message}`);
        });
      }
      isFirstRound = false;
    } while (!over());
  }

  async #strike(kind: FaultKind, instance: Instance): Promise<void> {
    switch (kind) {
      case "killed": {
        const { query } = await this.#seize(instance);
        const at = performance.now();
        await instance.kill();
        await instance.start();
        return this.#note(kind, instance, query, at);
      }
      case "killed_after_commit": {
        let at = 0;
        let gone: Promise<void> | undefined;
        await nextSaleCommitted(instance, () => {
          at = performance.now();
          gone = instance.kill();
        });
        await gone;
        await instance.start();
        return this.#note(kind, instance, "COMMIT", at);
      }
      case "terminated":
        return this.#terminate(instance);
      case "commit_lost":
        await nextSaleCommitted(instance, () => this.#note(kind, instance, "COMMIT"));
        return;
      case "commit_reset":
        await nextSaleCommitted(instance, () => this.#note(kind, instance, "COMMIT"), true);
        return;
      case "outage":
        await nextSaleCommitted(instance, () => instance.proxy.off());
        this.#note(kind, instance, "COMMIT");
        await sleep(OUTAGE);
        instance.proxy.on();
        return;
      case "frozen":
        return this.#freeze(instance);
      default:
        return kind satisfies never;
    }
  }

  async #terminate(instance: Instance): Promise<void> {
    const { pid, query } = await this.#seize(instance);
    await this.#observer.query("SELECT pg_terminate_backend($1)", [pid]);
    await until(async () => !(await this.#sessionInTransaction(instance, pid)));
    instance.thaw();
    this.#note("terminated", instance, query);
  }

  async #freeze(instance: Instance): Promise<void> {
    const { pid, query } = await this.#seize(instance);
    const at = performance.now();
    const freed = await until(
      async () => !(await this.#sessionInTransaction(instance, pid)),
      undefined,
      ROW_PATIENCE,
    ).then(
      () => true,
      () => false,
    );
    // A frozen instance cannot end its session: if it is gone, the server ended it.
    instance.thaw();
    this.#note(freed ? "frozen" : "row_kept", instance, query, at);
  }

  /** Stops the instance while it holds a row. */
  async #seize(instance: Instance): Promise<Session> {
    const giveUp = Date.now() + GIVE_UP;
    while (Date.now() < giveUp) {
      instance.freeze();
      const seen = await this.#sessionInTransaction(instance);
      if (seen) {
        // What it had sent before it was stopped arrives in this time.
        await sleep(SETTLED);
        const still = await this.#sessionInTransaction(instance, seen.pid);
        if (still?.since === seen.since) return still;
      }
      instance.thaw();
      await sleep(this.#random.between(1, 20));
    }
    throw new NeverCame(`${instance.name} was never found holding a row`);
  }

  async #sessionInTransaction(instance: Instance, pid?: number): Promise<Session | undefined> {
    const { rows } = await this.#observer.query<Session>(
      `SELECT pid, state_change::text AS since, query FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = $1 AND state = 'idle in transaction' AND backend_xid IS NOT NULL AND pid = coalesce($2, pid)`,
      [instance.name, pid],
    );
    return rows[0];
  }

  /** `at`: since when the instance, which is back now, could not answer. */
  #note(kind: Fault["kind"], instance: Instance, query: string, at?: number): void {
    const now = performance.now();
    this.#record({
      type: "fault",
      at: at ?? now,
      until: now,
      kind,
      instance: instance.name,
      after: query.replaceAll(/\s+/g, " ").trim().slice(0, 60),
    });
  }
}

/** The next sale's COMMIT is done and its answer lost; `strike` is called in that moment. */
function nextSaleCommitted({ name, proxy }: Instance, strike: () => void, reset = false): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = setTimeout(() => {
      stop();
      reject(new NeverCame(`${name} sold nothing`));
    }, GIVE_UP);
    const stop = proxy.loseAnswersToCommit(
      () => {
        stop();
        clearTimeout(giveUp);
        strike();
        resolve();
      },
      { of: "INSERT INTO orders", reset },
    );
  });
}
