import { spawn } from "node:child_process";
import { once } from "node:events";
import { migrate } from "#server/migrate.ts";

/** Migrates and seeds an empty database. Its items are sold by the press: what is paid for is for the tests that are about it. */
export function makeTemplate(url: string): Promise<unknown> {
  return migrate(url, async (connection) => {
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      DATABASE_URL: url,
      COOKIE_SECRET: "seeding-only-".repeat(3),
      NODE_ENV: "test",
    };
    const [code] = (await once(spawn(process.execPath, ["prisma/seed.ts"], { env, stdio: "inherit" }), "exit")) as [
      number | null,
    ];
    if (code !== 0) throw new Error(`the seed ended with exit code ${code}`);
    // Without the edition that a change begins.
    await connection.query("BEGIN");
    await connection.query("SET LOCAL session_replication_role = replica");
    await connection.query("UPDATE items SET payment = 'none'");
    await connection.query("COMMIT");
  });
}
