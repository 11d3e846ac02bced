/** Tells the other instances what this one has committed, by NOTIFY. */
import { db } from "#app/db.server.ts";
import { onPublished } from "#app/shop/memory.server.ts";
import { singleton } from "#app/singleton.server.ts";
import { Announcer } from "./announcer.server.ts";

export const CHANNEL = "lastone_stock";

const announcer = singleton("announcer", () => {
  // Outside any purchase: NOTIFY in a transaction holds a lock of the whole cluster through its commit.
  const announcer = new Announcer((payload) => db.$executeRaw`SELECT pg_notify(${CHANNEL}, ${payload})`);
  onPublished((change) => announcer.announce(change));
  return announcer;
});

/** Resolves when the other instances have been told, for a process that ends: not what a change every few milliseconds holds back. */
export function announced(): Promise<void> {
  return announcer.sent();
}
