-- A line of the ledger moves units from one account to another: outside, available, held, sold. It carries what is in each of the
-- three accounts of its run after it. Lines from before keep their form, and the view "ledger" reads both.
--
-- Not rolling: an instance of the version before fails at its next line, and sells nothing. Stop all instances, then start one.

-- Before anything is read: a sale that is under way ends first, and is in what is counted.
LOCK TABLE "stock" IN ACCESS EXCLUSIVE MODE;

ALTER TABLE "items"
  -- none: sold by the press, the shop takes no money. card: the press makes a hold, which is paid for.
  ADD COLUMN "payment" TEXT NOT NULL DEFAULT 'none',
  ADD COLUMN "hold_seconds" INTEGER NOT NULL DEFAULT 600,
  ADD COLUMN "ships" BOOLEAN NOT NULL DEFAULT false,
  ADD CONSTRAINT "items_payment_known" CHECK ("payment" IN ('none', 'card')),
  ADD CONSTRAINT "items_hold_seconds_in_range" CHECK ("hold_seconds" BETWEEN 5 AND 3600);

ALTER TABLE "stock"
  ADD COLUMN "held" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "sold" INTEGER NOT NULL DEFAULT 0,
  -- When the first of the open holds ends; null when there is none.
  ADD COLUMN "next_expiry" TIMESTAMPTZ(3),
  ADD CONSTRAINT "stock_accounts_not_negative" CHECK ("held" >= 0 AND "sold" >= 0),
  ADD CONSTRAINT "stock_holds_have_an_end" CHECK (("held" > 0) = ("next_expiry" IS NOT NULL));

UPDATE "stock" SET "sold" = "orders"."units"
FROM (SELECT "item_id", "run", sum("quantity")::int AS "units" FROM "orders" GROUP BY "item_id", "run") AS "orders"
WHERE "orders"."item_id" = "stock"."item_id" AND "orders"."run" = "stock"."run";

-- What paid it, as the provider calls it: of all that a hold's buyer has authorised, the one that is captured.
ALTER TABLE "orders" ADD COLUMN "authorisation" TEXT;
CREATE UNIQUE INDEX "orders_authorisation_key" ON "orders"("authorisation");

CREATE TABLE "holds" (
    "id" UUID NOT NULL,
    "item_id" TEXT NOT NULL,
    "run" INTEGER NOT NULL,
    "buyer_id" UUID NOT NULL,
    "key" UUID NOT NULL,
    "quantity" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "price_amount" INTEGER NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "held_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "paying_since" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "why" TEXT,

    CONSTRAINT "holds_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "holds_quantity_positive" CHECK ("quantity" > 0),
    CONSTRAINT "holds_end_for_a_reason" CHECK (("ended_at" IS NULL) = ("why" IS NULL)),
    CONSTRAINT "holds_why_known" CHECK ("why" IN ('sold', 'time', 'given_up', 'declined', 'reset', 'operator'))
);

-- One key makes at most one hold, and a buyer has at most one open hold of an item.
CREATE UNIQUE INDEX "holds_key_buyer_id_key" ON "holds"("key", "buyer_id");
CREATE UNIQUE INDEX "holds_one_open_for_a_buyer" ON "holds"("item_id", "buyer_id") WHERE "ended_at" IS NULL;
CREATE INDEX "holds_open_by_end" ON "holds"("item_id", "expires_at") WHERE "ended_at" IS NULL;
CREATE INDEX "holds_item_id_run_buyer_id_idx" ON "holds"("item_id", "run", "buyer_id");
ALTER TABLE "holds" ADD CONSTRAINT "holds_item_id_fkey" FOREIGN KEY ("item_id") REFERENCES "items"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- A hold ends once, and is extended once while it is open. Nothing else of it changes, whoever tries.
CREATE FUNCTION "guard_hold"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD."ended_at" IS NOT NULL
     OR (NEW."id", NEW."item_id", NEW."run", NEW."buyer_id", NEW."key", NEW."quantity", NEW."name", NEW."price_amount", NEW."currency", NEW."held_at")
        IS DISTINCT FROM (OLD."id", OLD."item_id", OLD."run", OLD."buyer_id", OLD."key", OLD."quantity", OLD."name", OLD."price_amount", OLD."currency", OLD."held_at")
     OR ((NEW."expires_at", NEW."paying_since") IS DISTINCT FROM (OLD."expires_at", OLD."paying_since")
         AND (OLD."paying_since" IS NOT NULL OR NEW."paying_since" IS NULL OR NEW."expires_at" < OLD."expires_at" OR NEW."ended_at" IS NOT NULL)) THEN
    RAISE EXCEPTION 'hold % is refused this change: it ends once, and is extended once before', OLD."id" USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "holds_end_once" BEFORE UPDATE ON "holds" FOR EACH ROW EXECUTE FUNCTION "guard_hold"();
