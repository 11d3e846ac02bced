-- What the shop was called at the first try: every other try sends the same bytes. NULL: of a mail that was written without.
ALTER TABLE "mails" ADD COLUMN "sender" TEXT;
