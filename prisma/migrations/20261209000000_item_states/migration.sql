-- A draft is words alone: it has no stock until it is published, so nothing that sells, lists or streams can find it, and it may be
-- deleted. What has been published stays for its orders' sake; archived, it is sold no more. Beside an instance of the version before
-- drafts are as unseen as beside this one, and what is archived there sells on: stop those first.
ALTER TABLE "items"
  ADD COLUMN "status" TEXT NOT NULL DEFAULT 'published',
  -- A draft's edition, which the edition of its stock goes on from.
  ADD COLUMN "draft_edition" INTEGER NOT NULL DEFAULT 1,
  -- The operator's name for putting it up: sent again, it finds this item instead of adding another.
  ADD COLUMN "key" UUID,
  ADD CONSTRAINT "items_status_known" CHECK ("status" IN ('draft', 'published', 'archived'));
CREATE UNIQUE INDEX "items_key_key" ON "items"("key");

CREATE FUNCTION "guard_status"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."status" = 'draft' THEN
    IF OLD."status" <> 'draft' THEN
      RAISE EXCEPTION 'item % is published, and never a draft again', NEW."id" USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    NEW."draft_edition" := OLD."draft_edition" + 1;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "items_draft_edition"
  BEFORE UPDATE ON "items"
  FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION "guard_status"();

-- Every item has its stock, but for drafts, which have none.
CREATE OR REPLACE FUNCTION "demand_stock"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM "items" LEFT JOIN "stock" ON "item_id" = "id"
    WHERE "id" = NEW."id" AND ("status" = 'draft') = ("item_id" IS NOT NULL)
  ) THEN
    RAISE EXCEPTION 'item % has no stock, or is a draft with some', NEW."id" USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER "items_have_their_stock" ON "items";
CREATE CONSTRAINT TRIGGER "items_have_their_stock"
  AFTER INSERT OR UPDATE OF "status" ON "items"
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION "demand_stock"();

-- What an item's page tells of openings, limits and prices that were moved.
CREATE INDEX "acts_of_items_that_changed" ON "acts"("item_id", "id") WHERE "what" = 'item_changed';
