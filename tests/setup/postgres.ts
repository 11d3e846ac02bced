/** One PostgreSQL for the whole run, with a migrated and seeded template from which every test file clones its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres } from "../../prisma/embedded-postgres.ts";
import { migrate } from "../../prisma/migrate.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Connection string of the server's maintenance database. */
    serverUrl: string;
  }
}

export const TEMPLATE = "lastone";

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), "lastone-tests-"));
  // Tests throw their data away: nothing waits for the disk. fsync does not change what a transaction sees.
  const server = await startEmbeddedPostgres(folder, ["fsync=off", "max_connections=300"]);
  const teardown = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await makeTemplate(server.urlOf(TEMPLATE));
  } catch (error) {
    await teardown();
    throw error;
  }
  project.provide("serverUrl", server.urlOf("postgres"));
  return teardown;
}

/** Migrates and seeds an empty database. */
export function makeTemplate(url: string): Promise<unknown> {
  return migrate(url, async () => {
    const env: NodeJS.ProcessEnv = { ...process.env, DATABASE_URL: url, COOKIE_SECRET: "seeding-only-".repeat(3), NODE_ENV: "test" };
    const [code] = (await once(spawn(process.execPath, ["prisma/seed.ts"], { env, stdio: "inherit" }), "exit")) as [number | null];
    if (code !== 0) throw new Error(`the seed ended with exit code ${code}`);
  });
}
