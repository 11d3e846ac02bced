/** Events that come in crowds, as in an outage: one line when they begin, one with their number when they are over. */
import { report } from "./report.server.ts";
import { singleton } from "./singleton.server.ts";

/** Milliseconds without another one after which a burst is over. */
const QUIET = 10_000;

interface Burst {
  event: string;
  kind: Record<string, string>;
  began: number;
  last: number;
  more: number;
  over: ReturnType<typeof setTimeout>;
}

const bursts = singleton("bursts", () => new Map<string, Burst>());

/**
 * Reports the first event of its kind at once, with its details. Those that follow it are only counted; when none has come for
 * ten seconds, one more line says how many there were: `{"event":…, …kind, "more":3618,"milliseconds":40123}`.
 */
export function reportBurst(event: string, kind: Record<string, string>, details: Record<string, unknown> = {}): void {
  const name = `${event} ${JSON.stringify(kind)}`;
  const now = performance.now();
  const burst = bursts.get(name);
  if (burst) {
    burst.more += 1;
    burst.last = now;
    burst.over.refresh();
    return;
  }
  report(event, { ...kind, ...details });
  const over = setTimeout(() => end(name), QUIET).unref();
  bursts.set(name, { event, kind, began: now, last: now, more: 0, over });
}

/** For the end of the process: what was only counted so far is told. */
export function flushBursts(): void {
  for (const name of [...bursts.keys()]) end(name);
}

function end(name: string): void {
  const burst = bursts.get(name);
  if (!burst) return;
  bursts.delete(name);
  clearTimeout(burst.over);
  const { event, kind, more, began, last } = burst;
  if (more > 0) report(event, { ...kind, more, milliseconds: Math.round(last - began) });
}
