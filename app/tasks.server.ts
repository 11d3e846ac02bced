/**
 * What must follow a commit, as rows that are written with it: app/outbox does them, after any crash. Whoever writes tasks
 * calls `nudge` once the commit is done; without it they are found within a second.
 */
import { Prisma } from "#prisma/client/client.ts";
import type { Transaction } from "./db.server.ts";
import { singleton } from "./singleton.server.ts";

/** What is asked of a payment's provider. Such a task is tried until it is done. */
export type MoneyKind = "settle" | "expire" | "capture" | "cancel" | "refund";
export type TaskKind = MoneyKind | "mail";

export interface NewTask {
  kind: TaskKind;
  /** What it is about: a payment's id, or of a mail the order's. */
  subject: string;
  /** Tells apart tasks of one kind and subject: which refund, which mail. Kind, subject and part together are written once. */
  part?: string;
  /**
   * Tasks of one lane are done one after the other, in the order in which they were written. One that is not due yet keeps
   * nobody waiting.
   */
  lane: string;
  /** Now, if it is left out. */
  dueAt?: Date;
}

/**
 * A statement that writes tasks, also as part of another: `WITH …, follow AS (${insertTasks(tasks)}) UPDATE …`. Its text does
 * not depend on the tasks. One that is there already, done or not, stays as it is.
 */
export function insertTasks(tasks: NewTask[]): Prisma.Sql {
  // Whole milliseconds, as the columns have them: rounded up, a task would not be due yet when the commit's nudge comes.
  return Prisma.sql`
    INSERT INTO tasks (kind, subject, part, lane, due_at, try_at)
    SELECT kind, subject, part, lane, due_at, due_at
    FROM (
      SELECT kind, subject, part, lane, nth, coalesce(due_at, date_trunc('milliseconds', statement_timestamp())) AS due_at
      FROM unnest(
        ${tasks.map(({ kind }) => kind)}::text[], ${tasks.map(({ subject }) => subject)}::uuid[],
        ${tasks.map(({ part = "" }) => part)}::text[], ${tasks.map(({ lane }) => lane)}::text[],
        ${tasks.map(({ dueAt }) => dueAt?.toISOString() ?? null)}::timestamptz[]
      ) WITH ORDINALITY AS task (kind, subject, part, lane, due_at, nth)
    ) AS task
    ORDER BY nth
    ON CONFLICT (kind, subject, part) DO NOTHING`;
}

export async function addTasks(tx: Transaction, tasks: NewTask[]): Promise<void> {
  await tx.$executeRaw(insertTasks(tasks));
}

/**
 * Turns a task into one of another kind, due now, unless it was tried: a try may have had its effect, whatever it answered.
 * Says whether it did. A worker that wants to claim the task meanwhile passes it by, and one that has claimed it is waited for.
 */
export async function replaceTask(
  tx: Transaction,
  subject: string,
  kind: MoneyKind,
  by: MoneyKind,
  part = "",
): Promise<boolean> {
  const replaced = await tx.$executeRaw`
    UPDATE tasks
    SET kind = ${by}, due_at = least(due_at, date_trunc('milliseconds', statement_timestamp())),
        try_at = least(try_at, date_trunc('milliseconds', statement_timestamp()))
    WHERE kind = ${kind} AND subject = ${subject}::uuid AND part = ${part} AND tried_at IS NULL AND done_at IS NULL`;
  return replaced > 0;
}

/** The parts of all tasks of a kind that these subjects have or had. */
export async function listParts(tx: Transaction, kind: TaskKind, subjects: string[]): Promise<string[]> {
  const rows = await tx.$queryRaw<{ part: string }[]>`
    SELECT part FROM tasks WHERE kind = ${kind} AND subject = ANY(${subjects}::uuid[])`;
  return rows.map(({ part }) => part);
}

const listeners = singleton("task-listeners", () => new Set<() => void>());

/** Has the outbox of this process look at once. A hint, no more: the rows are the truth. */
export function nudge(): void {
  for (const wake of listeners) wake();
}

/** Returns what ends it. */
export function onNudge(wake: () => void): () => void {
  listeners.add(wake);
  return () => void listeners.delete(wake);
}
