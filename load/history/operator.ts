/** An operator's program beside the instances: does what it is told by the shop's own verbs, and says how that ended. */
import { db, disconnect } from "#app/db.server.ts";
import { announced } from "#app/live/announce.server.ts";
import { audit } from "#app/shop/audit.server.ts";
import type { Price, Stock } from "#app/shop/item.ts";
import { publish } from "#app/shop/memory.server.ts";
import { changeItem, restockItem } from "#app/shop/stocking.server.ts";

export interface Verbs {
  restock: (item: string, units: number) => Promise<Stock | undefined>;
  reprice: (item: string, price: Price) => Promise<Stock | undefined>;
  audit: () => Promise<{ rule: string; itemId: string; line: string }[]>;
}

export type Verb = keyof Verbs;

export interface Command {
  id: number;
  verb: Verb;
  args: unknown[];
}

export interface Reply {
  id: number;
  /** What the verb gave, or why it threw. */
  value?: unknown;
  error?: string;
}

const verbs: Verbs = {
  restock: async (item, units) => {
    const change = await restockItem(item, units);
    return change.kind === "done" ? change.stock : undefined;
  },
  reprice: async (id, price) => {
    const stock = await db.$transaction((tx) => changeItem(tx, { id, price }));
    if (stock) publish(stock);
    return stock;
  },
  audit: async () => (await audit()).findings,
};

process.on("message", ({ id, verb, args }: Command) => {
  const act = verbs[verb] as (...args: unknown[]) => Promise<unknown>;
  const reply = (answer: Omit<Reply, "id">) => process.send?.({ id, ...answer } satisfies Reply);
  act(...args).then(
    (value) => reply({ value }),
    (error: unknown) => reply({ error: String(error) }),
  );
});
process.on("disconnect", () => void announced().then(disconnect));
