import pg from "pg";
import { inject } from "vitest";
import { TEMPLATE } from "./postgres.ts";

const serverUrl = inject("serverUrl");

/** A new database, cloned from the seeded template: its connection string. */
export async function cloneDatabase(name: string): Promise<string> {
  // Two clones of one template at the same moment refuse each other, so they take turns.
  await onServer("SELECT pg_advisory_lock(4711003)", `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  return urlOf(name);
}

/** A new database with nothing in it: its connection string. */
export async function emptyDatabase(name: string): Promise<string> {
  await onServer(`CREATE DATABASE ${name}`);
  return urlOf(name);
}

function urlOf(name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

export function dropDatabase(name: string): Promise<void> {
  return onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
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
