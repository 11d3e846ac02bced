-- In which a buyer is written to. NULL: of a contact from before it was kept.
ALTER TABLE "contacts" ADD COLUMN "language" TEXT;
