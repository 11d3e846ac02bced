/** One PostgreSQL for the whole run, with a migrated and seeded template from which every test file clones its own. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { makeTemplate } from "#harness/template.ts";
import { startEmbeddedPostgres } from "#server/embedded-postgres.ts";
import { copyDataDir } from "./data-dir.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Connection string of the server's maintenance database. */
    serverUrl: string;
    /** What this server began with: the data of a shop that was started in demo mode and stopped. */
    usedDataDir: string;
  }
}

export const TEMPLATE = "lastone";

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), "lastone-tests-"));
  const [data, used] = [path.join(folder, "data"), path.join(folder, "used")];
  // Tests throw their data away: nothing waits for the disk. fsync does not change what a transaction sees.
  const start = (...settings: string[]) => startEmbeddedPostgres(data, ["fsync=off", ...settings]);
  let server = await start();
  const teardown = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await makeTemplate(server.urlOf(TEMPLATE));
    await server.stop();
    await copyDataDir(data, used);
    server = await start("max_connections=300");
  } catch (error) {
    await teardown();
    throw error;
  }
  project.provide("serverUrl", server.urlOf("postgres"));
  project.provide("usedDataDir", used);
  return teardown;
}
