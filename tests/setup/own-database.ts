/** Every test file has a database of its own, cloned from the seeded template, and settings that point to it. */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, inject } from "vitest";

const serverUrl = inject("serverUrl");
const name = `test_${randomUUID().replaceAll("-", "")}`;

process.env.NODE_ENV = "test";
process.env.DATABASE_URL = await cloneDatabase(name);
process.env.COOKIE_SECRET = "a-secret-that-only-the-tests-know-of";
process.env.DEMO = "1";

afterAll(async () => {
  const { disconnect } = await import("#app/db.server.ts");
  await disconnect();
  await onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
});

async function cloneDatabase(database: string): Promise<string> {
  // Two clones of one template at the same moment refuse each other, so they take turns.
  await onServer("SELECT pg_advisory_lock(4711003)", `CREATE DATABASE ${database} TEMPLATE lastone`);
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

async function onServer(...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
