let write = (line: string): void => void process.stderr.write(line);

/** One line of JSON per event, on stderr: `{"at":…,"event":…, …}`. */
export function report(event: string, details: Record<string, unknown> = {}): void {
  write(`${JSON.stringify({ at: new Date().toISOString(), event, ...details })}\n`);
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
