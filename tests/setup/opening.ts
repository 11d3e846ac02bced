import { randomUUID } from "node:crypto";
import type { Opening } from "#app/checkout/provider.ts";

/** A page to be opened at the provider, for a payment that there was not yet. */
export function opening(more: Partial<Opening> = {}): Opening {
  return {
    paymentId: randomUUID(),
    attempt: 1,
    orderId: randomUUID(),
    amount: 18_000,
    currency: "EUR",
    description: "Moon Moth",
    email: "ada@example.org",
    backTo: { paid: "http://localhost:3000/orders/1?paid", left: "http://localhost:3000/orders/1" },
    ...more,
  };
}
