import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { OneAtATime, TooMany } from "./one-at-a-time.ts";

test("one after the other, as many as may wait, also after a failure; who comes beyond them is told at once", async () => {
  const queue = new OneAtATime(2);
  let under = 0;
  const work = async (fails: boolean) => {
    under += 1;
    expect(under).toBe(1);
    await sleep(5);
    under -= 1;
    if (fails) throw new Error("failed");
  };
  const answers = await Promise.allSettled(
    [true, false, false, false, false].map((fails) => queue.run(() => work(fails))),
  );
  expect(answers.map((answer) => (answer.status === "rejected" ? answer.reason instanceof TooMany : "done"))).toEqual([
    false,
    "done",
    "done",
    true,
    true,
  ]);
  await expect(queue.run(() => Promise.resolve("again"))).resolves.toBe("again");
});
