/** Tasks of a test, and workers that end with it. */
import { randomUUID } from "node:crypto";
import { afterEach } from "vitest";
import { db } from "#app/db.server.ts";
import type { Handlers } from "#app/outbox/handler.ts";
import { Worker } from "#app/outbox/worker.server.ts";
import { addTasks, type NewTask, nudge } from "#app/tasks.server.ts";

const workers: Worker[] = [];
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.end(5_000)));
  await db.$executeRaw`TRUNCATE tasks`;
});

export function startWorker(handlers: Handlers, options: { atOnce?: number; lease?: number } = {}): Worker {
  const worker = new Worker(db, handlers, { atOnce: 8, ...options });
  workers.push(worker);
  worker.start();
  return worker;
}

/** Written and told, as a decision does it. */
export async function write(...tasks: NewTask[]): Promise<void> {
  await db.$transaction((tx) => addTasks(tx, tasks));
  nudge();
}

/** A payment, and how its tasks are written: all in its lane. */
export function newPayment(): { id: string; task: (kind: NewTask["kind"], more?: Partial<NewTask>) => NewTask } {
  const id = randomUUID();
  return { id, task: (kind, more = {}) => ({ kind, subject: id, lane: id, ...more }) };
}

export interface TaskRow {
  kind: string;
  attempts: number;
  leased: boolean;
  done: boolean;
  stuck: boolean;
  why: string | null;
}

/** In the order in which they were written. */
export function tasksOf(lane: string): Promise<TaskRow[]> {
  return db.$queryRaw<TaskRow[]>`
    SELECT kind, attempts, leased_by IS NOT NULL AS leased, done_at IS NOT NULL AS done, stuck, last_error AS why
    FROM tasks WHERE lane = ${lane} ORDER BY id`;
}
