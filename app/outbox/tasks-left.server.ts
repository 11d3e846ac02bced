/** What an operator sees of the outbox, and can ask of it. */
import { type Database, db } from "#app/db.server.ts";
import type { TaskKind } from "#app/tasks.server.ts";

export interface TaskLeft {
  id: string;
  kind: TaskKind;
  subject: string;
  part: string;
  /** `waiting` for its time, or for those before it in its lane; `given_up`: a mail. */
  state: "stuck" | "failed" | "under_way" | "waiting" | "given_up";
  attempts: number;
  /** When it is tried next. */
  tryAt: Date;
  why: string | null;
}

/** Every task that is not done, and every mail that was given up: what needs the operator comes first. */
export function listTasksLeft(client: Database = db): Promise<TaskLeft[]> {
  return client.$queryRaw<TaskLeft[]>`
    SELECT id::text AS id, kind, subject, part, state, attempts, try_at AS "tryAt", last_error AS why
    FROM (
      SELECT *,
             CASE WHEN done_at IS NOT NULL THEN 'given_up' WHEN stuck THEN 'stuck' WHEN leased_by IS NOT NULL THEN 'under_way'
                  WHEN attempts > 0 THEN 'failed' ELSE 'waiting' END AS state
      FROM tasks WHERE done_at IS NULL OR last_error IS NOT NULL
    ) AS left_over
    ORDER BY array_position(ARRAY['stuck', 'failed', 'under_way', 'waiting', 'given_up'], state), try_at, left_over.id`;
}

/** Makes a task due now, even a mail that was given up or kept. False: there is no such task, or it is done or under way. */
export async function retryTask(id: string, client: Database = db): Promise<boolean> {
  const tried = await client.$executeRaw`
    UPDATE tasks
    SET due_at = least(due_at, now()), try_at = now(), attempts = 0, stuck = false, done_at = NULL
    WHERE id = ${id}::bigint AND leased_by IS NULL
      AND (done_at IS NULL OR last_error IS NOT NULL OR EXISTS (
        SELECT 1 FROM mails
        WHERE tasks.kind = 'mail' AND order_id = tasks.subject AND sent_at IS NULL
          AND concat_ws(':', mails.kind, nullif(mails.part, '')) = tasks.part))`;
  return tried > 0;
}

/** The same for every task that has failed and is not done; returns how many. */
export function retryFailedTasks(client: Database = db): Promise<number> {
  return client.$executeRaw`
    UPDATE tasks SET try_at = now(), attempts = 0, stuck = false
    WHERE done_at IS NULL AND leased_by IS NULL AND attempts > 0`;
}
