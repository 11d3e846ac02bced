import { reportBurst } from "#app/burst.server.ts";
import { describeError } from "#app/report.server.ts";

/** The payment provider was asked about an order and did not answer. Everyone who pays asks again every few seconds while it is away. */
export function reportProviderAway(error: unknown, orderId: string): void {
  reportBurst("provider_away", {}, { ...describeError(error), stack: undefined, orderId });
}
