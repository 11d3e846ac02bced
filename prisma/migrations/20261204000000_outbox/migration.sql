-- What must follow a commit: written in the transaction whose consequence it is, done by app/outbox.
CREATE TABLE "tasks" (
    "id" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "subject" UUID NOT NULL,
    "part" TEXT NOT NULL DEFAULT '',
    "lane" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "try_at" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "tried_at" TIMESTAMPTZ(3),
    "leased_by" UUID,
    "lease_until" TIMESTAMPTZ(3),
    "stuck" BOOLEAN NOT NULL DEFAULT false,
    "last_error" TEXT,
    "done_at" TIMESTAMPTZ(3),

    CONSTRAINT "tasks_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "tasks_kind_known" CHECK ("kind" IN ('settle', 'expire', 'capture', 'cancel', 'refund', 'mail')),
    CONSTRAINT "tasks_lease_is_whole" CHECK (("leased_by" IS NULL) = ("lease_until" IS NULL)),
    -- A lane would wait for ever for a task that nobody claims any more.
    CONSTRAINT "tasks_done_has_no_lease" CHECK ("done_at" IS NULL OR "leased_by" IS NULL)
);

-- Written twice, a task is one.
CREATE UNIQUE INDEX "tasks_kind_subject_part_key" ON "tasks"("kind", "subject", "part");

-- At most one task of a lane is under way, whatever two workers saw when each of them claimed.
CREATE UNIQUE INDEX "tasks_one_leased_in_a_lane" ON "tasks"("lane") WHERE "leased_by" IS NOT NULL;

-- What there is to do is found without reading what is done.
CREATE INDEX "tasks_open_by_time" ON "tasks"("try_at") WHERE "done_at" IS NULL;
CREATE INDEX "tasks_open_by_lane" ON "tasks"("lane", "id") WHERE "done_at" IS NULL;
