-- The shop takes a longer id for no item's (app/shop/item.ts): such an item would stand in the window, and could not be opened.
ALTER TABLE "items" ADD CONSTRAINT "items_id_is_short" CHECK (length("id") <= 64);