CREATE TRIGGER "holds_are_only_added" BEFORE DELETE OR TRUNCATE ON "holds" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewriting"();

ALTER TABLE "movements" RENAME COLUMN "balance" TO "available";
ALTER TABLE "movements" RENAME CONSTRAINT "movements_balance_not_negative" TO "movements_available_not_negative";
ALTER TABLE "movements"
  ALTER COLUMN "delta" DROP NOT NULL,
  ADD COLUMN "units" INTEGER,
  ADD COLUMN "from_account" TEXT,
  ADD COLUMN "to_account" TEXT,
  ADD COLUMN "held" INTEGER,
  ADD COLUMN "sold" INTEGER,
  ADD COLUMN "hold_id" UUID;
ALTER TABLE "movements" DROP CONSTRAINT "movements_reason_known", DROP CONSTRAINT "movements_sale_has_its_order";
ALTER TABLE "movements"
  ADD CONSTRAINT "movements_accounts_not_negative" CHECK ("held" >= 0 AND "sold" >= 0),
  -- app/shop/moves.ts has the same table. The first line is that of lines from before.
  ADD CONSTRAINT "movements_move_known" CHECK (
    ("units" IS NULL AND "delta" IS NOT NULL AND "reason" IN ('opening', 'sale', 'restock', 'reset', 'correction'))
    OR ("delta" IS NULL AND "held" IS NOT NULL AND "sold" IS NOT NULL AND ("reason", "from_account", "to_account") IN (
      ('opening', 'outside', 'available'),
      ('restock', 'outside', 'available'),
      ('sale', 'available', 'sold'),
      ('hold', 'available', 'held'),
      ('confirm', 'held', 'sold'),
      ('release', 'held', 'available'),
      ('return', 'sold', 'available'),
      ('scrap', 'sold', 'outside'),
      ('correction', 'outside', 'available'),
      ('correction', 'available', 'outside'),
      ('close', 'available', 'outside')
    ))
  ),
  ADD CONSTRAINT "movements_move_units" CHECK ("units" > 0 OR ("units" = 0 AND "reason" IN ('opening', 'correction'))),
  -- Not looked for among the lines from before, and demanded of every new one.
  ADD CONSTRAINT "movements_have_units" CHECK ("units" IS NOT NULL) NOT VALID,
  ADD CONSTRAINT "movements_name_their_order" CHECK (("order_id" IS NOT NULL) = ("reason" IN ('sale', 'confirm', 'return', 'scrap'))),
  ADD CONSTRAINT "movements_name_their_hold" CHECK (("hold_id" IS NOT NULL) = ("reason" IN ('hold', 'confirm', 'release')));
ALTER TABLE "movements" ADD CONSTRAINT "movements_hold_id_fkey" FOREIGN KEY ("hold_id") REFERENCES "holds"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- A hold is resolved once, and an order sold once, even if the lock were forgotten.
DROP INDEX "movements_order_id_key";
CREATE UNIQUE INDEX "movements_one_sale_of_an_order" ON "movements"("order_id") WHERE "reason" IN ('sale', 'confirm');
CREATE UNIQUE INDEX "movements_one_end_of_a_hold" ON "movements"("hold_id") WHERE "reason" IN ('confirm', 'release');
CREATE INDEX "movements_taken_back" ON "movements"("order_id") WHERE "reason" IN ('return', 'scrap');

-- The movements between the stock's two versions must be as many as the versions, make of each account what it is now, and end with
-- that. A run that has ended has nothing available and nothing held. Looked at when the transaction commits: until then stock and
-- movements may be written in any order.
CREATE OR REPLACE FUNCTION "demand_movements"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  "version_before" INTEGER := CASE TG_OP WHEN 'INSERT' THEN 0 ELSE OLD."version" END;
  "run_before" INTEGER := CASE TG_OP WHEN 'INSERT' THEN 0 ELSE OLD."run" END;
  "same" BOOLEAN := TG_OP = 'UPDATE' AND "run_before" = NEW."run";
  "found" RECORD;
