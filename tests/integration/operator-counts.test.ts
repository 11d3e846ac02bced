/** What an operator counts and adds from the command line is counted once, whatever is sold or lost meanwhile. */
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { audit } from "#app/shop/audit.server.ts";
import type { NewItem } from "#app/shop/catalogue.server.ts";
import { readNewItem } from "#app/shop/item-form.ts";
import { addItem, correctItem } from "#app/shop/stocking.server.ts";
import { until } from "#harness/shop.ts";
import { startProxy } from "#harness/switchable-proxy.ts";
import { items } from "../setup/items.ts";
import { buy, headlines, moth, putUp, refused, stateOf } from "../setup/operator.ts";

/** The key that a command printed before it acted. */
function keyIn(said: string[]): string {
  return said.map((line) => /^Key of this command: (\S+)$/.exec(line)?.[1]).find((key) => key !== undefined) ?? "";
}

/** Transactions that change an item, not what a command looks at first. */
const OF_THE_STOCK = { of: "stock" };

async function soldOf(itemId: string): Promise<number> {
  const { _sum } = await db.order.aggregate({ where: { itemId }, _sum: { quantity: true } });
  return _sum.quantity ?? 0;
}

test(
  "a count puts nothing back that was sold since: it holds for the version that was seen",
  { timeout: 120_000 },
  async () => {
    await putUp("count-moth", 5);
    // A count without its version says which one there is, and changes nothing.
    expect(await items(["correct", "count-moth", "5"])).toEqual(
      refused("count-moth has 5 left at version 1. If that is when you counted 5, add --seen 1."),
    );
    await until(async () => (await buy("count-moth")).status === 201);
    const late = await items(["correct", "count-moth", "5", "--seen", "1"]);
    expect(late.code).toBe(1);
    expect(late.complained).toEqual([
      "count-moth has moved on: you counted 5 at version 1, and now 4 are left at version 2. Pause it first, count again, and then correct it. Nothing was changed.",
    ]);
    expect(await stateOf("count-moth")).toMatchObject([{ available: 4, version: 2 }]);
    // As it is told to: paused, the version stays while one counts.
    expect((await items(["pause", "count-moth"])).code).toBe(0);
    expect((await buy("count-moth")).status).toBe(409);
    expect(headlines(await items(["correct", "count-moth", "3", "--seen", "2"])).said.at(-1)).toBe(
      "count-moth: 3 left in run 1, paused",
    );
    // What is off by some needs no version.
    expect(headlines(await items(["correct", "count-moth", "+2"])).said.at(-1)).toBe(
      "count-moth: 5 left in run 1, paused",
    );
    expect(headlines(await items(["correct", "count-moth", "-1"])).said.at(-1)).toBe(
      "count-moth: 4 left in run 1, paused",
    );
    expect((await items(["correct", "count-moth", "-5"])).complained).toEqual([
      "count-moth has only 4 left. Nothing was changed.",
    ]);
    expect((await audit()).findings).toEqual([]);
  },
);

test(
  "twenty up, twelve buy while a count of twenty is written: what was sold and what is left are twenty",
  { timeout: 120_000 },
  async () => {
    for (const round of [0, 1, 2, 3, 4, 5]) {
      const id = `race-moth-${round}`;
      await putUp(id, 20);
      // In this process: a command takes longer to start than twelve buyers to buy.
      const bought = Array.from({ length: 2 * round }, () => buy(id));
      const counted = correctItem(id, { to: 20, seenVersion: 1 }, { key: randomUUID() });
      bought.push(...Array.from({ length: 12 - 2 * round }, () => buy(id)));
      expect(["done", "moved_on"]).toContain((await counted).kind);
      expect((await Promise.all(bought)).map(({ status }) => status)).toEqual(Array<number>(12).fill(201));
      expect(await soldOf(id)).toBe(12);
      expect(await stateOf(id)).toMatchObject([{ available: 8 }]);
    }
    expect((await audit()).findings).toEqual([]);
  },
);

