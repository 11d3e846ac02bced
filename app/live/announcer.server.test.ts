import { expect, test } from "vitest";
import { Announcer } from "./announcer.server.ts";

const change = (id: string, version: number, quantity: number) => ({
  ...{ id, version, quantity, held: 0 },
  ...{ edition: 1, epoch: 1, run: 1 },
});

/** An announcer whose statements end when the test says so, and what they have carried. */
function announcerOf() {
  const payloads: string[] = [];
  const waiting: (() => void)[] = [];
  const announcer = new Announcer((payload) => {
    payloads.push(payload);
    return new Promise<void>((resolve) => waiting.push(resolve));
  });
  const carryOn = async () => {
    waiting.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { announcer, payloads, carryOn };
}

test("behind a database that does not answer, the changes of a thousand items do not pile up", async () => {
  const { announcer, payloads, carryOn } = announcerOf();
  for (let version = 1; version <= 20; version += 1)
    for (let item = 0; item < 1_000; item += 1) announcer.announce(change(`item-${item}`, version, version % 2));
  expect(announcer.waiting).toBeLessThanOrEqual(4_000);
  for (let told = 0; announcer.waiting > 0 || told < payloads.length; told = payloads.length) await carryOn();
  expect(Math.max(...payloads.map((payload) => Buffer.byteLength(payload)))).toBeLessThan(8_000);
  // Whatever was left out on the way, the latest of each has been carried.
  const latest = new Map<string, number>();
  for (const { id, version } of payloads.flatMap((payload) => JSON.parse(payload) as { id: string; version: number }[]))
    latest.set(id, version);
  expect([...latest.values()]).toEqual(Array<number>(1_000).fill(20));
});

test("selling out and coming back while a statement is under way are both carried, in their order", async () => {
  const { announcer, payloads, carryOn } = announcerOf();
  announcer.announce(change("moth", 1, 1));
  for (const [version, quantity] of [
    [2, 0],
    [3, 5],
    [4, 0],
  ] as const)
    announcer.announce(change("moth", version, quantity));
  await carryOn();
  expect(
    payloads.map((payload) => (JSON.parse(payload) as { version: number }[]).map(({ version }) => version)),
  ).toEqual([[1], [2, 3, 4]]);
});
