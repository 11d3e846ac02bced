-- Of what is done, the oldest is deleted: found without reading the rest.
CREATE INDEX "tasks_done_by_time" ON "tasks"("done_at") WHERE "done_at" IS NOT NULL;

-- Counts on where "attempts" begins anew: a provider is never asked twice under one key for two things.
ALTER TABLE "tasks" ADD COLUMN "tries" INTEGER NOT NULL DEFAULT 0;
UPDATE "tasks" SET "tries" = "attempts" WHERE "attempts" > 0;
