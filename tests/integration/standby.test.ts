/** Promise 2 where the database confirms nothing before a standby has it, and the standby is gone. */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { connect, type Database } from "#app/db.server.ts";
import { audit } from "#app/shop/audit.server.ts";
import { purchase } from "#app/shop/purchase.server.ts";
import { Tills } from "#app/shop/tills.server.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#server/embedded-postgres.ts";
import { copyDataDir } from "../setup/data-dir.ts";

let folder: string;
let server: EmbeddedPostgres;
let operator: pg.Client;
let client: Database;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "lastone-standby-"));
  await copyDataDir(inject("usedDataDir"), folder);
  server = await startEmbeddedPostgres(folder, ["fsync=off"]);
  client = connect(server.urlOf("lastone"), 4);
  operator = new pg.Client({ connectionString: server.urlOf("lastone") });
  operator.on("error", () => undefined); // the server is stopped before it
  await operator.connect();
});
afterAll(async () => {
  await client.$disconnect();
  await operator.end();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function demandStandby(name: string): Promise<void> {
  await operator.query(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
  await operator.query("SELECT pg_reload_conf()");
}

test(
  "a purchase that no standby has is busy and uncertain, never purchased; when one has it, or none is demanded, it is the same order",
  { timeout: 60_000 },
  async () => {
    await demandStandby("nobody");
    const tills = new Tills(client);
    const wish = { itemId: "night-ferry", buyerId: randomUUID(), key: randomUUID(), quantity: 1 };
    const press = () => purchase(wish, tills);

    expect(await press()).toMatchObject({ kind: "busy", certain: false });
    const { rows } = await operator.query(
      "SELECT wait_event FROM pg_stat_activity WHERE datname = current_database() AND query = 'COMMIT'",
    );
    expect(rows).toEqual([{ wait_event: "SyncRep" }]);
    // Pressed again, and by another buyer: the row is not given to anybody before that.
    expect(await press()).toMatchObject({ kind: "busy" });
    expect((await purchase({ ...wish, buyerId: randomUUID(), key: randomUUID() }, tills)).kind).toBe("busy");

    await demandStandby("");
    expect(await press()).toMatchObject({ kind: "repeated", order: { number: 1, quantity: 1 } });
    expect((await audit(server.urlOf("lastone"))).findings).toEqual([]);
  },
);
