/** A process of its own with a worker that never ends what it has begun: `node tests/setup/endless-worker.ts`. Says "began <subject>". */
import { db } from "#app/db.server.ts";
import { Worker } from "#app/outbox/worker.server.ts";

const capture = ({ subject }: { subject: string }) => {
  process.stdout.write(`began ${subject}\n`);
  return new Promise<never>(() => setInterval(() => undefined, 1_000));
};
new Worker(db, { capture }, { atOnce: 1 }).start();
