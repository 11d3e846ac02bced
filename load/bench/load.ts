/** Load on a shop over HTTP, by autocannon, and load on PostgreSQL by a closed loop of workers. */
import { randomUUID } from "node:crypto";
import autocannon, { type Request, type Result } from "autocannon";
import { percentile } from "../figures.ts";

export interface Figure {
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  /** How many answers had which status; for work without HTTP, none. */
  statuses: Record<string, number>;
  /** Seconds until the last answer. */
  seconds: number;
}

export interface Load {
  connections: number;
  /** Either for so long … */
  seconds?: number;
  /** … or until so many have been answered. */
  amount?: number;
}

export async function http(url: string, request: Request, { connections, seconds, amount }: Load): Promise<Figure> {
  const result: Result = await autocannon({
    url,
    connections,
    timeout: 30,
    ...(amount ? { amount } : { duration: seconds ?? 5 }),
    requests: [request],
  });
  const statuses = Object.fromEntries(Object.entries(result.statusCodeStats ?? {}).map(([status, { count = 0 }]) => [status, count]));
  if (result.errors > 0) statuses.failed = result.errors;
  const answered = result.requests.total;
  return { perSecond: answered / result.duration, p50: result.latency.p50, p99: result.latency.p99, statuses, seconds: result.duration };
}

/** A purchase by JSON, each of a new buyer: `itemIds` in turn. */
export function jsonPurchase(itemIds: string[]): Request {
  let turn = 0;
  return {
    method: "POST",
    setupRequest: (request) => ({
      ...request,
      path: `/api/items/${itemIds[(turn += 1) % itemIds.length] ?? ""}/purchases`,
      headers: { "Content-Type": "application/json", "Idempotency-Key": randomUUID() },
      body: '{"quantity":1}',
    }),
  };
}

/** A purchase by the page's form, each of a new buyer, as a browser without JavaScript sends it. */
export function formPurchase(itemId: string): Request {
  return {
    method: "POST",
    path: `/items/${itemId}`,
    setupRequest: (request) => ({
      ...request,
      headers: { "Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin" },
      body: `quantity=1&key=${randomUUID()}`,
    }),
  };
}

/** `workers` loops that do `work` again and again for `seconds`. */
export async function loop(workers: number, seconds: number, work: (worker: number) => Promise<void>): Promise<Figure> {
  const took: number[] = [];
  const began = performance.now();
  const end = began + seconds * 1_000;
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      for (let start = began; start < end; ) {
        await work(worker);
        const now = performance.now();
        took.push(now - start);
        start = now;
      }
    }),
  );
  const elapsed = (performance.now() - began) / 1_000;
  took.sort((one, other) => one - other);
  return { perSecond: took.length / elapsed, p50: percentile(took, 0.5), p99: percentile(took, 0.99), statuses: {}, seconds: elapsed };
}
