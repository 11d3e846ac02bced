-- Items, the orders that sold them, and the ledger of every change of their quantity.

CREATE TABLE "items" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "tagline" TEXT NOT NULL,
    "story" TEXT NOT NULL,
    "picture" TEXT NOT NULL,
    "picture_alt" TEXT NOT NULL,
    "price_amount" INTEGER NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "starting_quantity" INTEGER NOT NULL,
    "quantity" INTEGER NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "run" INTEGER NOT NULL DEFAULT 1,
    "last_number" INTEGER NOT NULL DEFAULT 0,
    "max_per_order" INTEGER NOT NULL DEFAULT 1,
    "limit_per_buyer" INTEGER,
    "opens_at" TIMESTAMPTZ(3),
    "position" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "items_pkey" PRIMARY KEY ("id"),
    -- The last guard behind the lock: a bug that would sell below nothing fails instead.
    CONSTRAINT "items_quantity_not_negative" CHECK ("quantity" >= 0),
    CONSTRAINT "items_starting_quantity_not_negative" CHECK ("starting_quantity" >= 0),
    CONSTRAINT "items_price_not_negative" CHECK ("price_amount" >= 0),
    CONSTRAINT "items_limits_positive" CHECK ("max_per_order" > 0 AND "limit_per_buyer" > 0),
    CONSTRAINT "items_id_is_a_slug" CHECK ("id" ~ '^[a-z0-9]+(-[a-z0-9]+)*$')
);

CREATE TABLE "orders" (
    "id" UUID NOT NULL,
    "item_id" TEXT NOT NULL,
    "run" INTEGER NOT NULL,
    "number" INTEGER NOT NULL,
    "buyer_id" UUID NOT NULL,
    "key" UUID NOT NULL,
    "quantity" INTEGER NOT NULL,
    "price_amount" INTEGER NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "placed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "orders_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "orders_quantity_positive" CHECK ("quantity" > 0),
    CONSTRAINT "orders_number_positive" CHECK ("number" > 0)
);

CREATE TABLE "movements" (
    "item_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "run" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "delta" INTEGER NOT NULL,
    "balance" INTEGER NOT NULL,
    "order_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "movements_pkey" PRIMARY KEY ("item_id", "version"),
    CONSTRAINT "movements_balance_not_negative" CHECK ("balance" >= 0),
    CONSTRAINT "movements_reason_known" CHECK ("reason" IN ('opening', 'sale', 'restock', 'reset', 'correction')),
    CONSTRAINT "movements_sale_has_its_order" CHECK (("reason" = 'sale') = ("order_id" IS NOT NULL))
);

-- One key makes at most one order: two instances that decide the same attempt at once cannot both insert it.
CREATE UNIQUE INDEX "orders_buyer_id_key_key" ON "orders"("buyer_id", "key");

-- No number twice in a run, even if the lock were forgotten.
CREATE UNIQUE INDEX "orders_item_id_run_number_key" ON "orders"("item_id", "run", "number");

CREATE INDEX "orders_item_id_run_buyer_id_idx" ON "orders"("item_id", "run", "buyer_id");

CREATE UNIQUE INDEX "movements_order_id_key" ON "movements"("order_id");

ALTER TABLE "orders" ADD CONSTRAINT "orders_item_id_fkey" FOREIGN KEY ("item_id") REFERENCES "items"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "movements" ADD CONSTRAINT "movements_item_id_fkey" FOREIGN KEY ("item_id") REFERENCES "items"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "movements" ADD CONSTRAINT "movements_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
