import { expect, test } from "vitest";
import { SharedReading } from "./shared-reading.ts";

test("one reading is under way, and what is asked meanwhile is read once, after it", async () => {
  const begun: PromiseWithResolvers<number>[] = [];
  const shared = new SharedReading(() => {
    const reading = Promise.withResolvers<number>();
    begun.push(reading);
    return reading.promise;
  });
  const first = shared.get("one");
  const others = [shared.get("one"), shared.get("one")];
  expect(begun).toHaveLength(1);
  begun[0]?.resolve(1);
  expect(await first).toBe(1);
  await Promise.resolve();
  expect(begun).toHaveLength(2);
  begun[1]?.resolve(2);
  expect(await Promise.all(others)).toEqual([2, 2]);

  const last = shared.get("one");
  expect(begun).toHaveLength(3);
  begun[2]?.reject(new Error("away"));
  await expect(last).rejects.toThrow("away");
  void shared.get("one");
  expect(begun).toHaveLength(4);
});
