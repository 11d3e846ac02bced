-- Whatever says who a buyer is stands in these two tables, and can be erased.

-- No reference to orders: a hold has its contact, too, and its id is the later order's.
CREATE TABLE "contacts" (
    "order_id" UUID NOT NULL,
    "item_id" TEXT NOT NULL,
    "run" INTEGER NOT NULL,
    "email" TEXT,
    "name" TEXT,
    "address" JSONB,
    "party" BYTEA,
    "link_secret" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "erased_at" TIMESTAMPTZ(3),

    CONSTRAINT "contacts_pkey" PRIMARY KEY ("order_id"),
    -- Whatever writes it later, what was erased does not come back.
    CONSTRAINT "contacts_erased_is_empty" CHECK ("erased_at" IS NULL OR ("email" IS NULL AND "name" IS NULL AND "address" IS NULL AND "link_secret" IS NULL))
);

CREATE INDEX "contacts_item_id_run_party_idx" ON "contacts"("item_id", "run", "party");

CREATE TABLE "mails" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "order_id" UUID NOT NULL,
    "part" TEXT NOT NULL DEFAULT '',
    "recipient" TEXT,
    "subject" TEXT NOT NULL,
    "text" TEXT,
    "html" TEXT,
    "message_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "tried_at" TIMESTAMPTZ(3),
    "unanswered" INTEGER NOT NULL DEFAULT 0,
    "sent_at" TIMESTAMPTZ(3),
    "given_up_at" TIMESTAMPTZ(3),
    "erased_at" TIMESTAMPTZ(3),

    CONSTRAINT "mails_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "mails_erased_is_empty" CHECK ("erased_at" IS NULL OR ("recipient" IS NULL AND "text" IS NULL AND "html" IS NULL))
);

CREATE UNIQUE INDEX "mails_kind_order_id_part_key" ON "mails"("kind", "order_id", "part");
CREATE INDEX "mails_order_id_idx" ON "mails"("order_id");

-- While a run is on, a person's limit counts also who was erased. Once it has ended nobody needs to know it any more.
CREATE FUNCTION "forget_parties"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "contacts" SET "party" = NULL
  WHERE "item_id" = NEW."item_id" AND "run" < NEW."run" AND "erased_at" IS NOT NULL AND "party" IS NOT NULL;
  RETURN NULL;
END $$;

CREATE TRIGGER "stock_forgets_parties"
  AFTER UPDATE OF "run" ON "stock"
  FOR EACH ROW WHEN (OLD."run" IS DISTINCT FROM NEW."run") EXECUTE FUNCTION "forget_parties"();
