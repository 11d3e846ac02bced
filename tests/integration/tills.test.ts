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
  const tills = new Tills(purchaseDb);
  const wish = () => ({ kind: "buy" as const, buyerId: randomUUID(), key: randomUUID(), quantity: 1 });
  const wanted = wish();
  const real = tills.join("tin-comet", wanted);
  const madeUp = Array.from({ length: 2 * MOST }, (_, index) => tills.join(`made-up-${index}`, wish()));
  expect(tills.open).toBe(MOST);
  const turnedAway = madeUp.slice(MOST - 1);
  expect(await Promise.all(turnedAway)).toEqual(turnedAway.map(() => busy(true)));
  expect(tills.open).toBe(MOST);

  let { kind } = await real;
  // On a busy machine two thousand tills keep a real one waiting, too, and whoever is told so presses again.
  while (kind === "busy") ({ kind } = await tills.join("tin-comet", wanted));
  expect(kind).toBe("purchased");
  for (const { kind } of await Promise.all(madeUp)) expect(["not_found", "busy"]).toContain(kind);
  await vi.waitFor(() => expect(tills.open).toBe(0), { timeout: 10_000 });
  written.mockRestore();
});
