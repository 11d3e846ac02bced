/**
 * Load on a shop over HTTP, by wrk where it is on PATH, since a generator in Node would take as much of the machine as what it
 * measures, and by autocannon; and load on PostgreSQL by a closed loop of workers.
 */
import { execFile, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
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

/** A request that is sent again and again. `KEY` in its path, headers and body is a new UUID each time. */
export interface Asking {
  method?: "GET" | "POST";
  /** In turn. */
  paths: string[];
  headers?: Record<string, string>;
  body?: string;
}

/** By autocannon, which counts each status. */
export async function http(url: string, asking: Asking, { connections, seconds, amount }: Load): Promise<Figure> {
  const result: Result = await autocannon({
    url,
    connections,
    timeout: 30,
    ...(amount ? { amount } : { duration: seconds ?? 5 }),
    requests: [requestOf(asking)],
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

function requestOf({ method = "GET", paths, headers = {}, body }: Asking): Request {
  let turn = 0;
  return {
    method,
    setupRequest: (request) => {
      const key = randomUUID();
      const withKey = (text: string) => text.replaceAll("KEY", key);
      return {
        ...request,
        path: withKey(paths[(turn += 1) % paths.length] ?? "/"),
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, withKey(value)])),
        ...(body !== undefined && { body: withKey(body) }),
      };
    },
  };
}

export const hasWrk = spawnSync("wrk", ["-v"]).error === undefined;

/** By wrk, which tells answers from 400 on from others: `statuses` is "under 400", "others" and "failed". */
export async function wrk(url: string, asking: Asking, { connections, seconds = 5 }: Load): Promise<Figure> {
  const folder = await mkdtemp(path.join(tmpdir(), "lastone-wrk-"));
  const script = path.join(folder, "asking.lua");
  await writeFile(script, luaOf(asking));
  const { stdout } = await promisify(execFile)("wrk", [
    ...["-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "30s", "-s", script],
    url,
  ]);
  await rm(folder, { recursive: true });
  const [total = 0, microseconds = 0, refused = 0, failed = 0, p50 = 0, p99 = 0] = (
    /^figures (.*)$/m.exec(stdout)?.[1] ?? ""
  )
    .split(" ")
    .map(Number);
  if (!total) throw new Error(`wrk failed: ${stdout}`);
  return {
    perSecond: total / (microseconds / 1e6),
    p50: p50 / 1_000,
    p99: p99 / 1_000,
    statuses: { "under 400": total - refused, others: refused, failed },
    seconds: microseconds / 1e6,
  };
}

function luaOf({ method = "GET", paths, headers = {}, body = "" }: Asking): string {
  const text = (value: string) => `"${value.replace(/[\\"]/g, "\\$&")}"`;
  const fields = Object.entries(headers).map(([name, value]) => `[${text(name)}] = ${text(value)}`);
  return `
local paths = { ${paths.map(text).join(", ")} }
local headers = { ${fields.join(", ")} }
local body = ${body === "" ? "nil" : text(body)}
local turn = 0
local function half() return math.random(0, 0xffffff) end
local function uuid()
  return string.format("%06x%02x-%04x-4%03x-a%03x-%06x%06x", half(), half() % 256, half() % 65536, half() % 4096, half() % 4096, half(), half())
end
init = function() math.randomseed(os.time() + tonumber(tostring({}):sub(8), 16) % 1000000) end
request = function()
  turn = turn + 1
  local key = uuid()
  local filled = {}
  for name, value in pairs(headers) do filled[name] = value:gsub("KEY", key) end
  return wrk.format(${text(method)}, (paths[turn % #paths + 1]:gsub("KEY", key)), filled, body and body:gsub("KEY", key))
end
done = function(summary, latency)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format("figures %d %d %d %d %d %d\\n", summary.requests, summary.duration, summary.errors.status, failed, latency:percentile(50), latency:percentile(99)))
end
`;
}

/** The cookie of one who has been here before. */
export async function cookieOf(url: string): Promise<string> {
  const [line = ""] = (await fetch(url)).headers.getSetCookie();
  return line.split(";")[0] ?? "";
}

/** A purchase by JSON, each of a new buyer: `itemIds` in turn. */
export function jsonPurchase(itemIds: string[]): Asking {
  return {
    method: "POST",
    paths: itemIds.map((itemId) => `/api/items/${itemId}/purchases`),
    headers: { "Content-Type": "application/json", "Idempotency-Key": "KEY" },
    body: '{"quantity":1}',
  };
}

/** A purchase by the page's form, each of a new buyer, as a browser without JavaScript sends it. */
export function formPurchase(itemId: string): Asking {
  return {
    method: "POST",
    paths: [`/items/${itemId}`],
    headers: { "Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin" },
    body: "quantity=1&key=KEY",
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
