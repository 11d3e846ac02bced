import { AsyncLocalStorage } from "node:async_hooks";
import { expect, test, vi } from "vitest";
import { Till } from "./till.server.ts";

/** Twice, because a till begins in the turn after the one that its work was decided in. */
async function turn(): Promise<void> {
  for (let turns = 0; turns < 2; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A till whose decisions wait until the test lets them go; an outcome says in which batch a wish was decided. */
function tillOf(limits: { batch?: number; wait?: number; queue?: number } = {}) {
  const batches: number[][] = [];
  const waiting: (() => void)[] = [];
  const idle = vi.fn();
  const till = new Till<number, string>({
    decide: async (take) => {
      // Whoever joins in the same turn of the event loop belongs to the same batch.
      await new Promise((resolve) => setImmediate(resolve));
      const wishes = take();
      if (wishes.length === 0) return [];
      batches.push(wishes);
      const name = `batch ${batches.length}`;
      await new Promise<void>((resolve) => waiting.push(resolve));
      return wishes.map((wish) =>
        wish < 0 ? { status: "rejected", reason: new Error(`bad ${wish}`) } : { status: "fulfilled", value: name },
      );
    },
    turnAway: () => "turned away",
    onIdle: idle,
    limits: { batch: 100, wait: 60_000, queue: 1_000, ...limits },
  });
  const decideNext = async () => {
    waiting.shift()?.();
    await turn();
  };
  /** Joins one wish and lets its decision begin, so that whoever joins after it is in a later batch. */
  const joinAlone = async (wish: number) => {
    const outcome = till.join(wish);
    await turn();
    return { outcome };
  };
  return { till, batches, idle, decideNext, joinAlone };
}

test("who arrives while others are decided is decided next, together, in order of arrival", async () => {
  const { till, batches, idle, decideNext, joinAlone } = tillOf();
  const { outcome } = await joinAlone(1);
  expect(batches).toEqual([[1]]);
  const outcomes = Promise.all([2, 3, 4].map((wish) => till.join(wish)));
  await decideNext();
  expect(batches).toEqual([[1], [2, 3, 4]]);
  expect(idle).not.toHaveBeenCalled();
  await decideNext();
  expect([await outcome, ...(await outcomes)]).toEqual(["batch 1", "batch 2", "batch 2", "batch 2"]);
  expect(idle).toHaveBeenCalledOnce();
});

test("no more than a batch at a time, and one batch at a time", async () => {
  const { till, batches, decideNext } = tillOf({ batch: 2 });
  const outcomes = Promise.all([1, 2, 3, 4, 5].map((wish) => till.join(wish)));
  await turn();
  expect(batches).toEqual([[1, 2]]);
  for (let step = 0; step < 3; step += 1) await decideNext();
  expect(await outcomes).toEqual(["batch 1", "batch 1", "batch 2", "batch 2", "batch 3"]);
});

test("who would make the queue too long is turned away at once, and nobody else", async () => {
  const { till, decideNext, joinAlone } = tillOf({ queue: 2 });
  const { outcome } = await joinAlone(1);
  const outcomes = Promise.all([2, 3].map((wish) => till.join(wish)));
  expect(await till.join(4)).toBe("turned away");
  await decideNext();
  await decideNext();
  expect([await outcome, ...(await outcomes)]).toEqual(["batch 1", "batch 2", "batch 2"]);
});

test("who has waited too long is turned away and never decided, while the batch under way goes on", async () => {
  const { till, batches, decideNext, joinAlone } = tillOf({ wait: 200 });
  const { outcome } = await joinAlone(1);
  expect(await Promise.all([till.join(2), till.join(3)])).toEqual(["turned away", "turned away"]);
  await decideNext();
  expect(await outcome).toBe("batch 1");
  const later = await joinAlone(4);
  await decideNext();
  expect(await later.outcome).toBe("batch 2");
  expect(batches).toEqual([[1], [4]]);
});

test("one that fails does so alone, and a batch that fails as a whole does not stop the till", async () => {
  const { till, decideNext } = tillOf();
  const outcomes = Promise.allSettled([1, -2, 3].map((wish) => till.join(wish)));
  await turn();
  await decideNext();
  expect((await outcomes).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);

  const limits = { batch: 2, wait: 1_000, queue: 10 };
  const turnAway = () => "turned away";
  const broken = new Till<number, string>({ decide: () => Promise.reject(new Error("broken")), turnAway, limits });
  await expect(broken.join(1)).rejects.toThrow("broken");
  await expect(broken.join(2)).rejects.toThrow("broken");
});

test("a decision without results, or that throws at once, fails its batch and leaves the till open", async () => {
  const decisions: (() => never)[] = [
    () => undefined as never,
    () => {
      throw new Error("thrown at once");
    },
  ];
  for (const decide of decisions) {
    const limits = { batch: 2, wait: 1_000, queue: 10 };
    const idle = vi.fn();
    const till = new Till<number, string>({ decide, turnAway: () => "turned away", onIdle: idle, limits });
    for (const wish of [1, 2]) {
      await expect(till.join(wish)).rejects.toThrow();
      await turn();
    }
    expect(idle).toHaveBeenCalledTimes(2);
  }
});

test("wishes of two requests are decided in the context of neither", async () => {
  const requests = new AsyncLocalStorage<string>();
  const seen: (string | undefined)[] = [];
  const limits = { batch: 1, wait: 1_000, queue: 10 };
  const till = new Till<number, string>({
    decide: (take) => {
      seen.push(requests.getStore());
      return Promise.resolve(take().map(() => ({ status: "fulfilled", value: "decided" })));
    },
    turnAway: () => "turned away",
    limits,
  });
  await Promise.all([requests.run("Ann", () => till.join(1)), requests.run("Bob", () => till.join(2))]);
  expect(seen).toEqual([undefined, undefined]);
});

test("a till that nobody is at says so, once for each time", async () => {
  let idle = 0;
  const till = new Till<number, string>({
    decide: (take) => Promise.resolve(take().map(() => ({ status: "fulfilled", value: "decided" }))),
    turnAway: () => "turned away",
    onIdle: () => (idle += 1),
    limits: { batch: 10, wait: 1_000, queue: 10 },
  });
  for (let time = 1; time <= 2; time += 1) {
    await Promise.all([till.join(1), till.join(2)]);
    await turn();
    expect(idle).toBe(time);
  }
});
