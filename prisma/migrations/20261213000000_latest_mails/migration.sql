-- The operator's page shows the latest: found without reading all that were ever sent.
CREATE INDEX "mails_created_at_id_idx" ON "mails"("created_at", "id");
