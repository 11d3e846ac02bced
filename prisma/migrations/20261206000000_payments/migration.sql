-- What a provider was asked about a hold, and has answered. A payment's id is its hold's, and so the later order's.
-- No personal data: whom a page was opened for stands in "contacts" alone.

CREATE TABLE "payments" (
    "order_id" UUID NOT NULL,
    "item_id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "amount" INTEGER NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'begun',
    "captured" INTEGER NOT NULL DEFAULT 0,
    "disputed" BOOLEAN NOT NULL DEFAULT false,
    "begun_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payments_pkey" PRIMARY KEY ("order_id"),
    CONSTRAINT "payments_mode_known" CHECK ("mode" IN ('test', 'live')),
    CONSTRAINT "payments_amount_positive" CHECK ("amount" > 0),
    CONSTRAINT "payments_status_known" CHECK ("status" IN ('begun', 'authorised', 'captured', 'cancelled', 'expired', 'failed')),
    CONSTRAINT "payments_captured_at_most" CHECK ("captured" BETWEEN 0 AND "amount")
);
ALTER TABLE "payments" ADD CONSTRAINT "payments_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "holds"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- One page of the provider's each. It is written before the page is asked for: its number is part of what the provider knows the request by.
CREATE TABLE "payment_attempts" (
    "order_id" UUID NOT NULL,
    "attempt" INTEGER NOT NULL,
    "reference" TEXT,
    "intent" TEXT,
    "state" TEXT NOT NULL DEFAULT 'begun',

    CONSTRAINT "payment_attempts_pkey" PRIMARY KEY ("order_id", "attempt"),
    CONSTRAINT "payment_attempts_attempt_positive" CHECK ("attempt" > 0),
    -- `away`: the provider did not answer, so no buyer has its page.
    CONSTRAINT "payment_attempts_state_known" CHECK ("state" IN ('begun', 'away', 'open', 'authorised', 'captured', 'cancelled', 'expired', 'failed'))
);
CREATE UNIQUE INDEX "payment_attempts_reference_key" ON "payment_attempts"("reference");
ALTER TABLE "payment_attempts" ADD CONSTRAINT "payment_attempts_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "payments"("order_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Events of the provider whose effect is there.
CREATE TABLE "provider_events" (
    "id" TEXT NOT NULL,
    "done_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "provider_events_pkey" PRIMARY KEY ("id")
);
