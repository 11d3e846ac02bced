/** What holds cost: made over HTTP, confirmed with the bank out of the way, and how soon open pages know that one has ended. */
import { randomUUID } from "node:crypto";
import { HELD, query, resetItem } from "./stage.ts";
import { Swarm } from "./swarm.ts";

/** One unit, by card, held as briefly as can be. */
const LAPSING = "night-ferry";
/** Confirmed in one go. */
const CONFIRMS = 4_000;

/** `HELD` is by card from now on. */
export async function sellByCard(databaseUrl: string, itemIds: string[] = [HELD]): Promise<void> {
  for (const id of itemIds)
    await query(
      databaseUrl,
      `UPDATE items SET payment = 'card', price_amount = 100, currency = 'EUR', hold_seconds = ${id === LAPSING ? 5 : 3_600}, limit_per_buyer = NULL, opens_at = NULL WHERE id = '${id}'`,
    );
}

/** Confirms of holds that are open, a second: the till's part of a payment. */
export async function confirmsPerSecond(databaseUrl: string): Promise<number> {
  const { confirm } = await import("#app/shop/holding.server.ts");
  const { purchase } = await import("#app/shop/purchase.server.ts");
  await Promise.all(
    Array.from({ length: CONFIRMS }, () =>
      purchase({ itemId: HELD, buyerId: randomUUID(), key: randomUUID(), quantity: 1 }),
    ),
  );
  const holds = await query<{ id: string; itemId: string; amount: number; currency: string }>(
    databaseUrl,
    `SELECT id, item_id AS "itemId", price_amount AS amount, currency FROM holds WHERE item_id = '${HELD}' AND ended_at IS NULL LIMIT ${CONFIRMS}`,
  );
  const began = performance.now();
  const outcomes = await Promise.all(
    holds.map(({ amount, currency, ...hold }) => confirm(hold, { amount, currency, intent: `pi_${hold.id}` })),
  );
  const seconds = (performance.now() - began) / 1_000;
  const sold = outcomes.filter(({ kind }) => kind === "sold").length;
  if (sold !== holds.length) throw new Error(`${sold} of ${holds.length} holds were confirmed`);
  return sold / seconds;
}

/** Seconds from a hold's end until the last of `pages` open pages was told. */
export async function toldOfALapse(shopUrl: string, databaseUrl: string, pages: number): Promise<number> {
  await sellByCard(databaseUrl, [LAPSING]);
  await resetItem(shopUrl, LAPSING, 1);
  const swarm = await Swarm.open(`${shopUrl}/live?items=${LAPSING}`, pages);
  const answer = await fetch(`${shopUrl}/api/items/${LAPSING}/purchases`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": randomUUID() },
    body: '{"quantity":1}',
  });
  const { hold } = (await answer.json()) as { hold?: { expiresAt: string } };
  if (!hold) throw new Error(`the hold answered ${answer.status}`);
  const [stock] = await query<{ version: number }>(
    databaseUrl,
    `SELECT version FROM stock WHERE item_id = '${LAPSING}'`,
  );
  // The next line of its ledger is the release.
  const released = (stock?.version ?? NaN) + 1;
  swarm.expect();
  await swarm.seen(`"version":${released}`);
  const told = swarm.lastToShow()(released);
  swarm.close();
  return (told - Date.parse(hold.expiresAt)) / 1_000;
}
