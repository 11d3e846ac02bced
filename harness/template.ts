import { spawn } from "node:child_process";
import { once } from "node:events";
import { migrate } from "#server/migrate.ts";

/** Migrates and seeds an empty database. */
export function makeTemplate(url: string): Promise<unknown> {
  return migrate(url, async () => {
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
  });
}
