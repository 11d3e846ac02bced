/** `POST /webhooks/stripe`: what the provider tells by itself. It is a hint: the books are read, and say what is so. */
import { handleEvent } from "#app/checkout/events.server.ts";
import { ProviderAway, UnreadableEvent } from "#app/checkout/provider.ts";
import { Undecided } from "#app/checkout/reconcile.server.ts";
import { shopProvider } from "#app/checkout/shop-provider.server.ts";
import { plain, problem } from "#app/http/answer.ts";
import { readSigned } from "#app/http/body.server.ts";
import type { Endpoint } from "#app/http/endpoint.server.ts";
import { RETRY_AFTER } from "#app/http/faults.server.ts";
import { BadRequest, notFound } from "#app/http/refusals.server.ts";
import { report } from "#app/report.server.ts";

/** Events carry whole objects. */
const LIMITS = { bytes: 256 * 1024, within: 10_000 };

export const webhook: Endpoint = {
  POST: async (exchange) => {
    const provider = shopProvider();
    if (!provider) throw notFound("address");
    const bytes = await readSigned(exchange, LIMITS);
    const event = read(() => provider.readEvent(bytes, String(exchange.request.headers["stripe-signature"] ?? "")));
    try {
      await handleEvent(event, provider);
    } catch (error) {
      // It is sent again.
      if (error instanceof Undecided) return problem({ type: "busy", headers: RETRY_AFTER });
      if (error instanceof ProviderAway) return problem({ type: "provider-away", headers: RETRY_AFTER });
      throw error;
    }
    return plain("ok");
  },
};

function read<T>(event: () => T): T {
  try {
    return event();
  } catch (error) {
    if (!(error instanceof UnreadableEvent)) throw error;
    // A secret that was changed at the provider alone shows nowhere else.
    report("event_refused", { reason: error.reason });
    throw new BadRequest("malformed", `The event was not taken: ${error.message}.`);
  }
}
