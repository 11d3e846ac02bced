-- What uploaded pictures were made into, for all instances: under a picture's name, which is made of what it holds, nothing ever changes.
CREATE TABLE "picture_files" (
    "picture" TEXT NOT NULL,
    "file" TEXT NOT NULL,
    "content" BYTEA NOT NULL,
    -- When it was uploaded, or last shown by an item: what nothing shows is dropped a day later.
    "kept_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "picture_files_pkey" PRIMARY KEY ("picture", "file"),
    CONSTRAINT "picture_files_are_named_by_content" CHECK ("picture" ~ '^[0-9a-f]{64}$' AND "file" ~ '^[0-9]{1,4}\.(avif|webp)$')
);
-- They are packed already.
ALTER TABLE "picture_files" ALTER COLUMN "content" SET STORAGE EXTERNAL;

-- An item's pictures in their order, with their texts and sizes. `picture` stays the address of the first.
ALTER TABLE "items" ADD COLUMN "pictures" JSONB NOT NULL DEFAULT '[]';
ALTER TABLE "items" ADD CONSTRAINT "items_pictures_are_a_list" CHECK (jsonb_typeof("pictures") = 'array');
