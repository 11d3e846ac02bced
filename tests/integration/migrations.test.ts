/** A new version brings a migration, while the shop sells. */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { resetItem } from "#app/shop/stocking.server.ts";
import { Refusal } from "#server/refusal.ts";
import { migrate } from "#server/migrate.ts";
import { type Shop, startShop, until, Visitor } from "#harness/shop.ts";
import { folderOfMigrations, listMigrationNames } from "../setup/migration-folder.ts";

const url = process.env.DATABASE_URL ?? "";
const NEXT = "29990101000000_one_more";

let shop: Shop;
let next: Awaited<ReturnType<typeof folderOfMigrations>>;
let holder: pg.Client;
beforeAll(async () => {
  shop = await startShop();
  await resetItem("night-ferry", 100_000);
  next = await folderOfMigrations(await listMigrationNames(), {
    [NEXT]: `ALTER TABLE items ADD COLUMN one_more integer; -- the last line is a comment`,
  });
});
afterAll(async () => {
  await shop.stop();
  await next.remove();
});

// As an audit, or a backup, that reads for minutes.
beforeEach(async () => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  holder = new pg.Client({ connectionString: url, application_name: "a long audit" });
  await holder.connect();
  await holder.query("BEGIN; SELECT 1 FROM items");
});
afterEach(async () => {
  vi.restoreAllMocks();
  await holder.end();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`ALTER TABLE items DROP COLUMN IF EXISTS one_more`);
  await client.query(`DELETE FROM _prisma_migrations WHERE migration_name = '${NEXT}'`);
  await client.end();
});

/** The try that waits for the table now, by the moment in which it began; undefined between two tries. */
async function waitingTry(): Promise<{ pid: number; since: string } | undefined> {
  await holder.query("SELECT pg_stat_clear_snapshot()"); // a transaction sees one and the same activity otherwise
  const { rows } = await holder.query<{ pid: number; since: string }>(
    `SELECT pid, query_start::text AS since FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%one_more%'`,
  );
  return rows[0];
}

test("behind a long reader it waits without keeping buyers waiting, and is applied once the reader is done", async () => {
  const migrating = migrate(url, undefined, { folder: next.folder });
  const seen = new Set<string>();
  const statuses: number[] = [];
  // Purchases that meet a try that waits, in two of its tries.
  while (seen.size < 2) {
    const waiting = await waitingTry();
    statuses.push((await new Visitor(shop.url).buyByJson("night-ferry", randomUUID())).status);
    if (waiting) seen.add(waiting.since);
  }
  expect(new Set(statuses)).toEqual(new Set([201]));
  await holder.query("COMMIT");
  expect(await migrating).toEqual([NEXT]);
  expect(await migrate(url, undefined, { folder: next.folder })).toEqual([]);
  expect((await new Visitor(shop.url).buyByJson("night-ferry", randomUUID())).status).toBe(201);
});

test("when the reader does not end it gives up in one line that names it, and the next start migrates", async () => {
  const refusal = await migrate(url, undefined, { folder: next.folder, patience: 0 }).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(Refusal);
  expect(String(refusal)).toMatch(/could not lock its tables.*a long audit.*Nothing was changed/);
  await holder.query("COMMIT");
  expect(await migrate(url, undefined, { folder: next.folder })).toEqual([NEXT]);
});

test("cut off while it waits, it leaves nothing behind that stops the next start", async () => {
  const migrating = migrate(url, undefined, { folder: next.folder }).catch(() => "cut off");
  await until(async () => (await waitingTry()) !== undefined);
  const waiting = await waitingTry();
  await holder.query("SELECT pg_terminate_backend($1)", [waiting?.pid]);
  expect(await migrating).toBe("cut off");
  await holder.query("COMMIT");
  expect(await migrate(url, undefined, { folder: next.folder })).toEqual([NEXT]);
});
