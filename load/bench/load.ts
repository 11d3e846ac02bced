/** Load on a shop over HTTP, by autocannon, and load on PostgreSQL by a closed loop of workers. */
import { randomUUID } from "node:crypto";
import { connect } from "node:net";
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
  const statuses = Object.fromEntries(
    Object.entries(result.statusCodeStats ?? {}).map(([status, { count = 0 }]) => [status, count]),
  );
  if (result.errors > 0) statuses.failed = result.errors;
  const answered = result.requests.total;
  return {
    perSecond: answered / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    statuses,
    seconds: result.duration,
  };
}

/** The cookie of one who has been here before. */
export async function cookieOf(url: string): Promise<string> {
  const [line = ""] = (await fetch(url)).headers.getSetCookie();
  return line.split(";")[0] ?? "";
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

/**
 * A purchase of the item by each of `size` new buyers, all at the same moment, each on a connection of its own, and the time
 * from that moment to each answer. Not by autocannon, which looks only once a second whether all have been answered.
 */
export async function crowdAtOnce(url: string, itemId: string, size: number): Promise<Figure> {
  const { hostname, port, host } = new URL(url);
  const body = '{"quantity":1}';
  const requests = Array.from(
    { length: size },
    () =>
      `POST /api/items/${itemId}/purchases HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nIdempotency-Key: ${randomUUID()}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  const began = performance.now();
  const answers = await Promise.all(
    requests.map((request) => {
      const { promise, resolve } = Promise.withResolvers<{ status: string; took: number }>();
      let text = "";
      const socket = connect(Number(port), hostname, () => socket.write(request));
      socket.setEncoding("latin1").on("data", (chunk: string) => (text += chunk));
      socket.on("error", () => undefined);
      socket.on("close", () =>
        resolve({ status: /^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? "failed", took: performance.now() - began }),
      );
      return promise;
    }),
  );
  const took = answers.map((answer) => answer.took).sort((one, other) => one - other);
  const statuses: Record<string, number> = {};
  for (const { status } of answers) statuses[status] = (statuses[status] ?? 0) + 1;
  const seconds = (took.at(-1) ?? NaN) / 1_000;
  return { perSecond: size / seconds, p50: percentile(took, 0.5), p99: percentile(took, 0.99), statuses, seconds };
}

/** `workers` loops that do `work` again and again for `seconds`. */
export async function loop(workers: number, seconds: number, work: (worker: number) => Promise<void>): Promise<Figure> {
  const took: number[] = [];
  const began = performance.now();
  const end = began + seconds * 1_000;
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      for (let start = began; start < end;) {
        await work(worker);
        const now = performance.now();
        took.push(now - start);
        start = now;
      }
    }),
  );
  const elapsed = (performance.now() - began) / 1_000;
  took.sort((one, other) => one - other);
  return {
    perSecond: took.length / elapsed,
    p50: percentile(took, 0.5),
    p99: percentile(took, 0.99),
    statuses: {},
    seconds: elapsed,
  };
}
