-- What the shop says of itself on every page. No row: what a shop says that nobody has set up.
CREATE TABLE "shop_settings" (
    "one" BOOLEAN NOT NULL DEFAULT true,
    -- Grows with each change: a page that is kept is one of its edition.
    "edition" INTEGER NOT NULL DEFAULT 1,
    "settings" JSONB NOT NULL,

    CONSTRAINT "shop_settings_pkey" PRIMARY KEY ("one"),
    CONSTRAINT "shop_settings_are_one" CHECK ("one"),
    CONSTRAINT "shop_settings_are_fields" CHECK (jsonb_typeof("settings") = 'object')
);