BEGIN
  SELECT count(*) AS "lines",
         coalesce(sum(CASE 'available' WHEN "to_account" THEN "units" WHEN "from_account" THEN -"units" END) FILTER (WHERE "run" = NEW."run"), 0) AS "available",
         coalesce(sum(CASE 'held' WHEN "to_account" THEN "units" WHEN "from_account" THEN -"units" END) FILTER (WHERE "run" = NEW."run"), 0) AS "held",
         coalesce(sum(CASE 'sold' WHEN "to_account" THEN "units" WHEN "from_account" THEN -"units" END) FILTER (WHERE "run" = NEW."run"), 0) AS "sold",
         coalesce(sum(CASE 'available' WHEN "to_account" THEN "units" WHEN "from_account" THEN -"units" END) FILTER (WHERE "run" = "run_before"), 0) AS "available_before",
         coalesce(sum(CASE 'held' WHEN "to_account" THEN "units" WHEN "from_account" THEN -"units" END) FILTER (WHERE "run" = "run_before"), 0) AS "held_before",
         (array_agg(ARRAY["available", "held", "sold"] ORDER BY "version" DESC) FILTER (WHERE "run" = NEW."run")) AS "balances"
  INTO "found"
  FROM "movements"
  WHERE "item_id" = NEW."item_id" AND "version" > "version_before" AND "version" <= NEW."version";

  IF "found"."lines" <> NEW."version" - "version_before"
     OR "found"."available" <> NEW."available" - (CASE WHEN "same" THEN OLD."available" ELSE 0 END)
     OR "found"."held" <> NEW."held" - (CASE WHEN "same" THEN OLD."held" ELSE 0 END)
     OR "found"."sold" <> NEW."sold" - (CASE WHEN "same" THEN OLD."sold" ELSE 0 END)
     OR ("found"."balances"[1:1]) IS DISTINCT FROM (CASE WHEN "found"."balances" IS NOT NULL THEN ARRAY[ARRAY[NEW."available", NEW."held", NEW."sold"]] END)
     OR NEW."run" < "run_before"
     OR (TG_OP = 'UPDATE' AND NOT "same"
         AND ("found"."balances" IS NULL OR OLD."available" + "found"."available_before" <> 0 OR OLD."held" + "found"."held_before" <> 0)) THEN
    RAISE EXCEPTION 'item %: version %, available %, held %, sold % has not the movements that make it', NEW."item_id", NEW."version", NEW."available", NEW."held", NEW."sold" USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

DROP TRIGGER "stock_changes_by_movements" ON "stock";
CREATE CONSTRAINT TRIGGER "stock_changes_by_movements"
  AFTER INSERT OR UPDATE OF "available", "held", "sold", "version", "run" ON "stock"
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION "demand_movements"();

-- Not for the lines that come with each purchase: see "movements_change_an_item".
DROP TRIGGER "movements_change_their_item" ON "movements";
CREATE CONSTRAINT TRIGGER "movements_change_their_item"
  AFTER INSERT ON "movements"
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW."reason" NOT IN ('sale', 'hold', 'confirm', 'release')) EXECUTE FUNCTION "demand_change"();

-- The whole ledger in one form. A reset from before ends a run and begins the next: two steps of one version.
CREATE VIEW "ledger" AS
WITH "before" AS (
  SELECT *, sum(CASE WHEN "reason" = 'sale' THEN -"delta" ELSE 0 END) OVER (PARTITION BY "item_id", "run" ORDER BY "version") AS "sold_so_far"
  FROM "movements" WHERE "units" IS NULL
), "chain" AS (
  SELECT *, lag("sold_so_far") OVER (PARTITION BY "item_id" ORDER BY "version") AS "sold_in_all", lag("available") OVER (PARTITION BY "item_id" ORDER BY "version") AS "left_over"
  FROM "before"
)
SELECT "item_id", "version", 1 AS "step", "run", "reason", "units", "from_account", "to_account", "available", "held", "sold", "order_id", "hold_id", "key", "created_at"
FROM "movements" WHERE "units" IS NOT NULL
UNION ALL
SELECT "item_id", "version", 1, "run", CASE "reason" WHEN 'reset' THEN 'opening' ELSE "reason" END,
       CASE "reason" WHEN 'reset' THEN "available" ELSE abs("delta") END,
       CASE WHEN "reason" = 'sale' OR ("reason" = 'correction' AND "delta" < 0) THEN 'available' ELSE 'outside' END,
       CASE WHEN "reason" = 'sale' THEN 'sold' WHEN "reason" = 'correction' AND "delta" < 0 THEN 'outside' ELSE 'available' END,
       "available", 0, "sold_so_far"::int, "order_id", NULL::uuid, "key", "created_at"
FROM "chain"
UNION ALL
SELECT "item_id", "version", 0, "run" - 1, 'close', "left_over", 'available', 'outside', 0, 0, "sold_in_all"::int, NULL::uuid, NULL::uuid, NULL::uuid, "created_at"
FROM "chain" WHERE "reason" = 'reset' AND "left_over" > 0;
