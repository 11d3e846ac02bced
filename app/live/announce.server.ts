/** Tells the other instances what this one has committed, by NOTIFY. */
import { db } from "#app/db.server.ts";
import { outside } from "#app/outside.server.ts";
import { onPublished } from "#app/shop/memory.server.ts";
import { onShopPublished } from "#app/shop-settings.server.ts";
import { singleton } from "#app/singleton.server.ts";
import { Announcer } from "./announcer.server.ts";

export const CHANNEL = "lastone_stock";
/** Of no item: what the shop says of itself has changed. */
const OF_THE_SHOP = "[]";

const announcer = singleton("announcer", () => {
  // Outside any purchase: NOTIFY in a transaction holds a lock of the whole cluster through its commit.
  const notify = (payload: string) => db.$executeRaw`SELECT pg_notify(${CHANNEL}, ${payload})`;
  const announcer = new Announcer(notify);
  onPublished((change) => announcer.announce(change));
  // Only a hint is lost: every instance looks once a second.
  onShopPublished(() => void outside(() => notify(OF_THE_SHOP)).catch(() => undefined));
  return announcer;
});

/** Resolves when the other instances have been told, for a process that ends: not what a change every few milliseconds holds back. */
export function announced(): Promise<void> {
  return announcer.sent();
}
