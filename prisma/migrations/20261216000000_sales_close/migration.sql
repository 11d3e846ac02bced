-- A sale may close by itself. An instance of the version before sells on past that moment: stop those before one is set.
ALTER TABLE "items"
  ADD COLUMN "closes_at" TIMESTAMPTZ(3),
  ADD CONSTRAINT "items_close_after_they_open" CHECK ("closes_at" > "opens_at");
