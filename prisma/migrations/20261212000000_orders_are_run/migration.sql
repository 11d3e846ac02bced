-- What an operator adds to an order after its sale, which is never changed itself.
CREATE TABLE "order_remarks" (
    "order_id" UUID NOT NULL,
    "note" TEXT,
    "sent_at" TIMESTAMPTZ(3),
    -- Where the parcel is, as its carrier shows it.
    "tracking" TEXT,

    CONSTRAINT "order_remarks_pkey" PRIMARY KEY ("order_id"),
    CONSTRAINT "order_remarks_note_is_short" CHECK (length("note") BETWEEN 1 AND 2000),
    CONSTRAINT "order_remarks_tracking_is_a_link" CHECK ("tracking" LIKE 'https://%' AND length("tracking") <= 500),
    CONSTRAINT "order_remarks_tracking_is_of_what_was_sent" CHECK ("tracking" IS NULL OR "sent_at" IS NOT NULL)
);
ALTER TABLE "order_remarks" ADD CONSTRAINT "order_remarks_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- For the operator's list: the newest first, page by page, and what is searched for by its beginning.
CREATE INDEX "orders_placed_at_id_idx" ON "orders"("placed_at", "id");
CREATE INDEX "orders_number_idx" ON "orders"("number");
CREATE INDEX "contacts_email_starts" ON "contacts"(lower("email") text_pattern_ops) WHERE "email" IS NOT NULL;
CREATE INDEX "contacts_name_starts" ON "contacts"(lower("name") text_pattern_ops) WHERE "name" IS NOT NULL;
