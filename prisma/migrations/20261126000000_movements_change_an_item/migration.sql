-- A line of the ledger without its change of the item would make the ledger's sum another than the quantity, and could not
-- be taken back. Looked at when the transaction commits. Not for sales, which only the shop writes, many at a time: there a
-- check for each line would cost more than the sale.

CREATE FUNCTION "demand_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM "items" WHERE "id" = NEW."item_id" AND "version" >= NEW."version") THEN
    RAISE EXCEPTION 'movement % of item % changes nothing: the item is at an earlier version', NEW."version", NEW."item_id" USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER "movements_change_their_item"
  AFTER INSERT ON "movements"
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW."reason" <> 'sale') EXECUTE FUNCTION "demand_change"();
