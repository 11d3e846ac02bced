/** Has something made by a program in a process of its own: what breaks there, or never ends, breaks and keeps busy that process alone. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

/** Milliseconds: a photo of 24 megapixels takes a few seconds of an idle core, and waits while others need it. */
const WITHIN = 30_000;

export interface Maker {
  /** From the package's folder: the shop runs there, also where it is bundled. */
  program: string;
  args?: string[];
  /** Of the old generation, in megabytes; what decodes takes its memory elsewhere. */
  memory: number;
}

/** `failed` has the exit code, or null after a signal. */
export type Made =
  { kind: "made"; output: Buffer<ArrayBuffer> } | { kind: "failed"; code: number | null } | { kind: "took_too_long" };

/** What the program writes when it is given this to read. */
export async function runMaker({ program, args = [], memory }: Maker, input: Buffer | string): Promise<Made> {
  const maker = spawn(process.execPath, [`--max-old-space-size=${memory}`, path.resolve(program), ...args], {
    // None of the shop's secrets.
    env: { NODE_ENV: "production", UV_THREADPOOL_SIZE: "1", VIPS_CONCURRENCY: "1" },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const timer = setTimeout(() => maker.kill("SIGKILL"), WITHIN);
  try {
    const output: Buffer[] = [];
    maker.stdout.on("data", (chunk: Buffer) => void output.push(chunk));
    // It has ended without reading to the end: its exit says why.
    maker.stdin.on("error", () => undefined);
    maker.stdin.end(input);
    const [code] = (await once(maker, "close")) as [number | null];
    if (maker.killed) return { kind: "took_too_long" };
    if (code !== 0) return { kind: "failed", code };
    return { kind: "made", output: Buffer.concat(output) };
  } finally {
    clearTimeout(timer);
  }
}
