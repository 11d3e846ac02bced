/** What does tasks: a function for each kind, which the app passes to the outbox when it starts. */
import type { MoneyKind, TaskKind } from "#app/tasks.server.ts";

export interface Task {
  id: string;
  kind: TaskKind;
  subject: string;
  part: string;
  /** 1 at the first try. It begins anew when the task was put off to a time, or when the operator asked for another try. */
  attempts: number;
  /** 1 at the first try, and one more at every other: part of the key under which a provider is asked. It never begins anew. */
  tries: number;
  /** Aborted when the process ends, or when another worker has taken the task over: nothing should be begun then. */
  signal: AbortSignal;
}

/**
 * `again` at a time: nothing failed, it is only too early, and whatever stands behind it in its lane goes first. `again` "soon":
 * it has to be done before those, and is tried again with more and more time in between. The same is done about whatever is thrown.
 * `why` is shown to the operator, and so says nothing of a buyer.
 */
export type Done = "done" | { again: Date | "soon"; why: string };
export type GivenUp = { giveUp: string };

/** Money is never given up. */
export type Handlers = Partial<
  Record<MoneyKind, (task: Task) => Promise<Done>> & { mail: (task: Task) => Promise<Done | GivenUp> }
>;
