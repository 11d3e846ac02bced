import { writeSync } from "node:fs";
import { singleton } from "./singleton.server.ts";

/** Milliseconds, and characters, after which lines that can wait are written. */
const WITHIN = 200;
const ENOUGH = 32_768;

let write = (line: string): void => void process.stderr.write(line);

/** One line of JSON per event, on stderr: `{"at":…,"event":…, …}`. */
export function report(event: string, details: Record<string, unknown> = {}): void {
  write(lineOf(event, details));
}

const waiting = singleton("report-soon", () => {
  const state: { lines: string; timer: NodeJS.Timeout | undefined } = { lines: "", timer: undefined };
  process.on("exit", () => writeAtOnce(Buffer.from(state.lines)));
  return state;
});

/** How often a reader that is behind is asked to take more. */
const MOST_TRIES = 100;

/** At the end there is no turn of the event loop left. What a slow reader does not take is lost. */
function writeAtOnce(bytes: Buffer): void {
  let rest = bytes;
  for (let tries = 0; rest.length > 0 && tries < MOST_TRIES; tries += 1) {
    try {
      rest = rest.subarray(writeSync(process.stderr.fd, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** The same for what happens thousands of times a second: many lines are written at once. */
export function reportSoon(event: string, details: Record<string, unknown>): void {
  waiting.lines += lineOf(event, details);
  if (waiting.lines.length >= ENOUGH) return flush();
  waiting.timer ??= setTimeout(flush, WITHIN).unref();
}

function flush(): void {
  clearTimeout(waiting.timer);
  waiting.timer = undefined;
  const { lines } = waiting;
  waiting.lines = "";
  write(lines);
}

function lineOf(event: string, details: Record<string, unknown>): string {
  return `${JSON.stringify({ at: timeNow(), event, ...details })}\n`;
}

const written = { at: 0, time: "" };

/** Thousands of lines a second share a few milliseconds, and to write a time out costs as much as the rest of the line. */
function timeNow(): string {
  const now = Date.now();
  if (now !== written.at) Object.assign(written, { at: now, time: new Date(now).toISOString() });
  return written.time;
}

/** For a command: it says to its operator, in a sentence, what went wrong. */
export function reportNothing(): void {
  write = () => undefined;
}

/** What a log line says of an error: enough to find the cause, on one line. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: String(error) };
  const { code, meta } = error as Error & { code?: unknown; meta?: unknown };
  return { error: error.message.trim(), code, meta, stack: error.stack };
}
