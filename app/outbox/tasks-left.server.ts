/** What an operator sees of the outbox, and can ask of it. */
import { type Database, db } from "#app/db.server.ts";
import { BY_COMMAND, insertAct } from "#app/shop/acts.server.ts";
import { nudge, type TaskKind } from "#app/tasks.server.ts";

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

/** Every task that is not done, and every mail that was given up, or the first `most` of them: what needs the operator comes first. */
export function listTasksLeft(
  { most = null }: { most?: number | null } = {},
  client: Database = db,
): Promise<TaskLeft[]> {
  return client.$queryRaw<TaskLeft[]>`
    SELECT id::text AS id, kind, subject, part, state, attempts, try_at AS "tryAt", last_error AS why
    FROM (
      SELECT *,
             CASE WHEN done_at IS NOT NULL THEN 'given_up' WHEN stuck THEN 'stuck' WHEN leased_by IS NOT NULL THEN 'under_way'
                  WHEN attempts > 0 THEN 'failed' ELSE 'waiting' END AS state
      FROM tasks WHERE done_at IS NULL OR last_error IS NOT NULL
    ) AS left_over
    ORDER BY array_position(ARRAY['stuck', 'failed', 'under_way', 'waiting', 'given_up'], state), try_at, left_over.id
    LIMIT ${most}::int`;
}

interface ActOptions {
  /** Who asks for it. */
  by?: string;
  client?: Database;
}

/** Makes a task due now, even a mail that was given up or kept. False: there is no such task, or it is done or under way. */
export async function retryTask(id: string, { by = BY_COMMAND, client = db }: ActOptions = {}): Promise<boolean> {
  const isTried = await client.$transaction(async (tx) => {
    const [task] = await tx.$queryRaw<{ kind: string; subject: string; part: string }[]>`
      UPDATE tasks
      SET due_at = least(due_at, now()), try_at = now(), attempts = 0, stuck = false, done_at = NULL
      WHERE id = ${id}::bigint AND leased_by IS NULL
        AND (done_at IS NULL OR last_error IS NOT NULL OR EXISTS (
          SELECT 1 FROM mails
          WHERE tasks.kind = 'mail' AND order_id = tasks.subject AND sent_at IS NULL
            AND concat_ws(':', mails.kind, nullif(mails.part, '')) = tasks.part))
      RETURNING kind, subject, part`;
    if (!task) return false;
    const after = { task: task.kind, ...(task.part !== "" && { part: task.part }) };
    await insertAct(tx, { who: by, what: "task_retried", orderId: task.subject, after });
    return true;
  });
  if (isTried) nudge();
  return isTried;
}

/** The same for every task that has failed and is not done; returns how many. */
export async function retryFailedTasks({ by = BY_COMMAND, client = db }: ActOptions = {}): Promise<number> {
  const tasks = await client.$transaction(async (tx) => {
    const tried = await tx.$executeRaw`
      UPDATE tasks SET try_at = now(), attempts = 0, stuck = false
      WHERE done_at IS NULL AND leased_by IS NULL AND attempts > 0`;
    if (tried > 0) await insertAct(tx, { who: by, what: "task_retried", after: { tasks: tried } });
    return tried;
  });
  if (tasks > 0) nudge();
  return tasks;
}
