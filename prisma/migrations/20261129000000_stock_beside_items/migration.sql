-- The words of an item and its numbers part: `items` is written by an operator and read by pages, `stock` is the narrow row that
-- is locked and rewritten by every batch of purchases.
--
-- Not rolling: two instances with two locks would oversell. So the columns move in one transaction, and an instance of the
-- version before fails at its next statement instead of selling. Stop all instances, then start one.

-- Before anything is read: a sale that is under way ends first, and is in what is copied.
LOCK TABLE "items" IN ACCESS EXCLUSIVE MODE;

CREATE TABLE "stock" (
    "item_id" TEXT NOT NULL,
    "run" INTEGER NOT NULL DEFAULT 1,
    "version" INTEGER NOT NULL DEFAULT 1,
    "edition" INTEGER NOT NULL DEFAULT 1,
    "available" INTEGER NOT NULL,
    "last_number" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "stock_pkey" PRIMARY KEY ("item_id"),
    -- The last guard behind the lock: a bug that would sell below nothing fails instead.
    CONSTRAINT "stock_available_not_negative" CHECK ("available" >= 0)
);

INSERT INTO "stock" ("item_id", "run", "version", "available", "last_number")
SELECT "id", "run", "version", "quantity", "last_number" FROM "items";

DROP TRIGGER "items_change_by_movements" ON "items";

ALTER TABLE "items" DROP COLUMN "quantity", DROP COLUMN "version", DROP COLUMN "run", DROP COLUMN "last_number";
ALTER TABLE "items" ADD COLUMN "paused" BOOLEAN NOT NULL DEFAULT false;

-- No request may ask for more (app/http/parse.server.ts), and a page offers each number up to it.
UPDATE "items" SET "max_per_order" = 1000 WHERE "max_per_order" > 1000;
ALTER TABLE "items" ADD CONSTRAINT "items_max_per_order_is_at_most_1000" CHECK ("max_per_order" <= 1000);

-- The item's name as it was sold. Unknown of orders that were placed before this.
ALTER TABLE "orders" ADD COLUMN "name" TEXT;

-- An operator's name for one change: sent again, it finds this line instead of adding another.
ALTER TABLE "movements" ADD COLUMN "key" UUID;
CREATE UNIQUE INDEX "movements_item_id_key_key" ON "movements"("item_id", "key");

ALTER TABLE "stock" ADD CONSTRAINT "stock_item_id_fkey" FOREIGN KEY ("item_id") REFERENCES "items"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- The movements between the stock's two versions must be as many as the versions, add up to the change, and end with what
-- is available. Looked at when the transaction commits: until then stock and movements may be written in any order.
CREATE OR REPLACE FUNCTION "demand_movements"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  "version_before" INTEGER := CASE TG_OP WHEN 'INSERT' THEN 0 ELSE OLD."version" END;
  "available_before" INTEGER := CASE TG_OP WHEN 'INSERT' THEN 0 ELSE OLD."available" END;
  "found" RECORD;
BEGIN
  SELECT count(*) AS "lines", coalesce(sum("delta"), 0) AS "change", (array_agg("balance" ORDER BY "version" DESC))[1] AS "balance",
         (array_agg("run" ORDER BY "version" DESC))[1] AS "run"
  INTO "found"
  FROM "movements"
  WHERE "item_id" = NEW."item_id" AND "version" > "version_before" AND "version" <= NEW."version";

  IF "found"."lines" <> NEW."version" - "version_before" OR "found"."change" <> NEW."available" - "available_before"
     OR "found"."balance" <> NEW."available" OR "found"."run" <> NEW."run"
     OR (NEW."version" = "version_before" AND NEW."run" <> OLD."run") THEN
    RAISE EXCEPTION 'item %: version %, available % has not the movements that make it', NEW."item_id", NEW."version", NEW."available" USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER "stock_changes_by_movements"
  AFTER INSERT OR UPDATE OF "available", "version", "run" ON "stock"
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION "demand_movements"();

CREATE OR REPLACE FUNCTION "demand_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM "stock" WHERE "item_id" = NEW."item_id" AND "version" >= NEW."version") THEN
    RAISE EXCEPTION 'movement % of item % changes nothing: its stock is at an earlier version', NEW."version", NEW."item_id" USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

-- Whatever pages show of an item besides its stock has an edition, and no change of it goes without the next one. It takes
-- the lock of the stock, so a purchase is decided on the words before or after, never on both.
CREATE FUNCTION "begin_edition"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "stock" SET "edition" = "edition" + 1 WHERE "item_id" = NEW."id";
  RETURN NULL;
END $$;

CREATE TRIGGER "items_change_by_edition"
  AFTER UPDATE ON "items"
  FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION "begin_edition"();

-- Every item has its stock. Looked at when the transaction commits, since the item must be there first.
CREATE FUNCTION "demand_stock"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM "stock" WHERE "item_id" = NEW."id") THEN
    RAISE EXCEPTION 'item % has no stock', NEW."id" USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER "items_have_their_stock"
  AFTER INSERT ON "items"
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION "demand_stock"();

-- Which history the database is in: it grows when a standby is promoted, and with it versions may begin again that were
-- told before and lost. 0 on a standby, which knows nothing newer than its primary.
CREATE FUNCTION "current_epoch"() RETURNS integer LANGUAGE sql VOLATILE AS $$
  SELECT CASE WHEN pg_is_in_recovery() THEN 0 ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::integer END
$$;

-- An item's words and terms as they are committed now. Volatile, so it looks with a snapshot of its own: called by the statement
-- that has waited for the stock's lock, it sees what was changed meanwhile, which the statement's own snapshot does not.
CREATE FUNCTION "item_now"("which" TEXT) RETURNS SETOF "items" LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN QUERY SELECT * FROM "items" WHERE "id" = "which";
END $$;
