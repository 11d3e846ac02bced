/** One PostgreSQL for the whole run, with a migrated and seeded template from which every test file clones its own. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { makeTemplate } from "#harness/template.ts";
import { startEmbeddedPostgres } from "#server/embedded-postgres.ts";

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
