/** The outbox of this process: what must happen after a commit happens here, or in any other instance. */
import { db } from "#app/db.server.ts";
import { env } from "#app/env.server.ts";
import { singleton } from "#app/singleton.server.ts";
import type { Handlers } from "./handler.ts";
import { Worker } from "./worker.server.ts";

/** Tasks under way at once. Mail has workers of its own: a mail server that hangs must not keep money waiting. */
const AT_ONCE = { money: 8, mail: 2 };

const workers = singleton("outbox-workers", () => new Set<Worker>());

/** From now on tasks of these kinds are done. Those of other kinds are left as they are. */
export function startOutbox({ mail, ...money }: Handlers): void {
  if (!env.OUTBOX) return;
  singleton("outbox", () => {
    if (Object.keys(money).length > 0) workers.add(new Worker(db, money, { atOnce: AT_ONCE.money }));
    if (mail) workers.add(new Worker(db, { mail }, { atOnce: AT_ONCE.mail }));
    for (const worker of workers) worker.start();
    return true;
  });
}

/** Milliseconds for tasks that are under way when the process ends. */
const PATIENCE = 2_000;

export async function endOutbox(): Promise<void> {
  await Promise.all([...workers].map((worker) => worker.end(PATIENCE)));
}
