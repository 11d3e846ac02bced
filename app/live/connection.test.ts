import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Stock } from "#app/shop/item.ts";
import { type Connection, Stream } from "./connection.ts";

class FakeEventSource extends EventTarget {
  static opened: FakeEventSource[] = [];
  closed = false;
  readonly url: string;
  constructor(url: string) {
    super();
    this.url = url;
    FakeEventSource.opened.push(this);
  }
  close(): void {
    this.closed = true;
  }
}

const newest = () => FakeEventSource.opened.at(-1);
const happens = (type: string) => newest()?.dispatchEvent(new Event(type));
const onLine = (value: boolean) => {
  vi.stubGlobal("navigator", { onLine: value });
  window.dispatchEvent(new Event(value ? "online" : "offline"));
};
const says = (type: string, data: object, source = newest()) =>
  source?.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
const stock = (id: string, version: number): Stock => ({
  id,
  held: 0,
  version,
  edition: 0,
  epoch: 1,
  quantity: 1,
  run: 1,
  state: "available",
});
let told: Connection[];
let heard: Stock[][];
let times: number[];
let stream: Stream;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", FakeEventSource);
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("navigator", { onLine: true });
  FakeEventSource.opened = [];
  told = [];
  heard = [];
  times = [];
  stream = new Stream({
    onStocks: (stocks) => heard.push(stocks),
    onCatalogue: () => undefined,
    onConnection: (connection) => told.push(connection),
    onTime: (now) => times.push(now),
  });
  stream.follow(new Set(["a"]));
});
afterEach(() => {
  stream.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("waits 1 to 30 seconds after a failure, longer each time, and anew after a word", () => {
  const waits: number[] = [];
  const failAndWait = () => {
    const [opened, failedAt] = [FakeEventSource.opened.length, Date.now()];
    happens("error");
    while (FakeEventSource.opened.length === opened) vi.advanceTimersByTime(10);
    waits.push(Date.now() - failedAt);
  };
  for (let failures = 0; failures < 6; failures += 1) failAndWait();
  const ranges = [
    [1, 2],
    [2, 4],
    [4, 8],
    [8, 16],
    [15, 30],
    [15, 30],
  ] as const;
  ranges.forEach(([least, most], index) => {
    expect(waits[index]).toBeGreaterThanOrEqual(least * 1_000);
    expect(waits[index]).toBeLessThanOrEqual(most * 1_000 + 10);
  });
  expect(told).toEqual(["reconnecting", "reconnecting", "reconnecting", "reconnecting", "reconnecting", "offline"]);
  happens("ping");
  failAndWait();
  expect(waits.at(-1)).toBeLessThanOrEqual(2_010);
});

test("gives up a stream that is silent for 45 seconds, and one that never opens", () => {
  happens("ping");
  vi.advanceTimersByTime(44_000);
  happens("ping");
  vi.advanceTimersByTime(44_000);
  expect(told).toEqual(["live", "live"]);
  vi.advanceTimersByTime(8_000);
  expect(FakeEventSource.opened.map(({ closed }) => closed)).toEqual([true, false]);
  vi.advanceTimersByTime(55_000);
  expect(FakeEventSource.opened.length).toBe(3);
});

test("asked again after a sleep, does not call live what has been silent", () => {
  happens("ping");
  vi.setSystemTime(Date.now() + 8 * 3_600_000);
  stream.follow(new Set(["a"]));
  expect(told).toEqual(["live", "reconnecting"]);
  expect(FakeEventSource.opened.map(({ closed }) => closed)).toEqual([true, false]);
});

test("has the next stream before the server ends this one, and stays live", () => {
  happens("ping");
  happens("renew");
  expect(FakeEventSource.opened.map(({ closed }) => closed)).toEqual([false, false]);
  happens("ping");
  expect(FakeEventSource.opened.map(({ closed }) => closed)).toEqual([true, false]);
  expect(new Set(told)).toEqual(new Set(["live"]));
});

test("keeps its stream to the end when the next cannot be had", () => {
  happens("ping");
  happens("renew");
  happens("error");
  expect(FakeEventSource.opened.map(({ closed }) => closed)).toEqual([false, true]);
  expect(new Set(told)).toEqual(new Set(["live"]));
  FakeEventSource.opened[0]?.dispatchEvent(new Event("error"));
  expect(told.at(-1)).toBe("reconnecting");
  vi.advanceTimersByTime(2_010);
  expect(FakeEventSource.opened.length).toBe(3);
});

test("keeps a stream that carries what is wanted, and replaces one that does not", () => {
  happens("ping");
  stream.follow(new Set());
  stream.follow(new Set(["a"]));
  expect(FakeEventSource.opened.length).toBe(1);
  stream.follow(new Set(["a", "b"]));
  expect(FakeEventSource.opened.map(({ closed }) => closed)).toEqual([true, false]);
  expect(newest()?.url).toBe("/live?items=a%2Cb");
});

test("asks for everything when the list is longer than the server takes", () => {
  stream.follow(new Set(Array.from({ length: 201 }, (_, index) => `item-${index}`)));
  expect(newest()?.url).toBe("/live");
});

test("says that it is offline when the browser is, and tries at once when the browser is not any more", () => {
  onLine(false);
  expect([told.at(-1), newest()?.closed]).toEqual(["offline", true]);
  onLine(true);
  expect(FakeEventSource.opened.length).toBe(2);
  happens("ping");
  expect(told.at(-1)).toBe("live");
  onLine(true);
  expect(FakeEventSource.opened.length).toBe(2);
});

test("opens nothing any more once it is closed", () => {
  happens("error");
  stream.close();
  vi.advanceTimersByTime(120_000);
  onLine(true);
  expect(FakeEventSource.opened.length).toBe(1);
});

test("tells a snapshot at once, and each change after it by itself; and the server's time", () => {
  says("stock", stock("a", 3));
  says("stock", stock("b", 5));
  expect([heard, told]).toEqual([[], []]);
  says("ping", { now: "2030-01-01T00:00:00.000Z" });
  expect(heard).toEqual([[stock("a", 3), stock("b", 5)]]);
  says("stock", stock("a", 4));
  expect(heard).toHaveLength(2);
  expect(stream.said.get("a")).toEqual(stock("a", 4));
  expect(times).toEqual([Date.parse("2030-01-01T00:00:00Z")]);
});

describe("where a stream is held back", () => {
  const asked: string[] = [];
  const answers = async (answer: () => Promise<Response>) => {
    asked.length = 0;
    vi.stubGlobal("fetch", (address: string, { headers }: { headers: { Accept: string } }) => {
      asked.push(`${headers.Accept} ${address}`);
      return answer();
    });
    await vi.advanceTimersByTimeAsync(9_900);
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
  };
  const state = () => Promise.resolve(Response.json({ stocks: [stock("a", 7)], now: "2030-01-01T00:00:00.000Z" }));

  test("asks after 10 seconds, and again every 10 to 15, and says that it is behind", async () => {
    await answers(state);
    expect([asked, heard, told]).toEqual([["application/json /live?items=a"], [[stock("a", 7)]], ["delayed"]]);
    await vi.advanceTimersByTimeAsync(15_000);
    expect([asked.length, told]).toEqual([2, ["delayed", "delayed"]]);
    // The stream is given up like any silent one, which takes nothing from what the answers say.
    await vi.advanceTimersByTimeAsync(120_000);
    expect(FakeEventSource.opened.length).toBeGreaterThan(2);
    expect(new Set(told)).toEqual(new Set(["delayed"]));
  });

  test("asks no more once a stream is heard, and takes no answer that comes after it", async () => {
    let answer: (response: Response) => void = () => undefined;
    await answers(() => new Promise((resolve) => (answer = resolve)));
    expect(asked).toHaveLength(1);
    says("stock", stock("a", 8));
    says("ping", {});
    answer(await state());
    await vi.advanceTimersByTimeAsync(40_000);
    expect([asked.length, heard, told]).toEqual([1, [[stock("a", 8)]], ["live"]]);
  });

  test("says nothing when there is no answer either, and goes on asking", async () => {
    await answers(() => Promise.reject(new Error("swallowed")));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(asked.length).toBeGreaterThan(2);
    expect([heard, told]).toEqual([[], []]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual(["reconnecting"]);
  });

  test("asks a shop that refuses streams no more often than for a stream", async () => {
    await answers(state);
    for (let second = 0; second < 300; second += 1) {
      if (!newest()?.closed) happens("error");
      await vi.advanceTimersByTimeAsync(1_000);
    }
    const streams = FakeEventSource.opened.length;
    expect(streams).toBeLessThan(25);
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.length).toBeLessThanOrEqual(streams);
  });
});
