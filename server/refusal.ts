/** Something only the operator can put right. Its message is the whole answer: one line, then exit code 1. */
export class Refusal extends Error {}

/** What went wrong, on one line. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(", ");
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, " ").trim();
}
