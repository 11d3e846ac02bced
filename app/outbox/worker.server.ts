/** Does tasks of some kinds, a few at a time, and logs what fails. */
import { type Database, databaseFault } from "#app/db.server.ts";
import { describeError, report } from "#app/report.server.ts";
import { onNudge, type TaskKind } from "#app/tasks.server.ts";
import { isDoneWithin } from "#app/within.server.ts";
import { isStuck, waitAfter } from "./back-off.ts";
import { type Claimed, claimTasks, extendClaims, finish, forgetDone, letGo, putOff, tryAgain } from "./claim.server.ts";
import type { Done, GivenUp, Handlers } from "./handler.ts";

/** Milliseconds that a claim is good for: with the look after it, what a killed worker had is taken over well within half a minute. */
const LEASE = 20_000;
/** How often a claim is extended within its time: a worker that is slow, or whose database is away for a moment, keeps it. */
const EXTENSIONS = 4;
/** Milliseconds between two looks, if nobody nudges. */
const LOOK_EVERY = 1_000;
/** Tasks that are forgotten at a time, and milliseconds until the next look for some, when there were no more. */
const FORGOTTEN_TOGETHER = 500;
const FORGET_EVERY = 60 * 60_000;

export class Worker {
  readonly #client: Database;
  readonly #handlers: Handlers;
  readonly #kinds: TaskKind[];
  readonly #atOnce: number;
  readonly #lease: number;
  /** By claim. */
  readonly #underWay = new Map<string, { done: Promise<void>; stop: AbortController }>();
  /** The kinds whose latest try has failed: told once. */
  readonly #failing = new Set<TaskKind>();
  #canClaim = true;
  #forgetAt = 0;
  #hinted = false;
  #wake: () => void = () => undefined;
  #ended = false;
  #running: Promise<void> | undefined;

  constructor(client: Database, handlers: Handlers, { atOnce, lease = LEASE }: { atOnce: number; lease?: number }) {
    this.#client = client;
    this.#handlers = handlers;
    this.#kinds = Object.keys(handlers) as TaskKind[];
    this.#atOnce = atOnce;
    this.#lease = lease;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Begins no more tasks. Those under way get `patience` milliseconds, and are then given back. */
  async end(patience: number): Promise<void> {
    this.#ended = true;
    this.nudge();
    const ended = Promise.resolve(this.#running);
    await isDoneWithin(patience, ended);
    const left = [...this.#underWay.keys()];
    if (left.length === 0) return;
    for (const { stop } of this.#underWay.values()) stop.abort();
    // Unanswered, they are taken over when their time has run out.
    await letGo(this.#client, left).catch(() => undefined);
  }

  nudge(): void {
    this.#hinted = true;
    this.#wake();
  }

  async #run(): Promise<void> {
    const deaf = onNudge(() => this.nudge());
    const extending = setInterval(() => void this.#extend(), this.#lease / EXTENSIONS).unref();
    while (!this.#isEnded()) {
      this.#hinted = false;
      const tasks = await this.#claim();
      // Also those that were claimed while the process was told to end: they are done, or given back with the others.
      for (const task of tasks) this.#begin(task);
      if (tasks.length > 0) continue;
      if (this.#underWay.size === 0) await this.#forget();
      await this.#hint();
    }
    deaf();
    await Promise.all([...this.#underWay.values()].map(({ done }) => done));
    clearInterval(extending);
  }

  /** A function, because `end` changes it while `#run` waits, which the type checker cannot see. */
  #isEnded(): boolean {
    return this.#ended;
  }

  #hint(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#hinted) return resolve();
      const timer = setTimeout(resolve, LOOK_EVERY).unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #claim(): Promise<Claimed[]> {
    const room = this.#atOnce - this.#underWay.size;
    if (room <= 0) return [];
    try {
      const tasks = await claimTasks(this.#client, this.#kinds, room, this.#lease);
      this.#canClaim = true;
      return tasks;
    } catch (error) {
      // Another worker was quicker with a task of the same lane.
      if (databaseFault(error) === "conflict") {
        this.#hinted = true;
        return [];
      }
      if (this.#canClaim) report("outbox_stands_still", describeError(error));
      this.#canClaim = false;
      return [];
    }
  }

  /** When there is nothing to do. What keeps it from that keeps it from claiming, too, which is told. */
  async #forget(): Promise<void> {
    if (performance.now() < this.#forgetAt) return;
    const forgotten = await forgetDone(this.#client, FORGOTTEN_TOGETHER).catch(() => 0);
    this.#forgetAt = performance.now() + (forgotten === FORGOTTEN_TOGETHER ? 0 : FORGET_EVERY);
  }

  #begin(task: Claimed): void {
    const stop = new AbortController();
    const done = this.#do(task, stop.signal).finally(() => {
      this.#underWay.delete(task.claim);
      // There is room now, and the next of its lane may begin.
      this.nudge();
    });
    this.#underWay.set(task.claim, { done, stop });
  }

  async #do(task: Claimed, signal: AbortSignal): Promise<void> {
    const outcome = await this.#outcomeOf(task, signal);
    // What cannot be written now is done again when the claim has run out.
    await this.#write(task, outcome).catch((error: unknown) =>
      report("task_outcome_lost", { task: task.id, kind: task.kind, ...describeError(error), stack: undefined }),
    );
  }

  async #outcomeOf({ claim: _, stuck: __, ...task }: Claimed, signal: AbortSignal): Promise<Done | GivenUp> {
    try {
      const handler = this.#handlers[task.kind];
      if (!handler) throw new Error(`nobody does tasks of kind ${task.kind}`);
      return await handler({ ...task, signal });
    } catch (error) {
      return { again: "soon", why: error instanceof Error ? error.message : String(error) };
    }
  }

  async #write({ id, kind, claim, attempts, stuck: wasStuck }: Claimed, outcome: Done | GivenUp): Promise<void> {
    if (outcome === "done" || "giveUp" in outcome || outcome.again instanceof Date) this.#failing.delete(kind);
    if (outcome === "done") return finish(this.#client, claim, null);
    if ("giveUp" in outcome) return finish(this.#client, claim, asReason(outcome.giveUp));
    const { again } = outcome;
    const why = asReason(outcome.why);
    if (again instanceof Date) return putOff(this.#client, claim, again, why);
    const stuck = isStuck(attempts);
    await tryAgain(this.#client, claim, waitAfter(attempts), { why, stuck });
    if (stuck && !wasStuck) report("task_stuck", { task: id, kind, attempts, why });
    if (!this.#failing.has(kind)) report("task_failed", { task: id, kind, why });
    this.#failing.add(kind);
  }

  async #extend(): Promise<void> {
    if (this.#underWay.size === 0) return;
    const claims = [...this.#underWay.keys()];
    const good = await extendClaims(this.#client, claims, this.#lease).catch(() => undefined);
    if (!good) return;
    for (const claim of claims) if (!good.has(claim)) this.#underWay.get(claim)?.stop.abort();
  }
}

const LONGEST_REASON = 500;

/**
 * What others said, as text that PostgreSQL takes. It refuses a NUL, and the outcome with it: the task would be tried again at
 * once for ever, and never be stuck.
 */
function asReason(said: string): string {
  return said
    .slice(0, LONGEST_REASON)
    .toWellFormed()
    .replace(/[\s\p{Cc}]+/gu, " ");
}
