/** Every test file has a database of its own, cloned from the seeded template, and settings that point to it. */
import { randomUUID } from "node:crypto";
import { afterAll } from "vitest";
import { cloneDatabase, dropDatabase } from "./clone-database.ts";

const name = `test_${randomUUID().replaceAll("-", "")}`;

process.env.NODE_ENV = "test";
process.env.DATABASE_URL = await cloneDatabase(name);
process.env.COOKIE_SECRET = "a-secret-that-only-the-tests-know-of";
process.env.DEMO = "1";
// Visitors of tests press at once. Those that are about a cookie's age set one.
process.env.BUYER_AGE ??= "0";

afterAll(async () => {
  const { disconnect } = await import("#app/db.server.ts");
  await disconnect();
  await dropDatabase(name);
});
