/** How long a task that failed waits for its next try. */

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 5 * 60_000;
/** About an hour of tries. From then on the operator is shown the task. */
const STUCK_AFTER = 20;
const WAIT_WHEN_STUCK = 60 * 60_000;

export function isStuck(attempts: number): boolean {
  return attempts >= STUCK_AFTER;
}

/**
 * Milliseconds from try number `attempts` to the next. Half of it is chance: tasks that failed together, since the same provider was
 * away, do not come back as one.
 */
export function waitAfter(attempts: number, random = Math.random()): number {
  const wait = isStuck(attempts) ? WAIT_WHEN_STUCK : Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempts - 1));
  return Math.round(wait * (0.5 + random / 2));
}
