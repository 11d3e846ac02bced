-- What has been written to the ledger and to orders stays as it was, and no quantity changes without its movements.

CREATE FUNCTION "refuse_rewriting"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused: what happened is never changed, only added to', TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER "movements_are_only_added" BEFORE UPDATE OR DELETE OR TRUNCATE ON "movements" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewriting"();
CREATE TRIGGER "orders_are_only_added" BEFORE UPDATE OR DELETE OR TRUNCATE ON "orders" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewriting"();

-- The movements between the item's two versions must be as many as the versions, add up to the change, and end with the
-- quantity. Looked at when the transaction commits: until then an item and its movements may be written in any order.
CREATE FUNCTION "demand_movements"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  "version_before" INTEGER := CASE TG_OP WHEN 'INSERT' THEN 0 ELSE OLD."version" END;
  "quantity_before" INTEGER := CASE TG_OP WHEN 'INSERT' THEN 0 ELSE OLD."quantity" END;
  "found" RECORD;
BEGIN
  SELECT count(*) AS "lines", coalesce(sum("delta"), 0) AS "change", (array_agg("balance" ORDER BY "version" DESC))[1] AS "balance",
         (array_agg("run" ORDER BY "version" DESC))[1] AS "run"
  INTO "found"
  FROM "movements"
  WHERE "item_id" = NEW."id" AND "version" > "version_before" AND "version" <= NEW."version";

  IF "found"."lines" <> NEW."version" - "version_before" OR "found"."change" <> NEW."quantity" - "quantity_before"
     OR "found"."balance" <> NEW."quantity" OR "found"."run" <> NEW."run"
     OR (NEW."version" = "version_before" AND NEW."run" <> OLD."run") THEN
    RAISE EXCEPTION 'item %: version %, quantity % has not the movements that make it', NEW."id", NEW."version", NEW."quantity" USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER "items_change_by_movements"
  AFTER INSERT OR UPDATE OF "quantity", "version", "run" ON "items"
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION "demand_movements"();

-- The same rule, one key of one buyer makes one order, with the key first: a key that comes without a cookie is looked
-- for whoever its order belongs to.
DROP INDEX "orders_buyer_id_key_key";
CREATE UNIQUE INDEX "orders_key_buyer_id_key" ON "orders"("key", "buyer_id");
