/** How many tills one instance has at once, and that none is left behind. */
import { randomUUID } from "node:crypto";
import { expect, test, vi } from "vitest";
import { purchaseDb } from "#app/db.server.ts";
import { busy } from "#app/shop/outcome.ts";
import { Tills } from "#app/shop/tills.server.ts";

const MOST = 2_000;

test("of names that somebody makes up only so many get a till; the rest are turned away at once, and no till is left behind", async () => {
  // Those that wait too long for a connection are reported.
  const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  // A client's first query loads its compiler: on a busy machine that alone may take as long as anybody waits for a connection.
  await purchaseDb.$queryRaw`SELECT 1`;
  const tills = new Tills(purchaseDb);
  const wish = () => ({ buyerId: randomUUID(), key: randomUUID(), quantity: 1 });
  const real = tills.join("tin-comet", wish());
  const madeUp = Array.from({ length: 2 * MOST }, (_, index) => tills.join(`made-up-${index}`, wish()));
  expect(tills.open).toBe(MOST);
  const turnedAway = madeUp.slice(MOST - 1);
  expect(await Promise.all(turnedAway)).toEqual(turnedAway.map(() => busy(true)));
  expect(tills.open).toBe(MOST);

  expect((await real).kind).toBe("purchased");
  for (const { kind } of await Promise.all(madeUp)) expect(["not_found", "busy"]).toContain(kind);
  await vi.waitFor(() => expect(tills.open).toBe(0), { timeout: 10_000 });
  written.mockRestore();
});
