/** One buyer after the other on a thread of its own, so that the swarm's work is not counted as a purchase's wait. */
import { randomUUID } from "node:crypto";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { percentile } from "../figures.ts";

export interface Waits {
  p99: number;
  longest: number;
}

interface Task {
  url: string;
  itemId: string;
  seconds: number;
}

/** Milliseconds that purchases of an item took, one after the other for so long. */
export function waitsOfBuyers(task: Task): Promise<Waits> {
  const worker = new Worker(new URL(import.meta.url), { workerData: task });
  return new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
}

if (!isMainThread) {
  const { url, itemId, seconds } = workerData as Task;
  const waits: number[] = [];
  for (const end = performance.now() + seconds * 1_000; performance.now() < end;) {
    const began = performance.now();
    const answer = await fetch(`${url}/api/items/${itemId}/purchases`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": randomUUID() },
      body: '{"quantity":1}',
    });
    await answer.arrayBuffer();
    if (answer.status !== 201) throw new Error(`a purchase answered ${answer.status}`);
    waits.push(performance.now() - began);
  }
  // The first ones open the connection and are compiled.
  const steady = waits.slice(20).sort((one, other) => one - other);
  parentPort?.postMessage({ p99: percentile(steady, 0.99), longest: steady.at(-1) ?? NaN } satisfies Waits);
}
