-- Money that goes back, each with an answer for its goods. Made at the provider, it has none until the operator gives one.

CREATE TABLE "refunds" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "amount" INTEGER NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "goods" TEXT,
    "units" INTEGER NOT NULL DEFAULT 0,
    "key" UUID,
    "status" TEXT NOT NULL DEFAULT 'asked',
    "provider_refund" TEXT,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "refunds_pkey" PRIMARY KEY ("id"),
    -- 0: the order was cancelled before anything was charged, and its goods go back.
    CONSTRAINT "refunds_amount_not_negative" CHECK ("amount" >= 0),
    CONSTRAINT "refunds_goods_known" CHECK ("goods" IN ('back', 'gone', 'kept')),
    CONSTRAINT "refunds_units_have_their_goods" CHECK ("units" = 0 OR ("units" > 0 AND "goods" IN ('back', 'gone'))),
    -- void: it turned out that there was nothing to give back.
    CONSTRAINT "refunds_status_known" CHECK ("status" IN ('asked', 'pending', 'done', 'failed', 'void'))
);
CREATE INDEX "refunds_order_id_idx" ON "refunds"("order_id");
CREATE UNIQUE INDEX "refunds_order_id_key_key" ON "refunds"("order_id", "key");
CREATE UNIQUE INDEX "refunds_provider_refund_key" ON "refunds"("provider_refund");
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "payments"("order_id") ON DELETE RESTRICT ON UPDATE CASCADE;
