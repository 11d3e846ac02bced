/**
 * `npm run load:checkout`: a shop and a test bank of its own, BUYERS who want QUANTITY units by card, and then both books. Exit 1 when a
 * threshold of load/checkout.ts does not hold, the ledger does not add up, or the bank has charged anything but what is sold.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { query, setStage, type Stage } from "./bench/stage.ts";
import { type BankPayment, compareBooks, type SoldOrder } from "./books.ts";
import { findK6, runK6 } from "./k6.ts";

const ITEM = "moon-moth";
/** Seconds: short, so that many holds end unpaid, and their units go to others. */
const HOLD_SECONDS = 5;
const PAY_SECONDS = 8;
/** Milliseconds from the last buyer's leaving until nothing is held any more, and every task is done. */
const QUIET_WITHIN = 60_000;

const k6 = findK6() ?? process.exit(1);
const settings = { BUYERS: Number(process.env.BUYERS ?? 1_000), QUANTITY: Number(process.env.QUANTITY ?? 100), ITEM };
const stage = await setStage();
try {
  process.exitCode = await load(stage);
} finally {
  await stage.close();
}

async function load({ databaseUrl, startShop }: Stage): Promise<number> {
  // All buyers come from this machine.
  const shop = await startShop({ PAY_SECONDS: String(PAY_SECONDS) });
  await sellByCard();
  process.stdout.write(`${settings.BUYERS} buyers want ${settings.QUANTITY} × ${ITEM} by card at ${shop.url}\n`);
  // Where the bank sends its buyers back to: a cookie of another name would be somebody else's.
  const BASE_URL = shop.url.replace("127.0.0.1", "localhost");
  const code = await runK6(k6, "checkout", { ...settings, BASE_URL });
  const left = await whatIsLeft(databaseUrl);
  const payments = (await (await fetch(`${shop.url}/test-bank/payments`)).json()) as BankPayment[];
  const wrong = [...(await ledgerOf()), ...compareBooks(await ordersOf(databaseUrl), payments)];
  if (left) wrong.push(`there is still ${left}`);
  const counts = Object.entries(Object.groupBy(payments, ({ status }) => status));
  process.stdout.write(
    `The bank: ${counts.map(([status, list]) => `${list?.length ?? 0} ${status}`).join(", ")}.\n` +
      (wrong.length === 0
        ? "The ledger adds up, and the bank has charged each order once, and nobody else.\n"
        : `NOT as it must be:\n${wrong.map((line) => `  ${line}`).join("\n")}\n`),
  );
  return code === 0 && wrong.length === 0 ? 0 : 1;
}

async function sellByCard(): Promise<void> {
  const { db, disconnect } = await import("#app/db.server.ts");
  const { changeItem } = await import("#app/shop/stocking.server.ts");
  await db.$transaction((tx) =>
    changeItem(tx, { id: ITEM, payment: "card", holdSeconds: HOLD_SECONDS, limitPerBuyer: null, ships: false }),
  );
  await disconnect();
}

/** What is still held or to be done when it should be quiet; undefined when it is. */
async function whatIsLeft(databaseUrl: string): Promise<string | undefined> {
  for (const end = Date.now() + QUIET_WITHIN; ; await sleep(500)) {
    const rows = await query<{ what: string }>(
      databaseUrl,
      `SELECT format('%s held of %s', held, item_id) AS what FROM stock WHERE held > 0
       UNION ALL
       SELECT format('%s to %s: %s', count(*), kind, min(last_error)) FROM tasks WHERE done_at IS NULL GROUP BY kind`,
    );
    if (rows.length === 0) return undefined;
    if (Date.now() > end) return rows.map(({ what }) => what).join(", ");
  }
}

function ordersOf(databaseUrl: string): Promise<SoldOrder[]> {
  return query<SoldOrder>(
    databaseUrl,
    `SELECT id, quantity, price_amount * quantity AS amount, currency,
            (SELECT coalesce(sum(units), 0)::int FROM movements WHERE order_id = orders.id AND reason IN ('return', 'scrap')) AS "takenBack"
     FROM orders WHERE authorisation IS NOT NULL`,
  );
}

async function ledgerOf(): Promise<string[]> {
  const { audit } = await import("#app/shop/audit.server.ts");
  return (await audit()).findings.map(({ rule, line }) => `${rule}: ${line}`);
}
