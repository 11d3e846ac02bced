/** One line of JSON per event, on stderr: `{"at":…,"event":…, …}`. */
export function report(event: string, details: Record<string, unknown> = {}): void {
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), event, ...details })}\n`);
}

/** What a log line says of an error: enough to find the cause, on one line. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: String(error) };
  const { code, meta } = error as Error & { code?: unknown; meta?: unknown };
  return { error: error.message.trim(), code, meta, stack: error.stack };
}