test(
  "an answer to COMMIT that is lost: the command repeats itself with its key, and the units are added once",
  { timeout: 120_000 },
  async () => {
    await putUp("lost-moth", 1);
    const proxy = await startProxy(process.env.DATABASE_URL ?? "");
    try {
      for (const [args, left] of [
        [["restock", "lost-moth", "5"], 6],
        [["correct", "lost-moth", "-2"], 4],
        [["correct", "lost-moth", "9", "--seen", "3"], 9],
      ] as const) {
        let lost = 0;
        const stop = proxy.loseAnswersToCommit(() => {
          lost += 1;
          stop();
        }, OF_THE_STOCK);
        const result = await items([...args], { DATABASE_URL: proxy.url });
        expect(lost).toBe(1);
        expect(result).toMatchObject({
          code: 0,
          complained: ["The connection to the database was lost. Trying again in 0.5 s."],
        });
        expect(result.said).toContain(`lost-moth: ${left} left in run 1, available`);
        expect(result.said.at(-1)).toMatch(/^ {2}this was done before: [+-]\d at version \d, which left \d$/);
      }
      // What is told, not counted: the second time does no more than the first.
      for (const [command, content, says] of [
        ["add", { ...moth, id: "lost-owl", position: 50 }, "  it was already there"],
        ["change", { id: "lost-owl", name: "Lost Owl" }, "  changed nothing: it was so before"],
      ] as const) {
        const stop = proxy.loseAnswersToCommit(() => stop(), OF_THE_STOCK);
        const result = await items([command, "-"], { DATABASE_URL: proxy.url }, JSON.stringify(content));
        expect(result).toMatchObject({ code: 0, complained: [expect.stringContaining("Trying again in 0.5 s.")] });
        expect(result.said.at(-1)).toBe(says);
      }
      const stop = proxy.loseAnswersToCommit(() => stop(), OF_THE_STOCK);
      expect(headlines(await items(["pause", "lost-owl"], { DATABASE_URL: proxy.url })).said).toEqual([
        "lost-owl: 2 left in run 1, paused",
      ]);
    } finally {
      proxy.close();
    }
    expect((await audit()).findings).toEqual([]);
  },
);

test(
  "a shell loop that runs a lost restock again adds nothing twice: it is refused until its key or --again is given",
  { timeout: 120_000 },
  async () => {
    await putUp("loop-moth", 1);
    const proxy = await startProxy(process.env.DATABASE_URL ?? "");
    let key: string;
    try {
      proxy.loseAnswersToCommit(() => proxy.off(), OF_THE_STOCK);
      const first = await items(["restock", "loop-moth", "5"], { DATABASE_URL: proxy.url });
      key = keyIn(first.said);
      expect(first).toMatchObject({ code: 1, said: [`Key of this command: ${key}`] });
      expect(first.complained.at(-1)).toBe(
        `The database can no longer be reached, so it is not known whether this was done. Run the same command again with --key ${key}: it is done only once.`,
      );
    } finally {
      proxy.close();
    }
    const second = await items(["restock", "loop-moth", "5"]);
    expect(second.code).toBe(1);
    expect(second.complained).toEqual([
      expect.stringMatching(
        new RegExp(
          `^5 were added to loop-moth \\d+ s ago, at version 2\\. If this is the same restock, add --key ${key}: nothing is added twice\\. If it is another one, add --again\\. Nothing was changed\\.$`,
        ),
      ),
    ]);
    const repeated = await items(["restock", "loop-moth", "5", "--key", key]);
    expect(repeated).toMatchObject({ code: 0, complained: [] });
    expect(repeated.said[0]).toBe("loop-moth: 6 left in run 1, available");
    expect(repeated.said.at(-1)).toBe("  this was done before: +5 at version 2, which left 6");
    // The key is of that change alone.
    expect(await items(["restock", "loop-moth", "7", "--key", key])).toEqual(
      refused("has already made a different change to loop-moth. Leave out --key"),
    );
    expect(await items(["correct", "loop-moth", "+5", "--key", key])).toEqual(
      refused("has already made a different change to loop-moth"),
    );
    expect(headlines(await items(["restock", "loop-moth", "7"])).said.at(-1)).toBe(
      "loop-moth: 13 left in run 1, available",
    );
    // Equal to one before the last, and then meant.
    expect(headlines(await items(["restock", "loop-moth", "5"])).said.at(-1)).toBe(
      "loop-moth: 18 left in run 1, available",
    );
    expect(headlines(await items(["restock", "loop-moth", "5", "--again"])).said.at(-1)).toBe(
      "loop-moth: 23 left in run 1, available",
    );
    expect((await audit()).findings).toEqual([]);
  },
);

test("a draft is known, and has nothing to count yet", async () => {
  const { item } = readNewItem({ ...moth, id: "unborn-moth", status: "draft" });
  await db.$transaction((tx) => addItem(tx, item as NewItem));
  for (const command of [
    ["restock", "unborn-moth", "2"],
    ["correct", "unborn-moth", "2", "--seen", "1"],
  ])
    expect(await items(command)).toEqual(refused("unborn-moth is a draft: its quantity is changed by"));
});
