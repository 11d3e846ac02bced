-- The password that opens the operator's pages. A shop that starts with another one writes the next row's number, which ends every session.
CREATE TABLE "operator_password" (
    "one" BOOLEAN NOT NULL DEFAULT true,
    "number" INTEGER NOT NULL DEFAULT 1,
    "salt" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,
    "set_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "operator_password_pkey" PRIMARY KEY ("one"),
    CONSTRAINT "operator_password_is_one" CHECK ("one")
);

-- Who is signed in. The token is the browser's alone: whoever reads a copy of the database cannot use what is kept of it.
CREATE TABLE "operator_sessions" (
    "id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "who" TEXT NOT NULL,
    "browser" TEXT NOT NULL,
    "password_number" INTEGER NOT NULL,
    "began_at" TIMESTAMPTZ(3) NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "operator_sessions_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "operator_sessions_who_is_short" CHECK (length("who") BETWEEN 1 AND 60)
);
CREATE UNIQUE INDEX "operator_sessions_token_hash_key" ON "operator_sessions"("token_hash");

-- Tries to sign in that have not succeeded: what slows guessing down, on all instances together.
CREATE TABLE "sign_in_tries" (
    "id" BIGSERIAL NOT NULL,
    -- A keyed hash of the network address, or of the browser that has signed in before.
    "source" BYTEA NOT NULL,
    "tried_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sign_in_tries_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "sign_in_tries_tried_at_idx" ON "sign_in_tries"("tried_at");

-- What an operator has done, whether by a page or by a command: written with the change itself.
CREATE TABLE "acts" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "who" TEXT NOT NULL,
    "what" TEXT NOT NULL,
    "item_id" TEXT,
    "order_id" UUID,
    "before" JSONB,
    "after" JSONB,

    CONSTRAINT "acts_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "acts_item_id_id_idx" ON "acts"("item_id", "id");
CREATE INDEX "acts_order_id_id_idx" ON "acts"("order_id", "id");
CREATE TRIGGER "acts_are_only_added" BEFORE UPDATE OR DELETE OR TRUNCATE ON "acts" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewriting"();
