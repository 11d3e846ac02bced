/** Tasks as workers take them and give them back: all statements of the outbox. */
import type { Database } from "#app/db.server.ts";
import type { TaskKind } from "#app/tasks.server.ts";

export interface Claimed {
  id: string;
  kind: TaskKind;
  subject: string;
  part: string;
  attempts: number;
  tries: number;
  stuck: boolean;
  /** Names this claim alone. Every later write names it, so a worker whose time has run out can no longer change the task. */
  claim: string;
}

/**
 * Takes up to `most` tasks for `lease` milliseconds: those whose lane is free, and before them those whose worker let its time run out.
 *
 * A task waits for each earlier one of its lane that is due and not done, also while that one waits for its next try: a refund comes
 * after a capture that has no answer yet. SKIP LOCKED, or workers would stand in line for one task and then find it taken. Two
 * workers that look at the same moment can still see two different tasks of one lane as its first, since one becomes due in between:
 * the index `tasks_one_leased_in_a_lane` refuses the second, whose whole claim fails as a conflict. statement_timestamp, and no
 * clock that goes on while the statement runs: an index can be searched for it.
 */
export function claimTasks(client: Database, kinds: TaskKind[], most: number, lease: number): Promise<Claimed[]> {
  return client.$queryRaw<Claimed[]>`
    WITH next AS (
      SELECT id
      FROM tasks AS task
      WHERE done_at IS NULL AND try_at <= statement_timestamp() AND kind = ANY(${kinds})
        AND (leased_by IS NULL OR lease_until <= statement_timestamp())
        AND NOT EXISTS (
          SELECT 1 FROM tasks AS other
          WHERE other.lane = task.lane AND other.done_at IS NULL AND other.id <> task.id
            AND (other.leased_by IS NOT NULL
                 OR (task.leased_by IS NULL AND other.id < task.id AND other.due_at <= statement_timestamp())))
      ORDER BY try_at
      LIMIT ${most}
      FOR UPDATE SKIP LOCKED
    )
    UPDATE tasks
    SET leased_by = gen_random_uuid(), lease_until = statement_timestamp() + ${lease} * interval '1 millisecond',
        attempts = attempts + 1, tries = tries + 1, tried_at = statement_timestamp()
    FROM next
    WHERE tasks.id = next.id
    RETURNING tasks.id::text AS id, kind, subject, part, attempts, tries, stuck, leased_by AS claim`;
}

/** Those of the claims that are still good, and are for `lease` milliseconds more. */
export async function extendClaims(client: Database, claims: string[], lease: number): Promise<Set<string>> {
  const rows = await client.$queryRaw<{ claim: string }[]>`
    UPDATE tasks SET lease_until = statement_timestamp() + ${lease} * interval '1 millisecond'
    WHERE leased_by = ANY(${claims}::uuid[])
    RETURNING leased_by AS claim`;
  return new Set(rows.map(({ claim }) => claim));
}

/** Gives them back as they are: any worker may begin at once. */
export async function letGo(client: Database, claims: string[]): Promise<void> {
  await client.$executeRaw`
    UPDATE tasks SET leased_by = NULL, lease_until = NULL WHERE leased_by = ANY(${claims}::uuid[])`;
}

/** `why` it was given up, or null when it was done. */
export async function finish(client: Database, claim: string, why: string | null): Promise<void> {
  await client.$executeRaw`
    UPDATE tasks
    SET done_at = statement_timestamp(), leased_by = NULL, lease_until = NULL, stuck = false, last_error = ${why}
    WHERE leased_by = ${claim}::uuid`;
}

/** Not its turn until then: its lane goes on without it. */
export async function putOff(client: Database, claim: string, until: Date, why: string): Promise<void> {
  await client.$executeRaw`
    UPDATE tasks
    SET due_at = ${until}, try_at = ${until}, attempts = 0, leased_by = NULL, lease_until = NULL, stuck = false, last_error = ${why}
    WHERE leased_by = ${claim}::uuid`;
}

/** Tried again after `wait` milliseconds: its lane waits with it. */
export async function tryAgain(
  client: Database,
  claim: string,
  wait: number,
  { why, stuck }: { why: string; stuck: boolean },
): Promise<void> {
  await client.$executeRaw`
    UPDATE tasks
    SET try_at = statement_timestamp() + ${wait} * interval '1 millisecond', leased_by = NULL, lease_until = NULL, stuck = ${stuck},
        last_error = ${why}
    WHERE leased_by = ${claim}::uuid`;
}

/** How long what is done is kept, for whoever looks into what has happened. */
const KEPT_FOR = "30 days";

/** Deletes up to `most` tasks that were done long ago; how many. Another worker that does so at the same moment takes others. */
export function forgetDone(client: Database, most: number): Promise<number> {
  return client.$executeRaw`
    DELETE FROM tasks
    WHERE id IN (
      SELECT id FROM tasks WHERE done_at < statement_timestamp() - ${KEPT_FOR}::interval
      ORDER BY done_at LIMIT ${most} FOR UPDATE SKIP LOCKED)`;
}
