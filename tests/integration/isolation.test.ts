/** Promise 1 where the database, or the role, has another isolation than READ COMMITTED as its default. */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterEach, expect, test } from "vitest";
import { connect } from "#app/db.server.ts";
import { audit } from "#app/shop/audit.server.ts";
import { purchase } from "#app/shop/purchase.server.ts";
import { resetItem } from "#app/shop/stocking.server.ts";
import { Tills } from "#app/shop/tills.server.ts";

const url = process.env.DATABASE_URL ?? "";
const name = new URL(url).pathname.slice(1);
const BUYERS = 100;
const UNITS = 10;
/** Tills on one database, as of as many instances: within one, its queue alone would keep the buyers apart. */
const INSTANCES = 10;

async function atDatabase(sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client.query(sql).finally(() => client.end());
}

afterEach(() => atDatabase(`ALTER DATABASE ${name} RESET ALL; ALTER ROLE CURRENT_USER IN DATABASE ${name} RESET ALL`));

test.each([
  ["the database", "repeatable read", `ALTER DATABASE ${name}`],
  ["the role", "serializable", `ALTER ROLE CURRENT_USER IN DATABASE ${name}`],
])(`with %s set to %s, ${BUYERS} buyers of ${UNITS} units are all decided`, async (_who, level, alter) => {
  await atDatabase(`${alter} SET default_transaction_isolation = '${level}'`);
  expect((await atDatabase("SHOW default_transaction_isolation")).rows).toEqual([
    { default_transaction_isolation: level },
  ]);
  const client = connect(url, INSTANCES, { lock_timeout: 5_000, statement_timeout: 5_000 });
  try {
    await resetItem("tin-comet", UNITS, { client });
    const instances = Array.from({ length: INSTANCES }, () => new Tills(client));
    const kinds = await Promise.all(
      Array.from({ length: BUYERS }, async (_, buyer) => {
        const request = { itemId: "tin-comet", buyerId: randomUUID(), key: randomUUID(), quantity: 1 };
        return (await purchase(request, instances[buyer % INSTANCES])).kind;
      }),
    );
    const count = (kind: string) => kinds.filter((one) => one === kind).length;
    expect({ purchased: count("purchased"), soldOut: count("sold_out") }).toEqual({
      purchased: UNITS,
      soldOut: BUYERS - UNITS,
    });
    expect((await audit()).findings).toEqual([]);
  } finally {
    await client.$disconnect();
  }
});
