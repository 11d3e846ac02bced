import { expect, test } from "vitest";
import type { Stock } from "#app/shop/item.ts";
import type { Connection, Hearer } from "./connection.ts";
import { Tab } from "./tab.ts";

const stockOf = (id: string, changes: Partial<Stock> = {}): Stock => ({
  id,
  quantity: 9,
  held: 0,
  version: 5,
  edition: 0,
  epoch: 1,
  run: 1,
  state: "available",
  ...changes,
});
const thousand = (changes: Partial<Stock> = {}) =>
  Array.from({ length: 1_000 }, (_, n) => stockOf(`item-${n}`, changes));

/** A tab that shows these items, what its line says, and how often it has rendered since. */
async function open(stocks: Stock[]) {
  let hearer: Hearer | undefined;
  let renders = 0;
  const followed: string[][] = [];
  const tab = new Tab(
    (hears) => {
      hearer = hears;
      return { isShared: true, follow: (ids) => void followed.push([...ids]), close: () => undefined };
    },
    () => undefined,
  );
  tab.show(
    stocks.map(({ id }) => id),
    () => (renders += 1),
  );
  tab.arrive(stocks, 0);
  await Promise.resolve();
  if (!hearer) throw new Error("no line was opened");
  renders = 0;
  return { tab, followed, renders: () => renders, ...hearer };
}

test("a snapshot of 1,000 items that are known already renders nothing, and one with news once", async () => {
  const { tab, renders, onStocks } = await open(thousand());
  onStocks(thousand());
  expect(renders()).toBe(0);
  onStocks(thousand({ version: 6, quantity: 8 }));
  expect([renders(), tab.news().stock.get("item-999")?.quantity]).toEqual([1, 8]);
});

test("of a snapshot only what is newer is taken over, and the rest stays the same object", async () => {
  const { tab, renders, onStocks } = await open(thousand());
  const before = tab.news().stock.get("item-1");
  onStocks(thousand({ version: 4, quantity: 10 }));
  expect(renders()).toBe(0);
  onStocks(thousand().with(2, stockOf("item-2", { version: 7, quantity: 0, state: "sold_out" })));
  expect(renders()).toBe(1);
  expect(tab.news().stock.get("item-1")).toBe(before);
  expect(tab.news().stock.get("item-2")?.state).toBe("sold_out");
});

test("a new edition or epoch is news with the same version or a lower one, and an older epoch never is", async () => {
  const { tab, onStocks } = await open([stockOf("a")]);
  onStocks([stockOf("a", { edition: 1, state: "paused" })]);
  expect(tab.news().stock.get("a")?.state).toBe("paused");
  onStocks([stockOf("a", { epoch: 2, version: 3, quantity: 11 })]);
  onStocks([stockOf("a", { epoch: 1, version: 9, quantity: 1 })]);
  expect(tab.news().stock.get("a")).toMatchObject({ epoch: 2, version: 3, quantity: 11 });
});

test("an opening, which makes no new version, is news on the line, and once", async () => {
  const { tab, renders, onStocks, onConnection } = await open([stockOf("a", { state: "not_open" })]);
  onConnection("live");
  onStocks([stockOf("a")]);
  onStocks([stockOf("a")]);
  expect([renders(), tab.news().stock.get("a")?.state]).toEqual([2, "available"]);
  // A page that was rendered before it brings nothing back.
  tab.arrive([stockOf("a", { state: "not_open" })], 0);
  expect(tab.news().stock.get("a")?.state).toBe("available");
});

test("a heartbeat renders nothing, and moves the time at which the server was heard", async () => {
  const { tab, renders, onConnection, onTime } = await open([stockOf("a")]);
  const turns: Connection[] = ["live", "live", "live", "reconnecting", "reconnecting", "live"];
  onTime(Date.parse("2030-01-01T00:00:00Z"));
  turns.forEach(onConnection);
  expect(renders()).toBe(3);
  expect(new Date(tab.heardAt()).toISOString()).toMatch(/^2030-01-01T00:00:0/);
});

test("a page that shows no item has a line, too, since the first may come", async () => {
  const { followed } = await open([]);
  expect(followed).toEqual([[]]);
});
